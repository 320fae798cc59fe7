"""How strong each of the twelve pitch classes is, whatever the octave.

Rows go from C to B. Where all classes are silent, all are 0.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.constant_q import constant_q_of
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    magnitudes_of,
)
from linernotes.features.tuning import tuning_of

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

# So many frames' power fits into the second-level cache.
_FRAMES_AT_ONCE = 64

_SMOOTHED = 41


def chroma_stft(magnitudes: Spectrum, *, sample_rate: float, tuning: float = 0.0) -> Spectrum:
    """Pitch classes from a short-time Fourier transform.

    Each bin's power goes to the classes near its frequency, most of all in the octaves around
    A4. D. Ellis, "Chroma feature analysis and synthesis", 2007; as
    ``librosa.feature.chroma_stft``.

    Parameters
    ----------
    magnitudes
        float32, shape (bins, frames), as from `spectrum.magnitudes`.
    sample_rate
        Of the samples that the spectrum was computed from.
    tuning
        Deviation from A4 = 440 Hz in semitones; see `tuning.estimate_tuning`.

    Returns
    -------
    chroma
        float32, shape (12, frames), 0 to 1: the strongest class of a frame is 1.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape or holds NaN.

    Examples
    --------
    >>> magnitudes = np.zeros((1025, 1), np.float32)
    >>> magnitudes[44] = 1  # 440 Hz
    >>> PITCH_CLASSES[chroma_stft(magnitudes, sample_rate=20480)[:, 0].argmax()]
    'A'
    """
    magnitudes = as_spectrum(magnitudes)
    n_bins, n_frames = magnitudes.shape
    filters = chroma_filters(
        sample_rate=float(sample_rate), n_fft=2 * (n_bins - 1), tuning=round(float(tuning), 6)
    )
    chroma = np.empty((12, n_frames), np.float32)
    for start in range(0, n_frames, _FRAMES_AT_ONCE):
        block = magnitudes[:, start : start + _FRAMES_AT_ONCE]
        chroma[:, start : start + _FRAMES_AT_ONCE] = filters @ np.square(block)
    return _relative_to(chroma, chroma.max(axis=0, initial=0))


@lru_cache(maxsize=128)
def chroma_filters(
    *, sample_rate: float, n_fft: int = N_FFT, tuning: float = 0.0
) -> NDArray[np.float32]:
    """Weights of each bin's power for the pitch classes.

    Returns
    -------
    filters
        float32, shape (12, 1 + n_fft // 2), read-only. The same as ``librosa.filters.chroma``
        with its defaults.

    Examples
    --------
    >>> chroma_filters(sample_rate=22050).shape
    (12, 1025)
    """
    n_bins = 1 + n_fft // 2
    frequencies = np.arange(1, n_bins + 1) * (sample_rate / n_fft)
    semitones = 12 * np.log2(frequencies / (440 / 16 * 2 ** (tuning / 12)))
    # 0 Hz has no pitch; it is put an octave and a half below the first bin.
    semitones = np.concatenate([[semitones[0] - 18], semitones])
    widths = np.maximum(np.diff(semitones), 1.0)
    semitones = semitones[:n_bins]
    distances = (semitones - np.arange(12)[:, np.newaxis] + 6) % 12 - 6
    weights = np.exp(-0.5 * np.square(2 * distances / widths))
    weights /= np.linalg.norm(weights, axis=0)
    weights *= np.exp(-0.5 * np.square((semitones / 12 - 5) / 2))
    # Semitones were counted from A.
    filters: NDArray[np.float32] = np.roll(weights, -3, axis=0).astype(np.float32)
    filters.flags.writeable = False
    return filters


def chroma_cqt(constant_q: Spectrum) -> Spectrum:
    """Pitch classes from a constant-Q transform: the sum over its octaves.

    As ``librosa.feature.chroma_cqt(C=constant_q, bins_per_octave=12)``.

    Parameters
    ----------
    constant_q
        float32, shape (bins, frames): semitones from a C upwards, as from
        `constant_q.constant_q`.

    Returns
    -------
    chroma
        float32, shape (12, frames), 0 to 1: the strongest class of a frame is 1.

    Raises
    ------
    ValueError
        If the transform has a wrong shape or holds NaN.

    Examples
    --------
    >>> octaves = np.zeros((84, 1), np.float32)
    >>> octaves[[0, 12, 7]] = 1
    >>> chroma_cqt(octaves)[[0, 7], 0]
    array([1. , 0.5], dtype=float32)
    """
    chroma = _over_octaves(constant_q)
    return _relative_to(chroma, chroma.max(axis=0, initial=0))


def chroma_cens(constant_q: Spectrum) -> Spectrum:
    """Pitch classes, roughened and smoothed, so that versions of a piece look alike.

    Each class's share of a frame is rounded to five steps and smoothed over 41 frames with a
    Hann window. M. Müller and S. Ewert, "Chroma Toolbox", ISMIR 2011; as
    ``librosa.feature.chroma_cens(C=constant_q, bins_per_octave=12)``.

    What goes in is as in `chroma_cqt`; what comes out has length 1 in each frame.

    Examples
    --------
    >>> octaves = np.zeros((84, 100), np.float32)
    >>> octaves[[0, 12, 7]] = 1
    >>> chroma_cens(octaves)[[0, 7], 50].round(3)
    array([0.8, 0.6], dtype=float32)
    """
    chroma = _over_octaves(constant_q)
    share = _relative_to(chroma, chroma.sum(axis=0))
    steps = np.zeros_like(share)
    for threshold in (0.4, 0.2, 0.1, 0.05):
        steps += (share > threshold) * np.float32(0.25)
    if not steps.size:
        return steps
    reach = _SMOOTHED // 2
    smooth = np.stack([np.convolve(row, _smoothing())[reach:-reach] for row in steps])
    return _relative_to(smooth, np.linalg.norm(smooth, axis=0))


def chroma_cens_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Smoothed pitch classes, (12, frames); see `chroma.chroma_cens`."""
    return analysis.once(
        ("cens", sample_rate, n_fft, hop_length),
        lambda: chroma_cens(
            constant_q_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
        ),
    )


@cache
def _smoothing() -> NDArray[np.float32]:
    window = np.hanning(_SMOOTHED + 2)[1:-1]
    smoothing: NDArray[np.float32] = (window / window.sum()).astype(np.float32)
    return smoothing


def _over_octaves(constant_q: Spectrum) -> Spectrum:
    constant_q = as_spectrum(constant_q)
    n_bins, n_frames = constant_q.shape
    chroma = np.zeros((12, n_frames), np.float32)
    for start in range(0, n_bins, 12):
        octave = constant_q[start : start + 12]
        chroma[: len(octave)] += octave
    return chroma


def _relative_to(chroma: Spectrum, lengths: NDArray[np.float32]) -> Spectrum:
    safe = lengths.copy()
    safe[lengths < np.finfo(np.float32).tiny] = 1
    relative: Spectrum = chroma / safe
    return relative


def _stft(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    return chroma_stft(
        magnitudes_of(analysis, **frames),
        sample_rate=sample_rate,
        tuning=tuning_of(analysis, power=True, **frames),
    )


def _cqt(analysis: Analysis, **frames: int) -> Rows:
    return chroma_cqt(constant_q_of(analysis, **frames))


def _cens(analysis: Analysis, **frames: int) -> Rows:
    return chroma_cens_of(analysis, **frames)


def _rows(description: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"{number:02}", "1", f"pitch class {name}, {description}")
        for number, name in enumerate(PITCH_CLASSES, start=1)
    )


CHROMA_STFT = Descriptor(
    "chroma_stft",
    rows=lambda **_: _rows("from the Fourier transform; the strongest is 1"),
    compute=_stft,
)
CHROMA_CQT = Descriptor(
    "chroma_cqt",
    rows=lambda **_: _rows("from the constant-Q transform; the strongest is 1"),
    compute=_cqt,
)
CHROMA_CENS = Descriptor(
    "chroma_cens",
    rows=lambda **_: _rows("roughened and smoothed over a second"),
    compute=_cens,
)
