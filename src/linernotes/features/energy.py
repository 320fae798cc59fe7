"""How loud each frame is, and how often it crosses zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.compile import scratch
from linernotes.features.descriptor import Descriptor, Rows, numbered
from linernotes.features.spectral import spectral_shape_of
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Samples,
    Spectrum,
    as_samples,
    as_spectrum,
    count_bins,
    count_frames,
    frame,
    samples_of,
)


def energy(
    samples: Samples, *, frame_length: int = N_FFT, hop_length: int = HOP_LENGTH
) -> NDArray[np.float32]:
    """Sum of the squared samples of each frame.

    Parameters
    ----------
    samples
        float32, shape (n,), finite.
    frame_length, hop_length
        Length and distance of the frames in samples; the length is even. Frame ``i`` is
        centred on sample ``hop_length * i``, beyond both ends there is silence.

    Returns
    -------
    energy
        float32, shape (1 + n // hop_length,), at least 0; empty for no samples.

    Raises
    ------
    ValueError
        If a sample is not finite, or a shape or length is wrong.

    Examples
    --------
    >>> energy(np.ones(4, np.float32), frame_length=2, hop_length=2)
    array([1., 2., 1.], dtype=float32)
    """
    frames = frame(as_samples(samples), frame_length=frame_length, hop_length=hop_length)
    squares: NDArray[np.float32] = np.einsum("ij,ij->i", frames, frames)
    return squares


def rms(
    samples: Samples, *, frame_length: int = N_FFT, hop_length: int = HOP_LENGTH
) -> NDArray[np.float32]:
    """Root of the mean square of each frame, as ``librosa.feature.rms(y=samples)``.

    Returns
    -------
    level
        float32, shape (1 + n // hop_length,), at least 0; 1 for a square wave at full scale.
        See `energy` for the parameters.

    Examples
    --------
    >>> rms(np.full(5, 0.5, np.float32), frame_length=2, hop_length=2)
    array([0.35355338, 0.5       , 0.5       ], dtype=float32)
    """
    squares = energy(samples, frame_length=frame_length, hop_length=hop_length)
    level: NDArray[np.float32] = np.sqrt(squares / np.float32(frame_length))
    return level


def spectral_rms(magnitudes: Spectrum) -> NDArray[np.float32]:
    """Root of the mean square of each windowed frame, from its spectrum.

    By Parseval's theorem, as ``librosa.feature.rms(S=magnitudes)`` in librosa 0.11. Since a
    Hann window takes away most of the energy, levels are 0.61 times those of `rms`. Early
    versions of librosa, which made the FMA data set's published features, did not divide by
    the frame's length: with frames of 2048 samples, their figures are 45 times as large.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.

    Returns
    -------
    level
        float32, shape (frames,), at least 0.

    Examples
    --------
    >>> spectral_rms(np.array([[2], [0], [2]], np.float32))
    array([0.70710677], dtype=float32)
    """
    magnitudes = as_spectrum(magnitudes)
    squares = np.einsum("ij,ij->j", magnitudes, magnitudes)
    squares -= (np.square(magnitudes[0]) + np.square(magnitudes[-1])) / 2
    return _level_of(squares, 2 * (len(magnitudes) - 1))


def zero_crossing_rate(
    samples: Samples, *, frame_length: int = N_FFT, hop_length: int = HOP_LENGTH
) -> NDArray[np.float32]:
    """Share of the samples whose sign differs from the one before: noise and brightness.

    The same as ``librosa.feature.zero_crossing_rate``: 0 counts as positive, and the first
    and the last sample go on beyond the ends.

    Returns
    -------
    rate
        float32, shape (1 + n // hop_length,), between 0 and 1; twice the frequency of a sine
        over the sample rate. See `energy` for the parameters.

    Examples
    --------
    >>> samples = np.array([1, -1, 1, -1, 1, -1, 1, -1], np.float32)
    >>> zero_crossing_rate(samples, frame_length=4, hop_length=4)
    array([0.25, 0.75, 0.25], dtype=float32)
    """
    from linernotes.features._kernels import count_crossings

    samples = as_samples(samples)
    count_bins(frame_length)
    rates = np.zeros(count_frames(len(samples), hop_length=hop_length), np.float32)
    if len(samples):
        place = scratch(len(samples), dtype=np.uint8)
        count_crossings(samples, frame_length, hop_length, place, rates)
    return rates


def _level_of(energies: NDArray[np.float32], n_fft: int) -> NDArray[np.float32]:
    """Levels of frames whose spectra have these energies, the ends counted half."""
    # Rounding may leave a frame of nothing but 0 Hz a little below none.
    return np.sqrt(np.maximum(energies, 0) * np.float32(2 / n_fft**2))


def _rmse(analysis: Analysis, *, n_fft: int = N_FFT, **frames: int) -> Rows:
    energies = spectral_shape_of(analysis, n_fft=n_fft, **frames)[3:4]
    return _level_of(energies, n_fft)


def _energy(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    samples = samples_of(analysis, sample_rate=sample_rate)
    return analysis.once(
        ("energy", sample_rate, n_fft, hop_length),
        lambda: energy(samples, frame_length=n_fft, hop_length=hop_length),
    )[np.newaxis]


def _rms(analysis: Analysis, *, n_fft: int = N_FFT, **frames: int) -> Rows:
    level: Rows = np.sqrt(_energy(analysis, n_fft=n_fft, **frames) / np.float32(n_fft))
    return level


def _zcr(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    samples = samples_of(analysis, sample_rate=sample_rate)
    return zero_crossing_rate(samples, frame_length=n_fft, hop_length=hop_length)[np.newaxis]


ENERGY = Descriptor(
    "energy",
    rows=lambda **_: numbered(1, "1", "sum of squared samples; full scale is 1"),
    compute=_energy,
)
RMS = Descriptor(
    "rms",
    rows=lambda **_: numbered(1, "1", "root of the samples' mean square; full scale is 1"),
    compute=_rms,
)
RMSE = Descriptor(
    "rmse",
    rows=lambda **_: numbered(1, "1", "root of the mean square under a Hann window"),
    compute=_rmse,
)
ZERO_CROSSING_RATE = Descriptor(
    "zcr",
    rows=lambda **_: numbered(1, "1", "share of samples whose sign differs from the one before"),
    compute=_zcr,
)
