"""Key and mode from the pitch classes that a clip uses.

The mean chroma is correlated with the profile of each of the 24 keys: how much each degree
of the scale is used in major and in minor, turned to each tonic (C. Krumhansl, "Cognitive
foundations of musical pitch", 1990). Three published pairs of profiles are at hand:

- ``"albrecht-shanahan"`` (J. Albrecht and D. Shanahan, "The use of large corpora to train a
  new type of key-finding algorithm", Music Perception 31, 2013): frequencies of pitch
  classes in the first and last bars of hundreds of pieces. The default: it is learned from
  music rather than from ratings, and errs less than the older profiles in minor keys.
- ``"krumhansl-kessler"`` (C. Krumhansl and E. Kessler, Psychological Review 89, 1982):
  how well listeners find that each note fits. It leans towards the dominant.
- ``"temperley"`` (D. Temperley, "Music and probability", 2007): how often notes occur in
  the bars of the Kostka-Payne corpus.

A clip that modulates, or that has no key, gets the best of 24 answers all the same: use
`Key.confidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.descriptor import Row, Rows

Profile = Literal["albrecht-shanahan", "krumhansl-kessler", "temperley"]

# From the tonic upwards, in semitones: major, minor.
_PROFILES: dict[Profile, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "albrecht-shanahan": (
        (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
        (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
    ),
    "krumhansl-kessler": (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    "temperley": (
        (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
        (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
    ),
}

_MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

# Two scores nearer than this are a tie: rounding, not music.
_TIE = 1e-6


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
    confidence
        By how much the strength surpasses that of the second best key, 0 to 2; in music
        rarely above 0.2, and 0 if there is no key at all.

    Examples
    --------
    >>> Key(tonic=9, mode=0, strength=0.9, confidence=0.1).name
    'A minor'
    """

    tonic: int
    mode: int
    strength: float
    confidence: float

    @property
    def name(self) -> str:
        """The key as musicians write it, with the fewer accidentals: "Bb major", "F# minor"."""
        if self.mode:
            return f"{_MAJOR_TONICS[self.tonic]} major"
        return f"{_MINOR_TONICS[self.tonic]} minor"


def estimate_key(chroma: NDArray[np.floating], *, profile: Profile = "albrecht-shanahan") -> Key:
    """Key and mode of a clip.

    Parameters
    ----------
    chroma
        Pitch-class energies, shape (12,) or (12, frames), C first, finite, at least 0.
        Frames count as they are: louder ones more unless they were normalised.
    profile
        Whose profiles to compare with, see `linernotes.features.key`.

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
    scores = key_strengths(chroma, profile=profile)
    if not scores.any():
        return Key(tonic=0, mode=1, strength=0.0, confidence=0.0)
    best = scores.max()
    index = int(np.flatnonzero(scores >= best - _TIE)[0])
    ahead = float(best - np.delete(scores, index).max())
    return Key(
        tonic=index % 12,
        mode=1 - index // 12,
        strength=float(scores[index]),
        confidence=ahead if ahead > _TIE else 0.0,
    )


def key_strengths(
    chroma: NDArray[np.floating], *, profile: Profile = "albrecht-shanahan"
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
    if profile not in _PROFILES:
        raise ValueError(f"The profile must be one of {', '.join(_PROFILES)}, not {profile!r}.")
    values = np.asarray(chroma, np.float64)
    if values.shape[:1] != (12,) or values.ndim > 2:
        raise ValueError(f"Chroma must have shape (12,) or (12, frames), not {values.shape}.")
    if values.size and not (values.min() >= 0 and values.max() < np.inf):
        raise ValueError("Chroma must be finite and at least 0.")
    if not values.size:
        return np.zeros(24)
    used = values if values.ndim == 1 else values.mean(axis=1)
    top = used.max()
    if top == 0:
        return np.zeros(24)
    # Huge and tiny values are scaled first, so that their squares stay finite.
    centred = used / top - (used / top).mean()
    length = np.sqrt(centred @ centred)
    if length < _TIE:
        return np.zeros(24)
    strengths: NDArray[np.float64] = np.clip(_key_profiles(profile) @ (centred / length), -1, 1)
    return strengths


def key_columns(rows: Rows) -> NDArray[np.float32]:
    """Key of a whole track from the chroma of all its frames, as columns of a feature set.

    A key has no mean, so that a track in pieces must not be asked for that of each.

    Parameters
    ----------
    rows
        Chroma, shape (12, frames), C first, finite, at least 0.

    Returns
    -------
    columns
        float32, shape (4,): tonic, mode, strength and confidence, as `KEY_COLUMNS` has them.

    Examples
    --------
    >>> triad = np.zeros((12, 10), np.float32)
    >>> triad[[9, 0, 4]] = 1  # A, C, E
    >>> key_columns(triad)[:2]
    array([9., 0.], dtype=float32)
    """
    key = estimate_key(rows)
    return np.array([key.tonic, key.mode, key.strength, key.confidence], np.float32)


def key_strength_columns(rows: Rows) -> NDArray[np.float32]:
    """Correlation of a whole track with each key, as columns of a feature set.

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


@cache
def _key_profiles(profile: Profile) -> NDArray[np.float64]:
    """Profiles of the 24 keys with mean 0 and length 1, (24, 12)."""
    rows = np.array([np.roll(base, tonic) for base in _PROFILES[profile] for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    return rows


KEY_COLUMNS = (
    Row("tonic", "semitones", "pitch class of the tonic, 0 (C) to 11 (B)"),
    Row("mode", "1", "1 for major, 0 for minor"),
    Row("strength", "1", "correlation with the profile of the key, -1 to 1"),
    Row("confidence", "1", "by how much the key fits better than the second best, 0 to 2"),
)
KEY_STRENGTH_COLUMNS = tuple(
    Row(f"{tonic}_{mode}", "1", f"correlation with the profile of {tonic} {mode}, -1 to 1")
    for mode in ("major", "minor")
    for tonic in PITCH_CLASSES
)
