"""How levels move: what compressors, limiters and gates leave of a performance.

All levels are relative to the mean power of the clip, so that gain, and with it the
loudness normalisation of shops and streaming services, changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import (
    BAND_EDGES,
    FAINT,
    FAINT_IN_ALL,
    SILENCE,
    band_rows,
    bands_of,
    floors,
    stereo_of,
)
from linernotes.features.channels import as_channels
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.loudness import integrated_loudness, powers_of, true_peak_of

NOISE_EDGES = (30.0, 630.0, 5000.0, 14000.0)
"""Hz. Some of `BAND_EDGES`: noise is broad, and fewer bands are surer."""

QUIETEST = 5
"""Percentile of the level over time that stands for what sounds between the notes."""

WINDOW = 16384
"""Samples at 44.1 kHz, 0.37 s: the peaks of a beat or two, and the level around them."""

Float32 = NDArray[np.float32]


def band_dynamics(power: Float32) -> Float32:
    """Return the level over time relative to the mean power of each band.

    Its spread and the distance between its percentiles are the dynamic range of the band;
    its 95th percentile is the crest of the band's level.

    Parameters
    ----------
    power
        float32, shape (bands, frames), not negative.

    Returns
    -------
    float32, shape (bands, frames), in dB; -40 where nothing sounds in a band that sounds
    elsewhere, 0 in a band that is always silent.

    Examples
    --------
    >>> band_dynamics(np.array([[0, 1, 1], [0, 0, 0]], np.float32)).round(1)
    array([[-40. ,   1.8,   1.8],
           [  0. ,   0. ,   0. ]], dtype=float32)
    """
    floor = floors(power)
    level: Float32 = 10 * np.log10((power + floor) / (power.mean(axis=1, keepdims=True) + floor))
    return level


def noise_floor(power: Float32) -> Float32:
    """Return how far the quietest moments lie below the mean power of all bands.

    Hiss, rooms, held chords and dense mixes leave little silence. What the digital silence
    between notes is in truth does not show: that is where codecs differ.

    Parameters
    ----------
    power
        float32, shape (bands, frames), not negative.

    Returns
    -------
    float32, shape (bands,), in dB, at least -60: the 5th percentile over the frames. -60 for
    silence.

    Examples
    --------
    >>> noise_floor(np.tile(np.array([0, 1, 1, 1], np.float32), (1, 5))).round()
    array([-60.], dtype=float32)
    """
    total = power.mean(axis=1).sum() + SILENCE
    quiet = np.percentile(power, QUIETEST, axis=1)
    level: Float32 = (10 * np.log10(quiet / total + FAINT_IN_ALL)).astype(np.float32)
    return level


def loudness_dynamics(powers: ArrayLike) -> Float32:
    """Return the momentary loudness relative to that of the mean power.

    Parameters
    ----------
    powers
        Of `loudness_power`.

    Returns
    -------
    float32, shape (n,), in LU, at least -40; 0 for silence.

    Examples
    --------
    >>> loudness_dynamics(np.ones(5))
    array([0., 0.], dtype=float32)
    """
    array = np.asarray(powers, np.float64)
    mean = array.mean()
    windows = np.convolve(array, np.full(4, 0.25), "valid") if len(array) >= 4 else mean
    floor = FAINT * mean + SILENCE
    levels = 10 * np.log10((windows + floor) / (mean + floor))
    return np.atleast_1d(levels).astype(np.float32)


def crest_factor(samples: ArrayLike, *, window: int = WINDOW) -> Float32:
    """Return the peak over the root mean square of successive windows.

    3 dB for a sine, 12 or more for drums, 6 to 8 for what a limiter holds down.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite. The peak is that of all channels, and so is
        the mean.
    window
        Samples per window; what is left at the end is passed over, a clip that is shorter is
        taken whole.

    Returns
    -------
    float32, shape (n // window,) and at least (1,), in dB; drawn to 0 where a window is 40 dB
    below the clip, 0 for silence.

    Raises
    ------
    ValueError
        For samples that `as_channels` refuses.

    Examples
    --------
    >>> crest_factor(np.sin(np.arange(44100))).round(1)
    array([3., 3.], dtype=float32)
    """
    channels = as_channels(samples)
    window = max(1, min(window, channels.shape[1]))
    count = channels.shape[1] // window
    if not count:
        return np.zeros(1, np.float32)
    peaks, powers = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for channel in channels:
        windows = channel[: count * window].reshape(count, window)
        np.maximum(peaks, np.maximum(windows.max(axis=1), -windows.min(axis=1)), out=peaks)
        powers += np.einsum("ij,ij->i", windows, windows) / np.float32(window * len(channels))
    floor = FAINT * powers.mean() + np.float32(SILENCE)
    crest: Float32 = 10 * np.log10((np.square(peaks) + floor) / (powers + floor))
    return crest


def _noise_floor(analysis: Analysis, **_: object) -> Rows:
    power = bands_of(analysis).power
    first = [BAND_EDGES.index(edge) for edge in NOISE_EDGES[:-1]]
    return noise_floor(np.add.reduceat(power, first, axis=0))[:, np.newaxis]


def _loudness_dynamics(analysis: Analysis, **_: object) -> Rows:
    return loudness_dynamics(powers_of(analysis))[np.newaxis]


def _crest_factor(analysis: Analysis, **_: object) -> Rows:
    return crest_factor(stereo_of(analysis))[np.newaxis]


def _peak_to_loudness(analysis: Analysis, **_: object) -> Rows:
    # Mono comes from two loudspeakers.
    powers = powers_of(analysis) * (2 if analysis.audio.channels == 1 else 1)
    distance = true_peak_of(analysis) - integrated_loudness(powers)
    return np.array([[max(0.0, distance)]], np.float32)


BAND_DYNAMICS = Descriptor(
    "band_dynamics",
    rows=lambda **_: band_rows("dB", "level relative to the band's mean power, at least -40"),
    compute=lambda analysis, **_: band_dynamics(bands_of(analysis).power),
)

NOISE_FLOOR = Descriptor(
    "noise_floor",
    rows=lambda **_: band_rows(
        "dB",
        "level of the quietest twentieth relative to the mean of all bands, -60 to 0",
        edges=NOISE_EDGES,
    ),
    compute=_noise_floor,
)

LOUDNESS_DYNAMICS = Descriptor(
    "loudness_dynamics",
    rows=lambda **_: (
        Column("", "LU", "momentary loudness relative to that of the mean power, at least -40"),
    ),
    compute=_loudness_dynamics,
)

CREST_FACTOR = Descriptor(
    "crest_factor",
    rows=lambda **_: (Column("", "dB", "peak over root mean square of 0.37 s, 0 for silence"),),
    compute=_crest_factor,
)

PEAK_TO_LOUDNESS = Descriptor(
    "peak_to_loudness",
    rows=lambda **_: (
        Column(
            "",
            "dB",
            "true peak over integrated loudness, small where a limiter was at work;"
            " mp3 at 128 kb/s moves it by up to 1.6 dB, rarely by more than 0.8",
        ),
    ),
    compute=_peak_to_loudness,
)
