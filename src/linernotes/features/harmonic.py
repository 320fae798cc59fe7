"""Harmonic/percussive separation: what sounds on, and what strikes.

In a spectrogram, notes are horizontal lines and strokes vertical ones. A median along time
wipes out the strokes, a median along frequency the notes; each place of the spectrogram is
then shared between the two in proportion to the squared medians (D. FitzGerald,
"Harmonic/percussive separation using median filtering", DAFx 2010; margins: J. Driedger,
M. Müller and S. Disch, "Extending harmonic-percussive separation of audio signals",
ISMIR 2014). With its defaults this is ``librosa.decompose.hpss`` and ``librosa.effects.hpss``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.chroma import CHROMA_STFT
from linernotes.features.descriptor import Descriptor, clip_of, measured_in
from linernotes.features.energy import RMS, ZERO_CROSSING_RATE
from linernotes.features.spectral import SPECTRAL_BANDWIDTH
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Samples,
    Spectrum,
    as_samples,
    as_spectrum,
    count_frames,
    hann_window,
    samples_of,
    transformed,
)

Frames = NDArray[np.complex64]
Part = Literal["harmonic", "percussive"]

KERNEL_SIZE = 31

# So many frames are split at once: their medians' windows overlap by little, and what is made
# of them is still small next to the sound.
_FRAMES_AT_ONCE = 128


def harmonic_percussive_masks(
    magnitudes: Spectrum,
    *,
    kernel_size: int | tuple[int, int] = KERNEL_SIZE,
    power: float = 2.0,
    margin: float | tuple[float, float] = 1.0,
) -> tuple[Spectrum, Spectrum]:
    """Share of the harmonic and of the percussive part in each place of a spectrogram.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), finite, at least 0.
    kernel_size
        Length of the medians, odd: along time in frames (harmonic) and along frequency in
        bins (percussive), or one number for both.
    power
        To which power the medians compete; the higher, the harder the masks.
    margin
        How many times the other part a part must surpass, at least 1: of the harmonic and of
        the percussive part, or one number for both. Above 1 a residual remains.

    Returns
    -------
    harmonic, percussive
        Masks, float32, shape (bins, frames), 0 to 1. With a margin of 1 they add up to 1 and
        are a half where both medians are zero.

    Raises
    ------
    ValueError
        If the magnitudes are negative, not finite or of a wrong shape, or a parameter is out of
        range.

    Examples
    --------
    >>> spectrogram = np.zeros((64, 64), np.float32)
    >>> spectrogram[20] = 1  # a tone
    >>> spectrogram[:, 40] = 1  # a stroke
    >>> harmonic, percussive = harmonic_percussive_masks(spectrogram)
    >>> float(harmonic[20, 10]), float(percussive[50, 40])
    (1.0, 1.0)
    """
    from linernotes.features._harmonic_kernels import soft_masks, transposed
    from linernotes.features._median import mirrored, running_median

    sizes, margins = _checked(kernel_size, power, margin)
    values = as_spectrum(magnitudes)
    if not values.size:
        return np.empty_like(values), np.empty_like(values)
    if values.min() < 0:
        raise ValueError("A spectrum must be at least 0: take magnitudes.")
    # Each median runs along rows, many columns at once, so that time has to be turned upright.
    upright = mirrored(transposed(values), sizes[0])
    harmonic = transposed(running_median(upright, sizes[0]))
    percussive = running_median(mirrored(values, sizes[1]), sizes[1])
    soft_masks(harmonic, percussive, power, *margins)
    return harmonic, percussive


def harmonic_percussive(
    samples: Samples,
    *,
    kernel_size: int | tuple[int, int] = KERNEL_SIZE,
    power: float = 2.0,
    margin: float | tuple[float, float] = 1.0,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> tuple[Samples, Samples]:
    """Harmonic and percussive part of a sound, the same as ``librosa.effects.hpss``.

    The masked spectra are turned back into the sounds whose spectra come closest to them in
    the sense of least squares (D. Griffin and J. Lim, "Signal estimation from modified
    short-time Fourier transform", IEEE TASSP 32(2), 1984). The spectrum is never held as a
    whole: beyond the samples, three times their size and some 15 MB are needed.

    Parameters
    ----------
    samples
        float32, shape (n,), finite.
    kernel_size, power, margin
        See `harmonic_percussive_masks`.
    n_fft, hop_length
        Length and distance of the frames in samples, n_fft at least twice the hop_length.

    Returns
    -------
    harmonic, percussive
        float32, shape (n,); with a margin of 1 they add up to the samples.

    Raises
    ------
    ValueError
        If a sample is not finite, the shape is wrong, or a parameter is out of range.

    Examples
    --------
    >>> time = np.arange(22050) / 22050
    >>> tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    >>> harmonic, percussive = harmonic_percussive(tone)
    >>> harmonic.shape, bool(harmonic[5000:15000].std() > 50 * percussive[5000:15000].std())
    ((22050,), True)
    """
    from scipy.fft import irfft

    from linernotes.features._harmonic_kernels import overlap_add

    sizes, margins = _checked(kernel_size, power, margin)
    samples = as_samples(samples)
    if n_fft < 2 * hop_length:
        raise ValueError(f"n_fft must be at least twice the hop_length, {hop_length}, not {n_fft}.")
    parts = np.zeros((2, len(samples)), np.float32)
    weights = np.zeros(len(samples), np.float32)
    window = hann_window(n_fft).copy()
    for first, spectrum, *masks in _masked(samples, sizes, power, margins, n_fft, hop_length):
        start = first * hop_length - n_fft // 2
        # To subtract one part from the whole would be cheaper, but where the other one is
        # faint, rounding would be all that is left of it.
        for part, mask in zip(parts, masks, strict=True):
            frames = irfft(spectrum * mask, n=n_fft, axis=1, overwrite_x=True)
            overlap_add(part, frames, window, start, hop_length)
        overlap_add(weights, np.tile(window, (len(spectrum), 1)), window, start, hop_length)
    np.divide(parts, weights, out=parts, where=weights > np.finfo(np.float32).tiny)
    return parts[0], parts[1]


def harmonic_share(harmonic: Samples, percussive: Samples) -> float:
    """Energy of the harmonic part over that of both parts.

    Parameters
    ----------
    harmonic, percussive
        float32, shape (n,), finite; see `harmonic_percussive`.

    Returns
    -------
    share
        0 (nothing but strokes) to 1 (nothing but notes); a half for silence.

    Examples
    --------
    >>> clicks = np.zeros(22050, np.float32)
    >>> clicks[::5000] = 1
    >>> harmonic_share(*harmonic_percussive(clicks)) < 0.05
    True
    """
    top = max(float(np.abs(samples).max(initial=0)) for samples in (harmonic, percussive))
    if not top:
        return 0.5
    # Of faint sounds, squares would underflow; of loud ones, their sum would overflow.
    first, second = (float(np.square(samples / top).sum()) for samples in (harmonic, percussive))
    return first / (first + second)


def split(analysis: Analysis, *, sample_rate: int = SAMPLE_RATE) -> tuple[Samples, Samples]:
    """Harmonic and percussive part of a clip, split once for all that asks for them."""
    return analysis.once(
        ("harmonic, percussive", sample_rate),
        lambda: harmonic_percussive(samples_of(analysis, sample_rate=sample_rate)),
    )


def part(analysis: Analysis, name: Part, *, sample_rate: int = SAMPLE_RATE, **_: Any) -> Analysis:
    """Return a part as a clip of its own.

    Whatever frames a descriptor of the part has, the parts are split with the frames of 2048
    samples, every 512, that ``librosa.effects.hpss`` takes.
    """
    index = ("harmonic", "percussive").index(name)
    return analysis.once(
        (name, sample_rate),
        lambda: clip_of(split(analysis, sample_rate=sample_rate)[index], sample_rate),
    )


def of_part(name: Part, descriptor: Descriptor) -> Descriptor:
    """Return the descriptor that measures another one in one of the parts.

    Examples
    --------
    >>> of_part("harmonic", SPECTRAL_BANDWIDTH).name
    'harmonic_spectral_bandwidth'
    """
    return measured_in(
        descriptor,
        name=f"{name}_{descriptor.name}",
        where=f"of the {name} part",
        clip=lambda analysis, **parameters: part(analysis, name, **parameters),
    )


def _checked(
    kernel_size: int | tuple[int, int], power: float, margin: float | tuple[float, float]
) -> tuple[tuple[int, int], tuple[float, float]]:
    """Return the kernel sizes and the margins of both parts."""
    sizes = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    margins = margin if isinstance(margin, tuple) else (margin, margin)
    if min(sizes) < 1 or any(size % 2 == 0 for size in sizes):
        raise ValueError(f"The kernel sizes must be odd and positive, not {sizes}.")
    if not (np.isfinite(power) and power > 0):
        raise ValueError(f"The power must be positive and finite, not {power}.")
    if not (min(margins) >= 1 and np.isfinite(margins).all()):
        raise ValueError(f"The margins must be finite and at least 1, not {margins}.")
    return sizes, (float(margins[0]), float(margins[1]))


def _masked(  # noqa: PLR0917 (private, and all that there is)
    samples: Samples,
    sizes: tuple[int, int],
    power: float,
    margins: tuple[float, float],
    n_fft: int,
    hop_length: int,
) -> Iterator[tuple[int, Frames, Spectrum, Spectrum]]:
    """Yield blocks of frames: the first one's number, spectra and both masks, (frames, bins)."""
    from linernotes.features._harmonic_kernels import absolute, soft_masks, transposed
    from linernotes.features._median import mirrored, running_median

    n_frames = count_frames(len(samples), hop_length=hop_length)
    n_bins = 1 + n_fft // 2
    reach = sizes[0] // 2
    # The frames from `low` on: those before the block that its medians still need, the block,
    # and those behind it.
    low = 0
    held = np.empty((0, n_bins), np.complex64)
    square = np.empty((1, n_bins), np.float32)
    for start in range(0, n_frames, _FRAMES_AT_ONCE):
        stop = min(start + _FRAMES_AT_ONCE, n_frames)
        high = min(stop + reach, n_frames)
        # Rounding of the transform would show where a sound is faint in loud company.
        new = transformed(samples, n_fft, hop_length, low + len(held), high, precise=True)
        held = np.concatenate([held, *(block.astype(np.complex64) for _, block in new)])
        kept = max(0, start - reach)
        held, low = held[kept - low :], kept
        magnitudes = np.empty(held.shape, np.float32)
        absolute(held.view(np.float32), magnitudes, square)
        centre = slice(start - low, stop - low)
        missing = (reach - (start - low), reach - (high - stop))
        # At both ends of the sound, its mirror image stands for what is missing.
        padded = np.pad(magnitudes, (missing, (0, 0)), mode="symmetric")
        harmonic = running_median(padded, sizes[0])
        bins = transposed(magnitudes[centre])
        percussive = transposed(running_median(mirrored(bins, sizes[1]), sizes[1]))
        soft_masks(harmonic, percussive, power, *margins)
        yield start, held[centre], harmonic, percussive


HARMONIC_RMS = of_part("harmonic", RMS)
PERCUSSIVE_RMS = of_part("percussive", RMS)
HARMONIC_ZERO_CROSSING_RATE = of_part("harmonic", ZERO_CROSSING_RATE)
PERCUSSIVE_ZERO_CROSSING_RATE = of_part("percussive", ZERO_CROSSING_RATE)
HARMONIC_BANDWIDTH = of_part("harmonic", SPECTRAL_BANDWIDTH)
PERCUSSIVE_BANDWIDTH = of_part("percussive", SPECTRAL_BANDWIDTH)
HARMONIC_CHROMA = of_part("harmonic", CHROMA_STFT)
PERCUSSIVE_CHROMA = of_part("percussive", CHROMA_STFT)
