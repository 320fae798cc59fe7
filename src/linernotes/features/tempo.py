"""How fast a clip is, and how clearly it pulses.

A tempogram tells, for each moment, how similar the onset strength is to itself some time
later; the tempo is the distance at which it is most so, with a preference for 120 beats per
minute. What repeats every beat repeats every other beat as well, and often in between: that
the tempo is doubled or halved is the commonest error, and in some music (half-time drums,
ballads in sixteenths) listeners disagree in the same way. A preference is all that decides.
Compare tempi by ``abs(log2(a / b)) % 1`` where that matters.

`tempo` is librosa's; `linernotes.features.tempo_estimate` is right more often, and tells how sure
it is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.onset import as_strength, strength_of
from linernotes.features.spectrum import HOP_LENGTH, N_FFT, SAMPLE_RATE, precise_window
from linernotes.features.tempogram import mean_tempogram

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

WINDOW_SECONDS = 8.0
PREFERRED_TEMPO = 120.0
HIGHEST_TEMPO = 320.0

TEMPO_BANDS = (30, 42, 60, 85, 120, 170, 240, 339, 480)
"""Edges of half octaves, in beats per minute."""

# Beats between which listeners tap: R. Parncutt, Music Perception 11(4), 1994.
_SLOWEST_PULSE, _FASTEST_PULSE = 40.0, 200.0


def tempo(
    strength: ArrayLike,
    *,
    sample_rate: float = SAMPLE_RATE,
    hop_length: int = HOP_LENGTH,
    preferred: float = PREFERRED_TEMPO,
    octaves: float = 1.0,
    refined: bool = False,
    similarity: Float64 | None = None,
) -> float:
    """Tempo of a clip, as ``librosa.feature.tempo``.

    Parameters
    ----------
    strength
        Shape (frames,), finite; see `onset.onset_strength`.
    sample_rate
        Of the samples, in Hz.
    hop_length
        Distance of the frames in samples.
    preferred, octaves
        Middle of the tempi that are expected, in beats per minute, and the deviation from
        it that is.
    refined
        Whether to interpolate between the lags, which are whole frames: without it, by
        default, there is nothing between 172.3 and 184.6 beats per minute. Not in librosa.
    similarity
        The mean tempogram of the strength over 8 s, where it is known.

    Returns
    -------
    tempo
        Beats per minute, up to 320; 0 if nothing ever begins, such as in silence. The clip
        should last 8 s: below, the tempo is as little worth as it sounds.

    Raises
    ------
    ValueError
        If the strength has a wrong shape or is not finite, or a number is out of range.

    Examples
    --------
    >>> strength = np.zeros(1200)
    >>> strength[::20] = 1
    >>> round(tempo(strength), 1)
    129.2
    """
    values = as_strength(strength)
    if not (preferred > 0 and octaves > 0):
        raise ValueError("The preferred tempo and its deviation must be positive.")
    window_length = _window_length(sample_rate, hop_length)
    if window_length < 3 or not values.any():
        return 0.0
    if similarity is None:
        similarity = mean_tempogram(values, window_length=window_length)
    lags = np.arange(1, window_length)
    tempi = _beats_per_minute(lags, sample_rate, hop_length)
    prior = -0.5 * ((np.log2(tempi) - np.log2(preferred)) / octaves) ** 2
    prior[: int(np.argmax(tempi < HIGHEST_TEMPO))] = -np.inf
    scores = np.log1p(1e6 * np.maximum(similarity[1:], 0)) + prior
    lag = float(lags[int(np.argmax(scores))])
    if refined:
        lag = _refined_lag(similarity, int(lag))
    return float(_beats_per_minute(np.array(lag), sample_rate, hop_length))


def pulse_clarity(
    strength: ArrayLike, *, sample_rate: float = SAMPLE_RATE, hop_length: int = HOP_LENGTH
) -> float:
    """How regularly a clip pulses: the highest peak of its onsets' autocorrelation.

    The best single predictor of how clear listeners find a pulse in O. Lartillot, T. Eerola,
    P. Toiviainen and J. Fornari, "Multi-feature modeling of pulse clarity", ISMIR 2008.
    Here the peak lies between 40 and 200 beats per minute, and within half of the clip.

    Parameters
    ----------
    strength
        Shape (frames,), finite; see `onset.onset_strength`. Neither gain nor offset matter.
    sample_rate
        Of the samples, in Hz.
    hop_length
        Distance of the frames in samples.

    Returns
    -------
    clarity
        0 (nothing recurs, or nothing happens) to 1 (a machine).

    Examples
    --------
    >>> strength = np.zeros(1200)
    >>> strength[::20] = 1
    >>> round(pulse_clarity(strength), 2)
    1.0
    >>> pulse_clarity(np.zeros(1200))
    0.0
    """
    values = as_strength(strength).astype(np.float64)
    count = len(values)
    shortest = max(1, round(60 * sample_rate / (hop_length * _FASTEST_PULSE)))
    longest = min(int(60 * sample_rate / (hop_length * _SLOWEST_PULSE)), count // 2)
    if longest < shortest:
        return 0.0
    top = np.abs(values).max()
    values -= values.mean()
    # What is constant but for rounding does not pulse.
    if values.std() <= 1e-6 * top:
        return 0.0
    power = np.square(np.abs(np.fft.rfft(values / top, n=2 * count)))
    correlation = np.fft.irfft(power, n=2 * count)[: longest + 2]
    # Fewer frames overlap at longer lags.
    correlation *= count / (count - np.arange(len(correlation))) / correlation[0]
    inner = correlation[shortest : longest + 1]
    peaks = (inner > correlation[shortest - 1 : longest]) & (
        inner >= correlation[shortest + 1 : longest + 2]
    )
    return float(np.clip(inner[peaks].max(initial=0.0), 0, 1))


def tempo_bands(
    strength: ArrayLike,
    *,
    sample_rate: float = SAMPLE_RATE,
    hop_length: int = HOP_LENGTH,
    similarity: Float64 | None = None,
) -> Float32:
    """How much of a clip repeats at slow, moderate and fast tempi.

    A beat histogram (G. Tzanetakis and P. Cook, "Musical genre classification of audio
    signals", IEEE TSAP 10(5), 2002) in half octaves: the largest value of the mean tempogram
    in each.

    Returns
    -------
    bands
        float32, shape (8,), 0 to 1, between `TEMPO_BANDS`; see `tempo` for the parameters.

    Examples
    --------
    >>> strength = np.zeros(1200)
    >>> strength[::20] = 1  # 129 beats per minute
    >>> int(tempo_bands(strength).argmax())
    4
    """
    if similarity is None:
        window_length = max(1, _window_length(sample_rate, hop_length))
        similarity = mean_tempogram(strength, window_length=window_length)
    tempi = _beats_per_minute(np.arange(1, len(similarity)), sample_rate, hop_length)
    highest = [
        similarity[1:][(tempi >= low) & (tempi < high)].max(initial=0.0)
        for low, high in pairwise(TEMPO_BANDS)
    ]
    bands: Float32 = np.clip(highest, 0, 1).astype(np.float32)
    return bands


def _window_length(sample_rate: float, hop_length: int) -> int:
    return int(int(WINDOW_SECONDS * sample_rate) // hop_length)


def _beats_per_minute(lags: NDArray[np.generic], sample_rate: float, hop_length: int) -> Float64:
    tempi: Float64 = 60 * sample_rate / (hop_length * np.asarray(lags, np.float64))
    return tempi


def _refined_lag(similarity: Float64, lag: int) -> float:
    """Distance of beats in fractions of frames, from the peaks at its multiples too.

    A peak's place is known to a fraction of a frame; that of the k-th multiple tells the
    distance k times as precisely.
    """
    # A window's edges let less of it overlap at longer lags; beyond half of it little is left.
    window = precise_window(len(similarity))
    reach = len(similarity) // 2
    overlap = np.correlate(window, window, mode="full")[len(window) - 1 :][:reach]
    level = similarity[:reach] / (overlap / overlap[0])
    distance = float(lag)
    multiple = 1
    while (guess := round(multiple * distance)) + 2 < reach:
        place = guess - 1 + int(np.argmax(level[guess - 1 : guess + 2]))
        before, here, after = level[place - 1 : place + 2]
        if here < max(before, after) or here < level[lag] / 2:
            break
        curvature = before - 2 * here + after
        shift = 0.5 * (before - after) / curvature if curvature else 0.0
        refined = (place + shift) / multiple
        if abs(refined - lag) > 0.5:
            break
        distance, multiple = refined, multiple + 1
    return distance


def rhythm_columns(rows: Rows) -> Float32:
    """Rhythm of a whole track from its onset strength, as columns of a feature set.

    Parameters
    ----------
    rows
        Onset strength, shape (1, frames), 22,050 samples a second and 512 a frame.

    Returns
    -------
    columns
        float32, shape (9,), as `RHYTHM_COLUMNS` has them: pulse clarity and the strength of
        eight bands of tempi.

    Examples
    --------
    >>> strength = np.zeros((1, 1200), np.float32)
    >>> strength[:, ::20] = 1
    >>> float(rhythm_columns(strength)[0].round())
    1.0
    """
    return np.array([pulse_clarity(rows[0]), *tempo_bands(rows[0])], np.float32)


def _similarity(analysis: Analysis, strength: Float32, **frames: int) -> Float64:
    """Mean tempogram of a clip, computed once."""
    window_length = max(1, _window_length(frames["sample_rate"], frames["hop_length"]))
    mean: Float64 = analysis.once(
        ("mean tempogram", *sorted(frames.items())),
        lambda: mean_tempogram(strength, window_length=window_length),
    )
    return mean


def _tempo(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    refined: bool = False,
) -> Rows:
    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    strength = strength_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    found = tempo(
        strength,
        sample_rate=sample_rate,
        hop_length=hop_length,
        refined=refined,
        similarity=_similarity(analysis, strength, **frames),
    )
    return np.full((1, 1), found, np.float32)


def _clarity(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    strength = strength_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    clarity = pulse_clarity(strength, sample_rate=sample_rate, hop_length=hop_length)
    return np.full((1, 1), clarity, np.float32)


def _bands(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Rows:
    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    strength = strength_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
    bands = tempo_bands(
        strength,
        sample_rate=sample_rate,
        hop_length=hop_length,
        similarity=_similarity(analysis, strength, **frames),
    )
    return bands[:, np.newaxis]


TEMPO = Descriptor(
    "tempo",
    rows=lambda **_: (Column("", "BPM", "beats per minute; 0 where nothing begins"),),
    compute=_tempo,
)
PULSE_CLARITY = Descriptor(
    "pulse_clarity",
    rows=lambda **_: (Column("", "1", "how regularly onsets recur, 0 to 1"),),
    compute=_clarity,
)
TEMPO_STRENGTH = Descriptor(
    "tempo_strength",
    rows=lambda **_: tuple(
        Column(f"{low}-{high}bpm", "1", f"how much recurs {low} to {high} times a minute, 0 to 1")
        for low, high in pairwise(TEMPO_BANDS)
    ),
    compute=_bands,
)

RHYTHM_COLUMNS = tuple(
    replace(row, name="_".join(filter(None, (descriptor.name, row.name))))
    for descriptor in (PULSE_CLARITY, TEMPO_STRENGTH)
    for row in descriptor.rows()
)
