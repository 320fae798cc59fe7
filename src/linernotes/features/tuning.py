"""How far a clip's instruments are tuned from A4 = 440 Hz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.compile import scratch
from linernotes.features.spectral import spectral_shape_of
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    magnitudes_of,
)

LOWEST, HIGHEST = 150.0, 4000.0

# Peaks count from this share of the frame's largest magnitude on.
_THRESHOLD = 0.1

Peaks = NDArray[np.float32]
"""Shape (5, n): the bin, the magnitudes before, at and after it, a tenth of the largest."""


def estimate_tuning(magnitudes: Spectrum, *, sample_rate: float, power: bool = False) -> float:
    """Estimate how far a clip is tuned from A4 = 440 Hz.

    Each peak of the spectrum between 150 and 4000 Hz gets the frequency of a parabola through
    it and its neighbours. Of the louder half of the peaks, the most frequent deviation from
    the equal-tempered scale is the answer: what ``librosa.estimate_tuning`` does.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.
    sample_rate
        Of the samples that the spectrum was computed from.
    power
        Whether to lay parabolas through squared magnitudes, and to take only their peaks, as
        ``librosa.feature.chroma_stft`` does, rather than through the magnitudes.

    Returns
    -------
    tuning
        In semitones, -0.5 to 0.5 in steps of 0.01; 0 if there are no peaks.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape or holds NaN.

    Examples
    --------
    >>> from linernotes.features.spectrum import magnitudes
    >>> tone = np.sin(2 * np.pi * 445 * np.arange(22050) / 22050).astype(np.float32)
    >>> round(estimate_tuning(magnitudes(tone), sample_rate=22050), 2)
    0.17
    """
    magnitudes = as_spectrum(magnitudes)
    peaks = find_peaks(magnitudes, magnitudes.max(axis=0), sample_rate=sample_rate)
    return tuning_of_peaks(peaks, width=sample_rate / (2 * (len(magnitudes) - 1)), power=power)


def find_peaks(magnitudes: Spectrum, largest: NDArray[np.float32], *, sample_rate: float) -> Peaks:
    """Peaks of all frames in the range that tells the tuning, given each frame's ``largest``."""
    from linernotes.features._kernels import spectral_peaks

    n_bins, n_frames = magnitudes.shape
    width = sample_rate / max(1, 2 * (n_bins - 1))
    first = max(1, int(np.ceil(LOWEST / width)))
    last = min(n_bins - 1, int(np.ceil(min(HIGHEST, sample_rate / 2) / width)))
    # Of two bins side by side, at most one is a peak.
    peaks = np.empty((5, (max(0, last - first) // 2 + 1) * n_frames), np.float32)
    thresholds = np.ascontiguousarray(largest) * np.float32(_THRESHOLD)
    place = scratch(n_frames, dtype=np.uint8)
    found = spectral_peaks(magnitudes, thresholds, first, last, place, peaks)
    return peaks[:, :found].copy()


def tuning_of_peaks(peaks: Peaks, *, width: float, power: bool = False) -> float:
    """Tuning in semitones of peaks in bins that are ``width`` Hz wide; see `estimate_tuning`."""
    place, *neighbours, threshold = peaks
    if power:
        neighbours = [np.square(values) for values in neighbours]
        is_peak = neighbours[1] > np.square(threshold) / np.float32(_THRESHOLD)
        place = place[is_peak]
        neighbours = [values[is_peak] for values in neighbours]
    before, here, after = neighbours
    slope = (after - before) / 2
    curvature = before + after - 2 * here
    curved = np.abs(slope) < np.abs(curvature)
    shift = -slope * curved / np.where(curved, curvature, 1)
    height = here + slope * shift / 2
    if not len(height):
        return 0.0
    loud = height >= np.median(height)
    frequency = (place[loud] + shift[loud]).astype(np.float64) * width
    deviation = (12 * np.log2(frequency / 440) + 0.5) % 1
    counts = np.bincount(np.minimum((100 * deviation).astype(np.int64), 99), minlength=100)
    return float(np.linspace(-0.5, 0.5, 101)[counts.argmax()])


def tuning_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    power: bool = False,
) -> float:
    """Deviation from A4 = 440 Hz in semitones; see `tuning.estimate_tuning`."""
    key = (sample_rate, n_fft, hop_length)
    names = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    peaks = analysis.once(
        ("peaks", *key),
        lambda: find_peaks(
            magnitudes_of(analysis, **names),
            spectral_shape_of(analysis, **names)[4],
            sample_rate=sample_rate,
        ),
    )
    return analysis.once(
        ("tuning", *key, power),
        lambda: tuning_of_peaks(peaks, width=sample_rate / n_fft, power=power),
    )
