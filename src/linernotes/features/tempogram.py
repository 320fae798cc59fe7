"""Tempograms: how similar the onset strength around each moment is to itself some time later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from linernotes.features.onset import as_strength
from linernotes.features.spectrum import count_bins, precise_window, sliding_magnitudes

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

_FRAMES_AT_ONCE = 512


def tempogram(strength: ArrayLike, *, window_length: int = 384) -> Float32:
    """Similarity of the onset strength around each frame with itself, by distance.

    P. Grosche, M. Müller and F. Kurth, "Cyclic tempogram: a mid-level tempo representation
    for music signals", ICASSP 2010; as ``librosa.feature.tempogram``.

    Parameters
    ----------
    strength
        Shape (frames,), finite; see `onset.onset_strength`.
    window_length
        Length of the Hann window whose content is compared, in frames.

    Returns
    -------
    tempogram
        float32, shape (window_length, frames): local autocorrelation by lag in frames, 1 at
        lag 0 and about 0 to 1 elsewhere; 0 where nothing happens.

    Raises
    ------
    ValueError
        If the strength has a wrong shape or is not finite, or the window has no length.

    Examples
    --------
    >>> strength = np.zeros(400)
    >>> strength[::20] = 1
    >>> lags = tempogram(strength)[:, 200]
    >>> int(lags[1:40].argmax()) + 1
    20
    """
    values = as_strength(strength)
    local = np.empty((window_length, len(values)), np.float32)
    start = 0
    for power, size in _local_power(values, window_length):
        correlation = np.fft.irfft(power, n=size, axis=1)[:, :window_length]
        local[:, start : start + len(power)] = correlation.T
        start += len(power)
    return local


def mean_tempogram(strength: ArrayLike, *, window_length: int = 384) -> Float64:
    """Mean of `tempogram` over all frames, at a fraction of its cost.

    Returns
    -------
    mean
        float64, shape (window_length,), by lag in frames; zeros for no frames.

    Examples
    --------
    >>> strength = np.random.default_rng(0).random(500)
    >>> bool(np.allclose(mean_tempogram(strength), tempogram(strength).mean(axis=1), atol=1e-6))
    True
    """
    values = as_strength(strength)
    _check_length(window_length)
    largest = np.abs(values).max(initial=0)
    if not largest:
        return np.zeros(window_length)
    # Twice as long, so that a window does not meet itself around the end.
    size = 1 << (2 * window_length - 1).bit_length()
    window = precise_window(window_length)
    padded = _padded(values / largest, window_length)
    energies = np.correlate(np.square(padded), np.square(window), mode="valid")[: len(values)]
    shares = 1 / np.where(energies < np.finfo(np.float64).tiny, 1, energies)
    # The transform back is linear, so that it can wait until the end.
    total = np.zeros(count_bins(size))
    for start in range(0, len(values), _FRAMES_AT_ONCE):
        some = shares[start : start + _FRAMES_AT_ONCE].astype(np.float32)
        samples = padded[start : start + len(some) + window_length].astype(np.float32)
        power = sliding_magnitudes(samples, window, len(some), n_fft=size)
        total += np.square(power, out=power) @ some
    mean: Float64 = np.fft.irfft(total / len(values), n=size)[:window_length]
    return mean


def _check_length(window_length: int) -> None:
    if window_length < 1:
        raise ValueError(f"window_length must be positive, not {window_length}.")


def _padded(values: Float32, window_length: int) -> Float64:
    """Let values go to zero on both sides, so that a window can lie around each of them."""
    half = window_length // 2
    padded: Float64 = np.pad(values.astype(np.float64), half, mode="linear_ramp", end_values=0)
    return padded


def _local_power(values: Float32, window_length: int) -> Iterator[tuple[Float64, int]]:
    """Yield power spectra of windows around the frames, over their energies, and their size."""
    from scipy.fft import next_fast_len, rfft

    _check_length(window_length)
    if not len(values):
        return
    windows = sliding_window_view(_padded(values, window_length), window_length)[: len(values)]
    size = next_fast_len(2 * window_length - 1, real=True)
    for start in range(0, len(windows), _FRAMES_AT_ONCE):
        block = windows[start : start + _FRAMES_AT_ONCE] * precise_window(window_length)
        energies = np.einsum("ij,ij->i", block, block)
        spectrum = rfft(block, n=size, axis=1)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        power /= np.where(energies < np.finfo(np.float64).tiny, 1, energies)[:, np.newaxis]
        yield power, size
