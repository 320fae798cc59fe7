"""Where the beats fall, and what happens from beat to beat.

A chain of frames is sought that are strong onsets and keep the distance that the tempo asks
for: D. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1),
2007; as ``librosa.beat.beat_track``. The tempo is taken to be constant, and where it is
doubled or halved (see `linernotes.features.tempo`), the beats are too.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.onset import as_strength, strength_of
from linernotes.features.spectrum import HOP_LENGTH, N_FFT, SAMPLE_RATE
from linernotes.features.tempo import tempo

Beats = NDArray[np.int64]
Float64 = NDArray[np.float64]

TIGHTNESS = 100.0


def beat_frames(
    strength: ArrayLike,
    *,
    sample_rate: float = SAMPLE_RATE,
    hop_length: int = HOP_LENGTH,
    beats_per_minute: float | None = None,
    tightness: float = TIGHTNESS,
    trim: bool = True,
) -> Beats:
    """Frames on which the beats fall.

    Parameters
    ----------
    strength
        Shape (frames,), finite; the median over bands of `onset.onset_strength` works best.
    sample_rate
        Of the samples, in Hz.
    hop_length
        Distance of the frames in samples.
    beats_per_minute
        The tempo; that of `tempo.tempo` if not given.
    tightness
        How much worse an onset may be for keeping the distance; positive.
    trim
        Whether to leave out weak beats at both ends, such as where the music has not begun.

    Returns
    -------
    beats
        int64, shape (beats,), rising; none where nothing begins, such as in silence.

    Raises
    ------
    ValueError
        If the strength has a wrong shape or is not finite, or a parameter is not positive.

    Examples
    --------
    >>> strength = np.zeros(1000)
    >>> strength[10::20] = 1
    >>> beat_frames(strength)[1:5]
    array([ 50,  70,  90, 110])
    """
    from linernotes.features._beat_kernels import chain

    values = as_strength(strength)
    if tightness <= 0 or (beats_per_minute is not None and beats_per_minute <= 0):
        raise ValueError("The tempo and the tightness must be positive.")
    none = np.zeros(0, np.int64)
    if len(values) < 2 or not values.any():
        return none
    if beats_per_minute is None:
        beats_per_minute = tempo(values, sample_rate=sample_rate, hop_length=hop_length)
        if not beats_per_minute:
            return none
    distance = float(np.round(60 * sample_rate / hop_length / beats_per_minute))
    if distance < 1:
        raise ValueError(f"There are several beats per frame at {beats_per_minute:g} BPM.")
    score = _local_score(values, int(distance))
    shortest = max(1, int(np.round(distance / 2)))
    lags = np.arange(shortest, int(2 * distance) + 1)
    penalties = tightness * (np.log(lags) - np.log(distance)) ** 2
    link = np.empty(len(score), np.int64)
    total = np.empty(len(score))
    chain(score, penalties, shortest, link, total)
    # Before anything is to be heard, there are no beats to follow.
    link[: int(np.argmax(score >= 0.01 * score.max()))] = -1
    beats = [_last_beat(total)]
    while link[beats[-1]] >= 0:
        beats.append(int(link[beats[-1]]))
    return _trimmed(np.array(beats[::-1], np.int64), score, trim=trim)


def synchronise(
    rows: NDArray[Any], beats: ArrayLike, *, aggregate: Literal["mean", "median"] = "mean"
) -> NDArray[Any]:
    """Summarise frames from beat to beat, which takes the tempo out of any descriptor.

    As ``librosa.util.sync``: the stretches before the first beat and from the last one on
    count as well.

    Parameters
    ----------
    rows
        Values over time, shape (rows, frames).
    beats
        Numbers of frames, rising, at least 0; those beyond the end are moved there.
    aggregate
        What becomes of the frames of a stretch.

    Returns
    -------
    synchronised
        Shape (rows, stretches), of the same type; no stretches for no frames.

    Raises
    ------
    ValueError
        If a shape is wrong, a beat is negative or no whole number, or the aggregate is none of
        the two.

    Examples
    --------
    >>> synchronise(np.array([[1.0, 3.0, 5.0, 5.0, 7.0]]), [2, 4])
    array([[2., 5., 7.]])
    """
    values, places = np.asarray(rows), np.asarray(beats)
    if values.ndim != 2:
        raise ValueError(f"Rows must have shape (rows, frames), not {values.shape}.")
    if places.ndim != 1 or (places.size and (places.dtype.kind not in "iu" or places.min() < 0)):
        raise ValueError("Beats must be frame numbers, at least 0.")
    if aggregate not in ("mean", "median"):
        raise ValueError(f"The aggregate must be mean or median, not {aggregate!r}.")
    count = values.shape[1]
    edges = np.unique(np.concatenate([[0], np.minimum(places, count), [count]]).astype(np.int64))
    reduce = np.mean if aggregate == "mean" else np.median
    stretches = [reduce(values[:, start:stop], axis=1) for start, stop in pairwise(edges)]
    if not stretches:
        return np.zeros((len(values), 0), values.dtype)
    return np.stack(stretches, axis=1).astype(values.dtype)


def _local_score(values: NDArray[np.float32], distance: int) -> Float64:
    """Onset strength in units of its deviation, smoothed by a small part of a beat."""
    level = values.std(ddof=1) + np.finfo(np.float32).tiny
    normalised = (values / level).astype(np.float64)
    # librosa's sum leaves out the first frame, in which nothing can begin.
    normalised[0] = 0
    offsets = np.arange(-distance, distance + 1)
    smoothing = np.exp(-0.5 * (offsets * 32.0 / distance) ** 2)
    score: Float64 = np.convolve(normalised, smoothing)[distance : distance + len(values)]
    return score


def _last_beat(total: Float64) -> int:
    """Return the last peak that comes up to half of the middle one."""
    peaks = np.zeros(len(total), bool)
    peaks[1:-1] = (total[1:-1] > total[:-2]) & (total[1:-1] >= total[2:])
    peaks[-1] = total[-1] > total[-2]
    if not peaks.any():
        return len(total) - 1
    good = np.flatnonzero(peaks & (total >= 0.5 * np.median(total[peaks])))
    return int(good[-1]) if len(good) else len(total) - 1


def _trimmed(beats: Beats, score: Float64, *, trim: bool) -> Beats:
    """Leave out the beats before and behind the first and the last frame that are strong."""
    smooth = np.convolve(score[beats], np.hanning(5))[2 : len(score) + 2]
    threshold = 0.5 * float(np.sqrt(np.mean(smooth**2))) if trim else 0.0
    strong = np.flatnonzero(score > threshold)
    if not len(strong):
        return beats[:0]
    kept: Beats = beats[(beats >= strong[0]) & (beats <= strong[-1])]
    return kept


def beats_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Beats:
    """Frames of a clip's beats, found once; those of ``librosa.beat.beat_track(y=samples)``."""

    def find() -> Beats:
        strength = strength_of(
            analysis,
            aggregate="median",
            sample_rate=sample_rate,
            n_fft=n_fft,
            hop_length=hop_length,
        )
        return beat_frames(strength, sample_rate=sample_rate, hop_length=hop_length)

    beats: Beats = analysis.once(("beats", sample_rate, n_fft, hop_length), find)
    return beats


def _rate(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    beats = beats_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    if len(beats) < 2:
        return np.zeros((1, 1), np.float32)
    seconds = float(beats[-1] - beats[0]) * hop_length / sample_rate
    return np.full((1, 1), (len(beats) - 1) / seconds, np.float32)


BEAT_RATE = Descriptor(
    "beat_rate",
    rows=lambda **_: (Column("", "1/s", "beats per second between the first and the last one"),),
    compute=_rate,
)
