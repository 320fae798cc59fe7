"""Two channels in octave-like bands over time: what the production descriptors are read from.

One pass over the spectra of both channels keeps, per band and frame, only what the image
between two loudspeakers depends on: the power of each channel, their cross-spectrum, and
the product of their magnitudes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.channels import Channels, as_stereo
from linernotes.features.descriptor import Column
from linernotes.features.spectrum import fft_frequencies, hann_window

SAMPLE_RATE = 44100
"""Hz. Clips of other rates are converted, so that frames last as long in all of them."""

BAND_EDGES = (30.0, 80.0, 160.0, 315.0, 630.0, 1250.0, 2500.0, 5000.0, 8000.0, 11000.0, 14000.0)
"""Hz. They end below the lowpass filters of encoders at usual rates (16 kHz at mp3 128 kb/s)."""

FAINT = 1e-4
"""Floor of a band's power, as a share of its own mean (-40 dB): codecs change what is fainter."""

FAINT_IN_ALL = 1e-6
"""And as a share of the mean power of all bands (-60 dB)."""

SILENCE = 1e-16
"""Mean square that is added everywhere (-160 dBFS), so that silence has a defined value."""

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StereoBands:
    """The second-order statistics of two channels, per band and frame.

    Parameters
    ----------
    left, right
        float32, shape (bands, frames): mean square of the channel in the band.
    real, imaginary
        float32, shape (bands, frames): of the mean of left times the conjugate of right.
    common
        float32, shape (bands, frames): mean over the bins of the product of magnitudes.
    spectrum
        float64, shape (1 + n_fft // 2,): power per bin over the whole clip, mean of the
        channels.
    frequencies
        float64, shape (1 + n_fft // 2,): centres of the bins in Hz.
    """

    left: Float32
    right: Float32
    real: Float32
    imaginary: Float32
    common: Float32
    spectrum: Float64
    frequencies: Float64

    @property
    def power(self) -> Float32:
        """Mean square of both channels together, shape (bands, frames)."""
        return self.left + self.right


def stereo_bands(
    samples: ArrayLike,
    sample_rate: int,
    *,
    edges: tuple[float, ...] = BAND_EDGES,
    n_fft: int = 2048,
    hop_length: int = 1024,
) -> StereoBands:
    """Measure the power of both channels, and what they share, per band and frame.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite; see `as_stereo` for other than two channels.
    sample_rate
        In Hz. Bands beyond half of it are silent.
    edges
        Edges of the bands in Hz, rising. A bin belongs to the band in which its centre lies.
    n_fft, hop_length
        Length, a power of two, and distance of the frames in samples. Frames are not padded,
        but for clips shorter than one.

    Returns
    -------
    StereoBands

    Raises
    ------
    ValueError
        For samples that `as_channels` refuses, and other lengths of frames.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(44100) / 44100)
    >>> bands = stereo_bands(np.stack([tone, 0.5 * tone]), 44100)
    >>> bands.left.shape, bands.power[4, 0].round(2)
    ((10, 42), np.float32(0.62))
    """
    if n_fft < 4 or n_fft & (n_fft - 1):
        raise ValueError(f"The length of a frame must be a power of two, not {n_fft}.")
    from linernotes.features._band_kernels import sum_bands, workplace

    channels = as_stereo(samples)
    if channels.shape[1] < n_fft:
        channels = np.pad(channels, ((0, 0), (0, n_fft - channels.shape[1])))
    frames = 1 + (channels.shape[1] - n_fft) // hop_length
    frequencies = fft_frequencies(sample_rate=sample_rate, n_fft=n_fft)
    # Bins below the first and beyond the last band are summed up as one more.
    bands = len(edges) - 1
    band_of = np.searchsorted(edges, frequencies, side="right") - 1
    band_of[band_of < 0] = bands
    sums = np.empty((5, bands, frames), np.float32)
    spectrum = np.zeros(len(frequencies))
    # Parseval: twice the sum over the positive frequencies, by the window's energy.
    window = hann_window(n_fft)
    window = window * np.float32(np.sqrt(2 / (n_fft * np.square(window).sum(dtype=np.float64))))
    space = workplace(n_fft, hop_length, bands)
    sum_bands(channels, window, *_tables(n_fft), band_of, *space, sums, spectrum)
    return StereoBands(
        left=sums[0],
        right=sums[1],
        real=sums[2],
        imaginary=sums[3],
        common=sums[4],
        spectrum=spectrum / (2 * frames),
        frequencies=frequencies,
    )


@cache
def _tables(n_fft: int) -> tuple[Float32, NDArray[np.int64]]:
    """Cosines and sines, and the order of the transform's results."""
    from linernotes.features._fourier import places_of_results

    phase = 2 * np.pi * np.arange(n_fft) / n_fft
    turns = np.stack([np.cos(phase), np.sin(phase)]).astype(np.float32)
    return turns, places_of_results(n_fft // 2)


def pooled(values: Float32, frames: int) -> Float32:
    """Return the means of so many successive frames; of all, where there are fewer.

    Parameters
    ----------
    values
        float32, shape (..., n). What is left at the end is passed over.

    Returns
    -------
    float32, shape (..., n // frames) or (..., 1).

    Examples
    --------
    >>> pooled(np.arange(5, dtype=np.float32), 2)
    array([0.5, 2.5], dtype=float32)
    """
    frames = min(frames, values.shape[-1])
    count = values.shape[-1] // frames
    groups = values[..., : count * frames].reshape(*values.shape[:-1], count, frames)
    # Much faster than a mean over so short an axis.
    mean: Float32 = groups @ np.full(frames, 1 / frames, np.float32)
    return mean


def floors(power: Float32) -> Float32:
    """Return the power below which nothing in a band counts, shape (bands, 1).

    It takes the place of thresholds: added to what is measured, it draws quiet frames
    gently to a neutral value, whatever a codec has left there.

    Parameters
    ----------
    power
        float32, shape (bands, frames).
    """
    mean = power.mean(axis=1, keepdims=True)
    floor: Float32 = FAINT * mean + FAINT_IN_ALL * mean.sum() + np.float32(SILENCE)
    return floor


def band_name(low: float, high: float) -> str:
    """Return what a band is called in the names of features.

    Examples
    --------
    >>> band_name(30.0, 80.0)
    '30-80hz'
    """
    return f"{low:.0f}-{high:.0f}hz"


def band_rows(
    unit: str, description: str, *, edges: tuple[float, ...] = BAND_EDGES
) -> tuple[Column, ...]:
    """Return one row per band, all with the same unit and description.

    Examples
    --------
    >>> [row.name for row in band_rows("dB", "a level", edges=(30, 80, 160))]
    ['30-80hz', '80-160hz']
    """
    return tuple(Column(band_name(low, high), unit, description) for low, high in pairwise(edges))


def stereo_of(analysis: Analysis) -> Channels:
    """Return the two channels of a clip at 44.1 kHz, made once."""

    def convert() -> Channels:
        audio = analysis.audio
        same = audio.sample_rate == SAMPLE_RATE
        return as_stereo(audio.samples if same else analysis.channels(SAMPLE_RATE))

    return analysis.once(("stereo", SAMPLE_RATE), convert)


def bands_of(analysis: Analysis) -> StereoBands:
    """Return the `stereo_bands` of a clip at 44.1 kHz, measured once."""
    return analysis.once(("stereo_bands",), lambda: stereo_bands(stereo_of(analysis), SAMPLE_RATE))
