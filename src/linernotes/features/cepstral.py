"""The spectrum's envelope in few numbers: mel-frequency cepstral coefficients."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Descriptor, Rows, numbered
from linernotes.features.mel import N_MELS, mel_power_of
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
)

N_MFCC = 20
FLOOR = 1e-10
TOP_DB = 80.0


def power_to_db(power: Spectrum, *, top_db: float | None = TOP_DB) -> Spectrum:
    """Turn power into decibels relative to 1.

    The same as ``librosa.power_to_db`` with its defaults. The range goes by the loudest value
    of all, so that a clip's quiet frames depend on its loud ones.

    Parameters
    ----------
    power
        float32, any shape, at least 0.
    top_db
        Everything more than so many dB below the largest value is raised to there; ``None``
        leaves all from the floor of -100 dB on.

    Returns
    -------
    decibels
        float32, of the same shape.

    Examples
    --------
    >>> power_to_db(np.array([1, 100, 0], np.float32))
    array([  0.,  20., -60.], dtype=float32)
    """
    decibels: Spectrum = np.maximum(power, np.float32(FLOOR), dtype=np.float32)
    # numpy takes natural logarithms eight times as fast as those to base 10.
    np.log(decibels, out=decibels)
    decibels *= np.float32(10 / np.log(10))
    if top_db is not None and decibels.size:
        np.maximum(decibels, decibels.max() - np.float32(top_db), out=decibels)
    return decibels


def mfcc(decibels: Spectrum, *, n_mfcc: int = N_MFCC) -> Spectrum:
    """Mel-frequency cepstral coefficients: a cosine transform of the mel spectrum in dB.

    The first tells the loudness, the next how it slopes towards high frequencies, and so on
    to ever finer detail of the spectrum's envelope. S. Davis and P. Mermelstein, "Comparison
    of parametric representations for monosyllabic word recognition", IEEE TASSP 28(4), 1980;
    as ``librosa.feature.mfcc``, with the orthonormal DCT-II.

    Parameters
    ----------
    decibels
        Mel spectrum in dB, float32, shape (n_mels, frames); see `power_to_db`.
    n_mfcc
        How many coefficients; at most n_mels.

    Returns
    -------
    coefficients
        float32, shape (n_mfcc, frames).

    Raises
    ------
    ValueError
        If there are not so many bands, or values are not finite.

    Examples
    --------
    >>> mfcc(np.full((4, 1), 10, np.float32), n_mfcc=2)
    array([[20.],
           [ 0.]], dtype=float32)
    """
    decibels = as_spectrum(decibels, signed=True)
    n_mels = len(decibels)
    if not 1 <= n_mfcc <= n_mels:
        raise ValueError(f"n_mfcc must be between 1 and the {n_mels} mel bands, not {n_mfcc}.")
    return _cosines(n_mfcc, n_mels) @ decibels


def mel_decibels_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    n_mels: int = N_MELS,
) -> Spectrum:
    """Power in mel bands in decibels, (bands, frames); see `cepstral.power_to_db`."""
    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    return analysis.once(
        ("mel dB", sample_rate, n_fft, hop_length, n_mels),
        lambda: power_to_db(mel_power_of(analysis, n_mels=n_mels, **frames)),
    )


@lru_cache(maxsize=16)
def _cosines(n_mfcc: int, n_mels: int) -> NDArray[np.float32]:
    """Rows of the orthonormal cosine transform, which sum to 0 but for the first."""
    order = np.arange(n_mfcc)[:, np.newaxis]
    cosines = np.cos(np.pi / n_mels * order * (np.arange(n_mels) + 0.5)) * np.sqrt(2 / n_mels)
    cosines[0] = np.sqrt(1 / n_mels)
    matrix: NDArray[np.float32] = cosines.astype(np.float32)
    matrix.flags.writeable = False
    return matrix


def _measure(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    n_mels: int = N_MELS,
    n_mfcc: int = N_MFCC,
) -> Rows:
    decibels = mel_decibels_of(
        analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length, n_mels=n_mels
    )
    return mfcc(decibels, n_mfcc=n_mfcc)


MFCC = Descriptor(
    "mfcc",
    rows=lambda n_mfcc=N_MFCC, **_: numbered(
        n_mfcc, "dB", "cepstral coefficient of the mel spectrum, from its level to fine detail"
    ),
    compute=_measure,
)
