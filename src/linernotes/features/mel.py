"""Power in bands as wide as hearing's: the mel spectrum."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    magnitudes_of,
)

N_MELS = 128

# Slaney's scale: linear up to 1000 Hz with 3 mel per 200 Hz, then 27 mel per factor of 6.4.
_KNEE_HZ, _KNEE_MEL = 1000.0, 15.0
_LINEAR = 200 / 3
_LOGARITHMIC = float(np.log(6.4)) / 27


def mel_frequencies(count: int, *, low: float, high: float) -> NDArray[np.float64]:
    """Frequencies in Hz, equally spaced on Slaney's mel scale from ``low`` to ``high``.

    M. Slaney, "Auditory Toolbox", Interval Research Technical Report 1998-010.

    Examples
    --------
    >>> mel_frequencies(3, low=0, high=1000)
    array([   0.,  500., 1000.])
    """
    mels = np.linspace(_to_mel(low), _to_mel(high), count)
    above = _KNEE_HZ * np.exp(_LOGARITHMIC * (np.maximum(mels, _KNEE_MEL) - _KNEE_MEL))
    return np.where(mels < _KNEE_MEL, mels * _LINEAR, above)


@lru_cache(maxsize=16)
def mel_filters(*, sample_rate: float, n_fft: int, n_mels: int = N_MELS) -> NDArray[np.float32]:
    """Triangular filters on Slaney's mel scale, each of the same area.

    The same as ``librosa.filters.mel`` with its defaults. Filters narrower than the bins'
    distance may hold none, and stay empty.

    Returns
    -------
    filters
        float32, shape (n_mels, 1 + n_fft // 2), read-only. They weight power and let 0 Hz to
        half the sample rate pass.

    Examples
    --------
    >>> mel_filters(sample_rate=22050, n_fft=2048, n_mels=40).shape
    (40, 1025)
    """
    if n_mels < 1:
        raise ValueError(f"n_mels must be positive, not {n_mels}.")
    edges = mel_frequencies(n_mels + 2, low=0.0, high=sample_rate / 2)
    bins = np.arange(1 + n_fft // 2) * (sample_rate / n_fft)
    widths = np.diff(edges)
    distances = edges[:, np.newaxis] - bins
    rising = -distances[:-2] / widths[:-1, np.newaxis]
    falling = distances[2:] / widths[1:, np.newaxis]
    area = 2 / (edges[2:] - edges[:-2])
    triangles = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    filters: NDArray[np.float32] = triangles * area[:, np.newaxis].astype(np.float32)
    filters.flags.writeable = False
    return filters


def mel_power(magnitudes: Spectrum, *, sample_rate: float, n_mels: int = N_MELS) -> Spectrum:
    """Power in mel bands: how a sound's energy spreads over the ranges that hearing tells apart.

    The same as ``librosa.feature.melspectrogram`` with its defaults.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.
    sample_rate
        Of the samples that the spectrum was computed from.
    n_mels
        Number of bands between 0 Hz and half the sample rate.

    Returns
    -------
    power
        float32, shape (n_mels, frames), at least 0.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape, or there are to be no bands.

    Examples
    --------
    >>> mel_power(np.ones((1025, 3), np.float32), sample_rate=22050).shape
    (128, 3)
    """
    from linernotes.features._kernels import filter_power

    magnitudes = as_spectrum(magnitudes)
    weights, ranges = _sparse_filters(sample_rate, 2 * (len(magnitudes) - 1), n_mels)
    filtered = np.empty((n_mels, magnitudes.shape[1]), np.float32)
    filter_power(magnitudes, weights, ranges, filtered)
    return filtered


def mel_power_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    n_mels: int = N_MELS,
) -> Spectrum:
    """Power in mel bands, (bands, frames); see `mel.mel_power`."""
    return analysis.once(
        ("mel", sample_rate, n_fft, hop_length, n_mels),
        lambda: mel_power(
            magnitudes_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
            sample_rate=sample_rate,
            n_mels=n_mels,
        ),
    )


@lru_cache(maxsize=16)
def _sparse_filters(
    sample_rate: float, n_fft: int, n_mels: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Weights of all filters one after the other; first bin, bin after the last, offset."""
    filters = mel_filters(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels)
    weights, ranges, offset = [], [], 0
    for row in filters:
        bins = np.flatnonzero(row)
        first, last = (bins[0], bins[-1] + 1) if len(bins) else (0, 0)
        weights.append(row[first:last])
        ranges.append((first, last, offset))
        offset += last - first
    return np.concatenate(weights), np.array(ranges, np.int64)


def _to_mel(frequency: float) -> float:
    if frequency < _KNEE_HZ:
        return frequency / _LINEAR
    return _KNEE_MEL + float(np.log(frequency / _KNEE_HZ)) / _LOGARITHMIC
