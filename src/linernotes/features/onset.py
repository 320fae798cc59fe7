"""Where notes begin: how strongly the spectrum rises in each frame, and the onsets' frames.

All but the strengths of bands follow librosa 0.11.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import mel_decibels_of
from linernotes.features.descriptor import Column, Descriptor, Rows, numbered
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    samples_of,
)

Strength = NDArray[np.float32]
Aggregate = Literal["mean", "median"]

# The values that librosa found by search over many recordings.
_NEIGHBOURHOOD = 0.1
_REFRACTORY = 0.03
_THRESHOLD = 0.07

# Where the four bands end, as shares of the mel bands: of 128 at 22,050 Hz at 220, 630 and 1980 Hz.
_BAND_ENDS = (1 / 16, 3 / 16, 1 / 2, 1.0)


def onset_strength(
    decibels: Spectrum,
    *,
    aggregate: Aggregate = "mean",
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Strength:
    """How much louder the bands become from one frame to the next, decreases not counted.

    S. Böck and G. Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013,
    without its filter; as ``librosa.onset.onset_strength``.

    Parameters
    ----------
    decibels
        Mel spectrum in dB, float32, shape (bands, frames); see `cepstral.power_to_db`.
    aggregate
        What becomes of the bands: their mean, or their median, which needs more than half of
        them to rise and which ``librosa.beat.beat_track`` prefers.
    n_fft, hop_length
        Length and distance of the spectrum's frames. A rise is counted half a frame late, in
        the middle of what brought it.

    Returns
    -------
    strength
        float32, shape (frames,), at least 0, in dB; the first 1 + n_fft // (2 * hop_length)
        frames have 0.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape or holds NaN, or the aggregate is none of the two.

    Examples
    --------
    >>> decibels = np.zeros((128, 8), np.float32)
    >>> decibels[:, 3:] = 12
    >>> onset_strength(decibels)
    array([ 0.,  0.,  0.,  0.,  0., 12.,  0.,  0.], dtype=float32)
    """
    if aggregate not in ("mean", "median"):
        raise ValueError(f"The aggregate must be mean or median, not {aggregate!r}.")
    decibels = as_spectrum(decibels, signed=True)
    n_frames = decibels.shape[1]
    strength = np.zeros(n_frames, np.float32)
    late = 1 + n_fft // (2 * hop_length)
    if n_frames > late:
        rises = np.diff(decibels[:, : n_frames - late + 1], axis=1)
        np.maximum(rises, 0, out=rises)
        if aggregate == "mean":
            strength[late:] = rises.mean(axis=0)
        else:
            # Medians of rows that lie in one piece are twice as fast.
            strength[late:] = np.median(np.ascontiguousarray(rises.T), axis=1, overwrite_input=True)
    return strength


def band_onset_strengths(decibels: Spectrum) -> Spectrum:
    """How much louder bass, low mids, high mids and treble become, decreases not counted.

    A bass drum, a bass line, a voice and a hi-hat each tell the beat in a range of their own, in
    which the others do not drown them (E. Scheirer, "Tempo and beat analysis of acoustic musical
    signals", JASA 103(1), 1998).

    Parameters
    ----------
    decibels
        Mel spectrum in dB, float32, shape (bands, frames), at least 16 bands; see
        `cepstral.power_to_db`.

    Returns
    -------
    strengths
        float32, shape (4, frames), at least 0, in dB: the mean rise of the mel bands of each
        range since the last frame.

    Raises
    ------
    ValueError
        If the spectrum has a wrong shape, too few bands, or holds NaN.

    Examples
    --------
    >>> decibels = np.zeros((128, 4), np.float32)
    >>> decibels[:8, 2] = 12
    >>> band_onset_strengths(decibels)[:2]
    array([[ 0.,  0., 12.,  0.],
           [ 0.,  0.,  0.,  0.]], dtype=float32)
    """
    decibels = as_spectrum(decibels, signed=True)
    count, n_frames = decibels.shape
    if count < 16:
        raise ValueError(f"Onsets of bands need at least 16 mel bands, not {count}.")
    strengths = np.zeros((len(_BAND_ENDS), n_frames), np.float32)
    if n_frames > 1:
        rises = np.diff(decibels, axis=1)
        np.maximum(rises, 0, out=rises)
        start = 0
        for strength, end in zip(strengths, _BAND_ENDS, strict=True):
            stop = round(end * count)
            strength[1:] = rises[start:stop].mean(axis=0)
            start = stop
    return strengths


def onset_frames(
    strength: ArrayLike, *, sample_rate: float = SAMPLE_RATE, hop_length: int = HOP_LENGTH
) -> NDArray[np.int64]:
    """Frames in which something begins, as ``librosa.onset.onset_detect``.

    An onset surpasses the 0.03 s before it, and by 7 % of the range the mean of the 0.1 s on
    both sides; 0.03 s pass before the next one. S. Böck, F. Krebs and M. Schedl, "Evaluating
    the online capabilities of onset detection methods", ISMIR 2012.

    Parameters
    ----------
    strength
        Shape (frames,), finite; see `onset_strength`. Gain does not matter.
    sample_rate
        Of the samples, in Hz.
    hop_length
        Distance of the frames in samples.

    Returns
    -------
    onsets
        int64, shape (onsets,), rising; none where all frames are alike.

    Raises
    ------
    ValueError
        If the strength has a wrong shape or is not finite.

    Examples
    --------
    >>> strength = np.zeros(100)
    >>> strength[[20, 50, 51, 80]] = 1
    >>> onset_frames(strength)
    array([20, 50, 80])
    """
    values = as_strength(strength)
    values = values - values.min(initial=np.inf)
    largest = values.max(initial=0)
    if not largest:
        return np.zeros(0, np.int64)
    values /= largest + np.finfo(np.float32).tiny
    before = int(_REFRACTORY * sample_rate // hop_length)
    around = int(_NEIGHBOURHOOD * sample_rate // hop_length)
    padded = np.pad(values, (before, 0), constant_values=-np.inf)
    largest_before = sliding_window_view(padded, before + 1).max(axis=1)
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    index = np.arange(len(values))
    first, last = np.maximum(index - around, 0), np.minimum(index + around + 1, len(values))
    means = (sums[last] - sums[first]) / (last - first)
    candidates = np.flatnonzero((values == largest_before) & (values >= means + _THRESHOLD))
    onsets: list[int] = []
    for candidate in candidates.tolist():
        if not onsets or candidate - onsets[-1] > before:
            onsets.append(candidate)
    return np.array(onsets, np.int64)


def as_strength(strength: ArrayLike) -> Strength:
    """Return an onset strength as float32, or raise a ValueError that says what is wrong.

    Examples
    --------
    >>> as_strength([[1, 2]])
    Traceback (most recent call last):
    ...
    ValueError: An onset strength must have shape (frames,), not (1, 2).
    """
    values: Strength = np.asarray(strength, np.float32)
    if values.ndim != 1:
        raise ValueError(f"An onset strength must have shape (frames,), not {values.shape}.")
    if not np.isfinite(values).all():
        raise ValueError("An onset strength must be finite; there is NaN or infinity in it.")
    return values


def strength_of(
    analysis: Analysis,
    *,
    aggregate: Aggregate = "mean",
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Strength:
    """Onset strength of a clip, computed once, from 128 mel bands."""
    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    decibels = mel_decibels_of(analysis, **frames)
    return analysis.once(
        ("onset strength", aggregate, sample_rate, n_fft, hop_length),
        lambda: onset_strength(decibels, aggregate=aggregate, n_fft=n_fft, hop_length=hop_length),
    )


def _strength(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    strength = strength_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    return strength[np.newaxis]


def _rate(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    strength = strength_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    onsets = onset_frames(strength, sample_rate=sample_rate, hop_length=hop_length)
    seconds = len(samples_of(analysis, sample_rate=sample_rate)) / sample_rate
    return np.full((1, 1), len(onsets) / seconds if seconds else 0.0, np.float32)


def _bands(analysis: Analysis) -> Rows:
    return band_onset_strengths(mel_decibels_of(analysis))


BAND_ONSET_STRENGTH = Descriptor(
    "band_onset_strength",
    rows=lambda: tuple(
        Column(name, "dB", f"mean rise of the mel bands of the {name.replace('_', ' ')}")
        for name in ("bass", "low_mids", "high_mids", "treble")
    ),
    compute=_bands,
)
ONSET_STRENGTH = Descriptor(
    "onset_strength",
    rows=lambda **_: numbered(1, "dB", "mean rise of 128 mel bands since the last frame"),
    compute=_strength,
)
ONSET_RATE = Descriptor(
    "onset_rate",
    rows=lambda **_: (Column("", "1/s", "how many notes or strokes begin per second"),),
    compute=_rate,
)
