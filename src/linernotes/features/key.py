"""Key and mode from the pitch classes that a clip uses.

The mean chroma is correlated with the profile of each of the 24 keys: how much each degree
of the scale is used in major and in minor, turned to each tonic (C. Krumhansl, "Cognitive
foundations of musical pitch", 1990); see `linernotes.features.key_profiles`.

A clip that modulates, or that has no key, gets the best of 24 answers all the same: use
`Key.confidence`. It is the share of views of a clip (see `linernotes.features.key_chroma`) and of
profiles that agree on the key, made a probability. By how much a key fits better than the second
best tells nothing of whether it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.descriptor import Column, Rows
from linernotes.features.key_chroma import KEY_CHROMA, VIEWS
from linernotes.features.key_notation import key_name
from linernotes.features.key_profiles import Profile, key_profiles

# Two scores nearer than this are a tie: rounding, not music.
_TIE = 1e-6

# Profiles that are asked whether they agree.
_VOTERS: tuple[Profile, ...] = ("braw", "albrecht-shanahan", "bgate")

# Confidence: a logistic function of the share of votes, fitted to 43 clips of GTZAN by
# benchmarks/tempo_key.py, ...
_INTERCEPT, _SLOPE = -1.09, 2.68
# ... where there is a key to be found. Between the two values of each line, doubt grows from none
# to complete: where the profile fits (speech: up to 0.6), where pitch classes differ (noise: by up
# to 0.06 of their mean), where there are several (a single one: by more than 2) and where notes
# are held (speech: a share of up to 0.23).
_FITS = (0.7, 0.55)
_DIFFER = (0.2, 0.06)
_SEVERAL = (1.0, 1.6)
_HELD = (0.3, 0.22)


@dataclass(frozen=True)
class Key:
    """The key that fits a clip best, and how far to trust it.

    Parameters
    ----------
    tonic
        Pitch class of the tonic, 0 (C) to 11 (B); 0 if there is no key at all.
    mode
        1 for major, 0 for minor; 1 if there is no key at all.
    strength
        Correlation with the key's profile, -1 to 1; 0 if there is no key at all.
    margin
        By how much the strength surpasses that of the second best key, 0 to 2; in music
        rarely above 0.2, and 0 if there is no key at all.
    confidence
        Probability that a listener names the same key, 0 to 1. About 0 in noise and speech.
    votes
        Share of views and profiles that agree, 0 to 1.

    Examples
    --------
    >>> Key(tonic=9, mode=0, strength=0.9, margin=0.1, confidence=0.8).name
    'A minor'
    """

    tonic: int
    mode: int
    strength: float
    margin: float
    confidence: float
    votes: float = 0.0

    @property
    def name(self) -> str:
        """The key as musicians write it, with the fewer accidentals: "Bb major", "F# minor"."""
        return key_name(self.tonic, self.mode)


def estimate_key(
    chroma: NDArray[np.floating],
    *,
    others: Sequence[NDArray[np.floating]] = (),
    held: float = 1.0,
    profile: Profile = "braw",
) -> Key:
    """Key and mode of a clip.

    Parameters
    ----------
    chroma
        Pitch-class energies, shape (12,) or (12, frames), C first, finite, at least 0.
        Frames count as they are: louder ones more unless they were normalised. Best are those
        of `key_chroma.key_chroma`.
    others
        Other views of the same clip, which do not change the key but the confidence in it.
    held
        Share of the notes that last; see `key_chroma.held_share`. It bears on the confidence.
    profile
        Whose profiles to compare with, see `linernotes.features.key_profiles`.

    Returns
    -------
    key
        The `Key` with the highest correlation. If all pitch classes are alike (silence,
        noise), no frame is given, or keys tie to within rounding, the confidence is 0; for
        equal pitch classes the key is C major with strength 0. A tie goes to major, then to
        the lower tonic.

    Raises
    ------
    ValueError
        If the chroma has a wrong shape or is negative or not finite.

    Examples
    --------
    >>> triad = np.zeros(12)
    >>> triad[[9, 0, 4]] = 1  # A, C, E
    >>> estimate_key(triad).name
    'A minor'
    """
    profiles, centred = key_profiles(profile), _centred(chroma)
    if centred is None:
        return Key(tonic=0, mode=1, strength=0.0, margin=0.0, confidence=0.0)
    scores = _correlations(centred, profiles)
    best = scores.max()
    index = int(np.flatnonzero(scores >= best - _TIE)[0])
    ahead = float(best - np.delete(scores, index).max())
    strength = float(scores[index])
    votes = _votes(index, [centred, *(view for view in map(_centred, others) if view is not None)])
    # The root mean square of how far pitch classes are from their mean, as a share of it.
    contrast = float(np.sqrt(np.square(centred).mean()))
    doubts = (strength, _FITS), (contrast, _DIFFER), (contrast, _SEVERAL), (held, _HELD)
    trust = np.prod([_trust(value, limits) for value, limits in doubts])
    agreed = 1 / (1 + np.exp(-(_INTERCEPT + _SLOPE * votes)))
    return Key(
        tonic=index % 12,
        mode=1 - index // 12,
        strength=strength,
        margin=ahead if ahead > _TIE else 0.0,
        confidence=float(agreed * trust) if ahead > _TIE else 0.0,
        votes=votes,
    )


def key_of(analysis: Analysis) -> Key:
    """Key of a clip, found once, from its notes.

    Examples
    --------
    >>> from linernotes.features.descriptor import clip_of
    >>> key_of(clip_of(np.zeros(22050, np.float32), 22050)).confidence
    0.0
    """
    return analysis.once(("key",), lambda: key_of_notes(KEY_CHROMA(analysis)))


def key_of_notes(rows: Rows) -> Key:
    """Key from what `key_chroma.KEY_CHROMA` measures, in one piece of a track or in several.

    Parameters
    ----------
    rows
        Four views of the pitch classes, and what lasts, shape (49, pieces).
    """
    *notes, held = np.asarray(rows, np.float64)
    views = np.array(notes).reshape(VIEWS, 12, -1)
    lasting = held.sum() / max(views[0].sum(), np.finfo(np.float64).tiny)
    return estimate_key(views[0], others=tuple(views[1:]), held=float(lasting))


def key_strengths(
    chroma: NDArray[np.floating], *, profile: Profile = "braw"
) -> NDArray[np.float64]:
    """Correlation of a clip's pitch classes with each of the 24 keys.

    Parameters
    ----------
    chroma, profile
        See `estimate_key`.

    Returns
    -------
    strengths
        float64, shape (24,), -1 to 1: the major keys from C to B, then the minor ones. All
        zero if all pitch classes are alike.

    Examples
    --------
    >>> scale = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])  # C major
    >>> PITCH_CLASSES[key_strengths(scale)[:12].argmax()]
    'C'
    """
    profiles, centred = key_profiles(profile), _centred(chroma)
    return np.zeros(24) if centred is None else _correlations(centred, profiles)


def _centred(chroma: NDArray[np.floating]) -> NDArray[np.float64] | None:
    """Pitch classes over their mean, less 1; ``None`` where all are alike."""
    values = np.asarray(chroma, np.float64)
    if values.shape[:1] != (12,) or values.ndim > 2:
        raise ValueError(f"Chroma must have shape (12,) or (12, frames), not {values.shape}.")
    if values.size and not (values.min() >= 0 and values.max() < np.inf):
        raise ValueError("Chroma must be finite and at least 0.")
    if not values.size:
        return None
    used = values if values.ndim == 1 else values.mean(axis=1)
    top = used.max()
    if top == 0:
        return None
    # Huge and tiny values are scaled first, so that their squares stay finite.
    used = used / top
    centred: NDArray[np.float64] = used / used.mean() - 1
    return None if np.sqrt(centred @ centred) < _TIE else centred


def _correlations(
    centred: NDArray[np.float64], profiles: NDArray[np.float64]
) -> NDArray[np.float64]:
    length = np.sqrt(centred @ centred)
    strengths: NDArray[np.float64] = np.clip(profiles @ (centred / length), -1, 1)
    return strengths


def _votes(index: int, views: Sequence[NDArray[np.float64]]) -> float:
    """Share of views and profiles in which a key is the best."""
    won = [
        scores[index] >= scores.max() - _TIE
        for scores in (_correlations(v, key_profiles(p)) for v in views for p in _VOTERS)
    ]
    return float(np.mean(won))


def _trust(value: float, limits: tuple[float, float]) -> float:
    """1 up to the first limit, falling to 0 at the second."""
    full, none = limits
    return float(np.clip((value - none) / (full - none), 0, 1))


def key_columns(key: Key) -> NDArray[np.float32]:
    """Key of a whole track as columns of a feature set.

    A key has no mean, so that a track in pieces must not be asked for that of each.

    Parameters
    ----------
    key
        See `key_of_notes`.

    Returns
    -------
    columns
        float32, shape (4,): tonic, mode, strength and margin, as `KEY_COLUMNS` has them.

    Examples
    --------
    >>> triad = np.zeros((49, 10), np.float32)
    >>> triad[[9, 0, 4]] = 1  # A, C, E
    >>> key_columns(key_of_notes(triad))[:2]
    array([9., 0.], dtype=float32)
    """
    return np.array([key.tonic, key.mode, key.strength, key.margin], np.float32)


def key_confidence_columns(key: Key) -> NDArray[np.float32]:
    """Confidence in the key of a whole track, as a column of a feature set.

    Examples
    --------
    >>> key_confidence_columns(key_of_notes(np.ones((49, 10), np.float32)))
    array([0.], dtype=float32)
    """
    return np.array([key.confidence], np.float32)


def key_strength_columns(rows: Rows) -> NDArray[np.float32]:
    """Correlation of a whole track's chroma with each key, as columns of a feature set.

    Returns
    -------
    columns
        float32, shape (24,), as `KEY_STRENGTH_COLUMNS` has them; see `key_strengths`.

    Examples
    --------
    >>> key_strength_columns(np.ones((12, 10), np.float32)).shape
    (24,)
    """
    return key_strengths(rows).astype(np.float32)


KEY_COLUMNS = (
    Column("tonic", "semitones", "pitch class of the tonic, 0 (C) to 11 (B)"),
    Column("mode", "1", "1 for major, 0 for minor"),
    Column("strength", "1", "correlation with the profile of the key, -1 to 1"),
    Column("margin", "1", "by how much the key fits better than the second best, 0 to 2"),
)
KEY_CONFIDENCE_COLUMN = Column(
    "key_confidence", "1", "probability that the key is that of a listener, 0 to 1"
)
KEY_STRENGTH_COLUMNS = tuple(
    Column(f"{tonic}_{mode}", "1", f"correlation with the profile of {tonic} {mode}, -1 to 1")
    for mode in ("major", "minor")
    for tonic in PITCH_CLASSES
)
