"""The spectrum of each frame in one number or a few: where it lies, how wide, how even.

All follow librosa 0.11; a silent frame has 0 everywhere, but for a flatness of 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import power_to_db
from linernotes.features.compile import scratch
from linernotes.features.descriptor import Column, Descriptor, Rows, numbered
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    fft_frequencies,
    magnitudes_of,
)

N_BANDS = 6
ROLL_FRACTION = 0.85

# So many rows of bins fit into the second-level cache along with what is made of them.
_BINS_AT_ONCE = 32

# So many frames' sorted lists fit into the first-level cache.
_FRAMES_AT_ONCE = 128


def measure(
    magnitudes: Spectrum, *, sample_rate: float, roll_fraction: float = ROLL_FRACTION
) -> NDArray[np.float32]:
    """Measure what one pass over the spectrum can: where it lies, how wide, how loud.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.
    sample_rate
        Of the samples that the spectrum was computed from.
    roll_fraction
        Share of the magnitudes that lies up to the roll-off, between 0 and 1.

    Returns
    -------
    shape
        float32, shape (5, frames): the centroid, the bandwidth and the roll-off in Hz (see
        the functions of these names), the energy (the sum of squared magnitudes, with 0 Hz
        and half the sample rate counted half), and the largest magnitude.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape or holds NaN, or the share is none.

    Examples
    --------
    >>> line = np.zeros((1025, 1), np.float32)
    >>> line[100] = 2
    >>> measure(line, sample_rate=20480)
    array([[1000.],
           [   0.],
           [1000.],
           [   4.],
           [   2.]], dtype=float32)
    """
    from linernotes.features._kernels import spectral_shape

    if not 0 < roll_fraction < 1:
        raise ValueError(f"roll_fraction must lie between 0 and 1, not be {roll_fraction}.")
    magnitudes = as_spectrum(magnitudes)
    shape = np.empty((5, magnitudes.shape[1]), np.float32)
    frequencies = _frequencies(magnitudes, sample_rate).astype(np.float32)
    place = scratch(6, 2 * _FRAMES_AT_ONCE)
    spectral_shape(magnitudes, frequencies, np.float32(roll_fraction), place, shape)
    return shape


def spectral_centroid(magnitudes: Spectrum, *, sample_rate: float) -> NDArray[np.float32]:
    """Mean frequency, weighted by magnitude: how bright a sound is.

    Returns
    -------
    centroid
        float32, shape (frames,), 0 to half the sample rate, in Hz. See `measure` for the
        parameters.

    Examples
    --------
    >>> spectral_centroid(np.ones((3, 1), np.float32), sample_rate=4)
    array([1.], dtype=float32)
    """
    centroid: NDArray[np.float32] = measure(magnitudes, sample_rate=sample_rate)[0]
    return centroid


def spectral_bandwidth(magnitudes: Spectrum, *, sample_rate: float) -> NDArray[np.float32]:
    """Deviation of frequency from the centroid, root mean square weighted by magnitude.

    Returns
    -------
    bandwidth
        float32, shape (frames,), 0 to a quarter of the sample rate, in Hz. See `measure` for
        the parameters.

    Examples
    --------
    >>> spectral_bandwidth(np.ones((3, 1), np.float32), sample_rate=4).round(4)
    array([0.8165], dtype=float32)
    """
    bandwidth: NDArray[np.float32] = measure(magnitudes, sample_rate=sample_rate)[1]
    return bandwidth


def spectral_rolloff(
    magnitudes: Spectrum, *, sample_rate: float, roll_fraction: float = ROLL_FRACTION
) -> NDArray[np.float32]:
    """Frequency up to which a share of the magnitudes lies.

    Returns
    -------
    rolloff
        float32, shape (frames,), the frequency of a bin, in Hz. See `measure` for the
        parameters.

    Examples
    --------
    >>> spectral_rolloff(np.ones((101, 1), np.float32), sample_rate=200)
    array([85.], dtype=float32)
    """
    shape = measure(magnitudes, sample_rate=sample_rate, roll_fraction=roll_fraction)
    rolloff: NDArray[np.float32] = shape[2]
    return rolloff


def spectral_contrast(
    magnitudes: Spectrum, *, sample_rate: float, n_bands: int = N_BANDS
) -> Spectrum:
    """How far peaks stand out from valleys, in octaves from 200 Hz up and in what lies below.

    The mean of the largest 2 % of the magnitudes in a band against that of the smallest 2 %.
    D.-N. Jiang et al., "Music type classification by spectral contrast feature", ICME 2002;
    as ``librosa.feature.spectral_contrast``, whose decibels end 80 below the largest value.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.
    sample_rate
        Of the samples that the spectrum was computed from.
    n_bands
        Number of octaves; the last one goes on to half the sample rate.

    Returns
    -------
    contrast
        float32, shape (1 + n_bands, frames), low to high, in dB of 10 per factor of 10.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape or holds NaN, or a band has no bins.

    Examples
    --------
    >>> spectral_contrast(np.ones((1025, 1), np.float32), sample_rate=22050)[:, 0]
    array([0., 0., 0., 0., 0., 0., 0.], dtype=float32)
    """
    from linernotes.features._kernels import smallest

    magnitudes = as_spectrum(magnitudes)
    bands = _contrast_bands(sample_rate, len(magnitudes), n_bands)
    low = np.empty((len(bands), magnitudes.shape[1]), np.float32)
    high = np.empty_like(low)
    place = scratch(4 + bands[:, 2].max(), _FRAMES_AT_ONCE)
    smallest(magnitudes, np.float32(1), bands, place, low)
    smallest(magnitudes, np.float32(-1), bands, place, high)
    contrast: Spectrum = power_to_db(high) - power_to_db(low)
    return contrast


def spectral_flatness(magnitudes: Spectrum) -> NDArray[np.float32]:
    """Geometric over arithmetic mean of power: near 0 for tones, towards 1 for noise.

    A. Gray and J. Markel, "A spectral-flatness measure for studying the autocorrelation
    method of linear prediction of speech analysis", IEEE TASSP 22(3), 1974; as
    ``librosa.feature.spectral_flatness``, which counts power below 1e-10 as that much.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.

    Returns
    -------
    flatness
        float32, shape (frames,), between 0 and 1.

    Examples
    --------
    >>> spectral_flatness(np.array([[1, 1], [1, 100]], np.float32)).round(3)
    array([1.  , 0.02], dtype=float32)
    """
    magnitudes = as_spectrum(magnitudes)
    logarithms = np.zeros(magnitudes.shape[1])
    total = np.zeros(magnitudes.shape[1])
    for start in range(0, len(magnitudes), _BINS_AT_ONCE):
        power = np.square(magnitudes[start : start + _BINS_AT_ONCE])
        np.maximum(power, np.float32(1e-10), out=power)
        total += power.sum(axis=0)
        logarithms += np.log(power, out=power).sum(axis=0)
    count = len(magnitudes)
    flatness: NDArray[np.float32] = (np.exp(logarithms / count) / (total / count)).astype(
        np.float32
    )
    return np.minimum(flatness, 1)


def spectral_flux(magnitudes: Spectrum) -> NDArray[np.float32]:
    """How much louder bins become from one frame to the next: large where notes begin.

    The Euclidean length of the magnitudes' increases; decreases do not count. J. P. Bello et
    al., "A tutorial on onset detection in music signals", IEEE TSAP 13(5), 2005, section
    III-B, whose square root this is.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.

    Returns
    -------
    flux
        float32, shape (frames,), at least 0, in units of the magnitudes. The first frame,
        which follows none, has 0.

    Examples
    --------
    >>> spectral_flux(np.array([[0, 3, 3], [0, 4, 0]], np.float32))
    array([0., 5., 0.], dtype=float32)
    """
    magnitudes = as_spectrum(magnitudes)
    squares = np.zeros(magnitudes.shape[1], np.float32)
    for start in range(0, len(magnitudes), _BINS_AT_ONCE):
        increase = np.diff(magnitudes[start : start + _BINS_AT_ONCE], axis=1)
        np.maximum(increase, 0, out=increase)
        squares[1:] += np.einsum("ij,ij->j", increase, increase)
    return np.sqrt(squares)


def spectral_shape_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Centroid, bandwidth, roll-off, energy and peak of each frame; see `spectral.measure`."""
    return analysis.once(
        ("shape", sample_rate, n_fft, hop_length),
        lambda: measure(
            magnitudes_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
            sample_rate=sample_rate,
        ),
    )


def _frequencies(magnitudes: Spectrum, sample_rate: float) -> NDArray[np.float64]:
    return fft_frequencies(sample_rate=sample_rate, n_fft=max(2, 2 * (len(magnitudes) - 1)))


@lru_cache(maxsize=16)
def _contrast_bands(sample_rate: float, n_bins: int, n_bands: int) -> NDArray[np.int64]:
    """First bin, bin after the last, and how many are 2 %, for each band."""
    if n_bands < 1:
        raise ValueError(f"n_bands must be positive, not {n_bands}.")
    frequencies = fft_frequencies(sample_rate=sample_rate, n_fft=2 * (n_bins - 1))
    edges = np.concatenate([[0], 200 * 2.0 ** np.arange(n_bands + 1)])
    bands = []
    for index, (low, high) in enumerate(pairwise(edges)):
        first = int(np.searchsorted(frequencies, low))
        last = int(np.searchsorted(frequencies, high, side="right"))
        # A band starts with the last bin of the one before, and leaves its own last one, by
        # which the 2 % go all the same.
        first -= index > 0
        is_top = index == n_bands
        last = n_bins if is_top else last
        keep = max(1, round(0.02 * (last - first)))
        last -= not is_top
        if low >= sample_rate / 2 or last - first < 1:
            raise ValueError(
                f"At {sample_rate:g} Hz and {n_bins} bins, there is nothing in the band of the "
                f"spectral contrast from {low:g} Hz; take fewer bands or longer frames."
            )
        bands.append((first, last, keep))
    return np.array(bands, np.int64)


def _row_of_shape(index: int) -> Callable[..., Rows]:
    def compute(analysis: Analysis, **frames: int) -> Rows:
        return spectral_shape_of(analysis, **frames)[index : index + 1]

    return compute


def _contrast(analysis: Analysis, *, n_bands: int = N_BANDS, **frames: int) -> Rows:
    return spectral_contrast(
        magnitudes_of(analysis, **frames),
        sample_rate=frames.get("sample_rate", SAMPLE_RATE),
        n_bands=n_bands,
    )


def _flatness(analysis: Analysis, **frames: int) -> Rows:
    return spectral_flatness(magnitudes_of(analysis, **frames))[np.newaxis]


def _flux(analysis: Analysis, **frames: int) -> Rows:
    return spectral_flux(magnitudes_of(analysis, **frames))[np.newaxis]


def _contrast_rows(*, n_bands: int = N_BANDS, **_: int) -> tuple[Column, ...]:
    edges = [0, *(200 * 2**band for band in range(n_bands + 1))]
    return tuple(
        Column(f"{number:02}", "dB", f"level of peaks above valleys, {low} to {high} Hz")
        for number, (low, high) in enumerate(pairwise(edges), start=1)
    )


SPECTRAL_CENTROID = Descriptor(
    "spectral_centroid",
    rows=lambda **_: numbered(1, "Hz", "mean frequency, weighted by magnitude"),
    compute=_row_of_shape(0),
)
SPECTRAL_BANDWIDTH = Descriptor(
    "spectral_bandwidth",
    rows=lambda **_: numbered(1, "Hz", "deviation of frequency, weighted by magnitude"),
    compute=_row_of_shape(1),
)
SPECTRAL_ROLLOFF = Descriptor(
    "spectral_rolloff",
    rows=lambda **_: numbered(1, "Hz", "frequency up to which 85 % of the magnitudes lie"),
    compute=_row_of_shape(2),
)
SPECTRAL_CONTRAST = Descriptor("spectral_contrast", rows=_contrast_rows, compute=_contrast)
SPECTRAL_FLATNESS = Descriptor(
    "spectral_flatness",
    rows=lambda **_: numbered(1, "1", "0 for tones to 1 for noise"),
    compute=_flatness,
)
SPECTRAL_FLUX = Descriptor(
    "spectral_flux",
    rows=lambda **_: numbered(1, "magnitude", "increase of the magnitudes since the last frame"),
    compute=_flux,
)
