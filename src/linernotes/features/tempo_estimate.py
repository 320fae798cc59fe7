"""The tempo of a clip, and how sure it is: the best that we know, where librosa's is not asked for.

Onsets are told apart by range (bass, low mids, high mids, treble), so that a loud range does not
drown the one that keeps the beat, and compared with themselves some time later. A tempo is as
good as the onsets agree one, two, three and four beats later: a comb (A. Klapuri, A. Eronen and
J. Astola, "Analysis of the meter of acoustic musical signals", IEEE TASLP 14(1), 2006), which
tells a beat from its half and from two thirds of it, since not all four of their multiples are
beats. Tempi around 125 beats per minute are preferred, for between 120 and 130 people tap most
readily (D. Moelants, "Preferred tempo reconsidered", ICMPC 2002).

What comb and preference leave open is the octave: fast music counted at half its tempo. How much
the strongest other tempo competes is what the confidence comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column
from linernotes.features.onset import BAND_ONSET_STRENGTH
from linernotes.features.spectrum import HOP_LENGTH, SAMPLE_RATE

Float64 = NDArray[np.float64]

LOWEST_TEMPO, HIGHEST_TEMPO = 30.0, 300.0

_PREFERRED = 125.0
# Of the preference, a normal curve over octaves: wide, so that it decides among near equals only.
_WIDTH = 1.1
_BEATS = 4
# By how much neighbouring tempi differ, and tempi that are no longer the same.
_STEP, _APART = 0.005, 0.08
# What surpasses its surroundings of so many seconds is an onset.
_SURROUNDINGS = 1.0
# Values of the autocorrelation per frame.
_FINENESS = 4

# Confidence: a logistic function of how much the strongest other tempo competes, fitted to 50
# clips of GTZAN by benchmarks/tempo_key.py, ...
_INTERCEPT, _SLOPE = 4.6, -3.91
# ... where onsets recur at all: in 20 s of noise and speech less than the first, in music more
# than the second. In shorter clips chance reaches higher.
_NO_PULSE, _PULSE, _LONG_ENOUGH = 0.06, 0.12, 20.0


@dataclass(frozen=True)
class Tempo:
    """How fast a clip is, and how sure that is.

    Parameters
    ----------
    beats_per_minute
        30 to 300; 0 where nothing begins.
    confidence
        Probability that a listener counts the same beats, 0 to 1: neither half of them nor
        twice as many. About 0 in noise and speech.
    pulse
        How much onsets agree with those one to four beats later, -1 to 1.
    rival
        How strong the next best tempo is, as a share of this one, 0 to 1.

    Examples
    --------
    >>> Tempo(beats_per_minute=128.0, confidence=0.9, pulse=0.5, rival=0.6).beats_per_minute
    128.0
    """

    beats_per_minute: float
    confidence: float
    pulse: float = 0.0
    rival: float = 1.0


def estimate_tempo(
    strengths: ArrayLike, *, sample_rate: float = SAMPLE_RATE, hop_length: int = HOP_LENGTH
) -> Tempo:
    """Tempo of a clip.

    Parameters
    ----------
    strengths
        Onset strengths of a few ranges, shape (bands, frames), or of one, (frames,), finite; see
        `onset.band_onset_strengths`. Gain does not matter, nor does that of a single band.
    sample_rate
        Of the samples, in Hz.
    hop_length
        Distance of the frames in samples.

    Returns
    -------
    tempo
        The `Tempo`; with 0 beats per minute and confidence 0 where nothing begins.

    Raises
    ------
    ValueError
        If the strengths have a wrong shape or are not finite.

    Examples
    --------
    >>> strength = np.zeros(1200)
    >>> strength[::20] = 1
    >>> round(estimate_tempo(strength).beats_per_minute, 1)
    129.2
    """
    values = np.atleast_2d(np.asarray(strengths, np.float64))
    if values.ndim != 2:
        raise ValueError(f"Onset strengths must have shape (bands, frames), not {values.shape}.")
    if not np.isfinite(values).all():
        raise ValueError("Onset strengths must be finite; there is NaN or infinity in them.")
    rate = sample_rate / hop_length
    tempi, preference = _grid()
    onsets = _above_surroundings(values, max(1, round(_SURROUNDINGS * rate)))
    similarity = _similarity(onsets, longest=int(_BEATS * 60 * rate / LOWEST_TEMPO) + 2)
    agreement = _comb(similarity, 60 * rate / tempi)
    scores = np.maximum(agreement, 0) * preference
    best = int(scores.argmax())
    if not scores[best] > 0:
        return Tempo(0.0, 0.0)
    others = np.abs(np.log(tempi / tempi[best])) > _APART
    rival = float(scores[others].max() / scores[best])
    pulse = float(agreement[best])
    open_octave = 1 / (1 + np.exp(-(_INTERCEPT + _SLOPE * rival)))
    chance = np.sqrt(max(1.0, _LONG_ENOUGH * rate / values.shape[1]))
    pulses = np.clip((pulse / chance - _NO_PULSE) / (_PULSE - _NO_PULSE), 0, 1)
    return Tempo(
        _between(tempi, scores, best), float(open_octave * pulses), pulse=pulse, rival=rival
    )


@cache
def _grid() -> tuple[Float64, Float64]:
    """Tempi in steps of half a per cent, and how much each is preferred."""
    tempi = np.exp(np.arange(np.log(LOWEST_TEMPO), np.log(HIGHEST_TEMPO), _STEP))
    return tempi, np.exp(-0.5 * (np.log2(tempi / _PREFERRED) / _WIDTH) ** 2)


def _above_surroundings(values: Float64, width: int) -> Float64:
    """By how much values surpass the mean of those around them, at least 0."""
    half = width // 2
    padded = np.pad(values, ((0, 0), (half + 1, half)), mode="edge" if values.size else "constant")
    sums = np.cumsum(padded, axis=1)
    length = 2 * half + 1
    means = (sums[:, length:] - sums[:, :-length]) / length
    above = values - means
    # What is constant but for rounding does not rise.
    above[above <= 1e-9 * np.abs(values).max(initial=0)] = 0
    return above


def _similarity(onsets: Float64, *, longest: int) -> Float64:
    """Mean autocorrelation of the bands in which anything happens, at lags in parts of a frame.

    Fewer frames overlap at longer lags, which is made up for as far as a quarter overlaps.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    count = onsets.shape[1]
    centred = onsets - onsets.mean(axis=1, keepdims=True) if count else onsets
    energies = np.square(centred).sum(axis=1)
    heard = energies > 0
    lags = np.arange(longest * _FINENESS) / _FINENESS
    if not heard.any():
        return np.zeros(len(lags))
    size = int(next_fast_len(count + longest, real=True))
    spectra = rfft(centred[heard], n=size, axis=1)
    power = np.square(spectra.real) + np.square(spectra.imag)
    mean = (power / energies[heard, np.newaxis]).mean(axis=0)
    similarity: Float64 = irfft(mean, n=_FINENESS * size)[: len(lags)] * _FINENESS
    similarity *= count / np.maximum(count - lags, count / 4)
    return similarity


def _comb(similarity: Float64, lags: Float64) -> Float64:
    """Mean similarity at one to four times each lag."""
    places = np.arange(len(similarity)) / _FINENESS
    beats = np.arange(1, _BEATS + 1)[:, np.newaxis]
    mean: Float64 = np.interp(beats * lags, places, similarity).mean(axis=0)
    return mean


def _between(tempi: Float64, scores: Float64, best: int) -> float:
    """Return the top of a parabola through a tempo's score and those beside it."""
    if not 0 < best < len(scores) - 1:
        return float(tempi[best])
    before, here, after = scores[best - 1 : best + 2]
    curvature = before - 2 * here + after
    shift = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float(tempi[best] * np.exp(_STEP * shift))


def tempo_of(analysis: Analysis) -> Tempo:
    """Tempo of a clip, found once.

    Examples
    --------
    >>> from linernotes.features.descriptor import clip_of
    >>> tempo_of(clip_of(np.zeros(22050, np.float32), 22050)).beats_per_minute
    0.0
    """
    return analysis.once(("tempo",), lambda: estimate_tempo(BAND_ONSET_STRENGTH(analysis)))


def tempo_columns(tempo: Tempo) -> NDArray[np.float32]:
    """Tempo of a whole track as a column of a feature set.

    A tempo has no mean: where one piece of a track is heard at half the tempo of another, the
    truth is not between them.

    Parameters
    ----------
    tempo
        As `estimate_tempo` finds it in the onset strengths of all pieces.

    Returns
    -------
    columns
        float32, shape (1,): beats per minute, as `TEMPO_COLUMN` has them.

    Examples
    --------
    >>> strengths = np.zeros((4, 1200), np.float32)
    >>> strengths[:, ::20] = 1
    >>> float(tempo_columns(estimate_tempo(strengths))[0].round())
    129.0
    """
    return np.array([tempo.beats_per_minute], np.float32)


def tempo_confidence_columns(tempo: Tempo) -> NDArray[np.float32]:
    """Confidence in the tempo of a whole track, as a column of a feature set.

    Examples
    --------
    >>> tempo_confidence_columns(estimate_tempo(np.zeros((4, 100), np.float32)))
    array([0.], dtype=float32)
    """
    return np.array([tempo.confidence], np.float32)


TEMPO_COLUMN = Column("tempo", "BPM", "beats per minute; 0 where nothing begins")
TEMPO_CONFIDENCE_COLUMN = Column(
    "tempo_confidence", "1", "probability that the tempo is that of a listener, 0 to 1"
)
