"""How much each degree of the scale is used in a major and in a minor key.

Five published pairs of profiles:

- ``"braw"`` and ``"bgate"`` (Á. Faraldo, S. Jordà and P. Herrera, "A multi-profile method for
  key estimation in EDM", AES Conference on Semantic Audio, 2017): medians over 1,160 annotated
  electronic tracks, and the same with what hardly counts set to 0. The first is the default: it
  is right most often in popular music of all kinds, see ``benchmarks/tempo_key.py``.
- ``"albrecht-shanahan"`` (J. Albrecht and D. Shanahan, "The use of large corpora to train a
  new type of key-finding algorithm", Music Perception 31, 2013): frequencies of pitch
  classes in the first and last bars of hundreds of pieces.
- ``"krumhansl-kessler"`` (C. Krumhansl and E. Kessler, Psychological Review 89, 1982):
  how well listeners find that each note fits. It leans towards the dominant.
- ``"temperley"`` (D. Temperley, "Music and probability", 2007): how often notes occur in
  the bars of the Kostka-Payne corpus.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Profile = Literal["braw", "bgate", "albrecht-shanahan", "krumhansl-kessler", "temperley"]

# From the tonic upwards, in semitones: major, minor.
_PROFILES: dict[Profile, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "braw": (
        (1.0, 0.1573, 0.42, 0.157, 0.5296, 0.3669, 0.1632, 0.7711, 0.1676, 0.3827, 0.2113, 0.2965),
        (
            1.0,
            0.233,
            0.3615,
            0.3905,
            0.2925,
            0.3777,
            0.1961,
            0.7425,
            0.2701,
            0.2161,
            0.4228,
            0.2272,
        ),
    ),
    "bgate": (
        (1.0, 0.0, 0.42, 0.0, 0.53, 0.37, 0.0, 0.77, 0.0, 0.38, 0.21, 0.30),
        (1.0, 0.0, 0.36, 0.39, 0.0, 0.38, 0.0, 0.74, 0.27, 0.0, 0.42, 0.23),
    ),
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


@cache
def key_profiles(profile: Profile) -> NDArray[np.float64]:
    """Profiles of the 24 keys, float64 of shape (24, 12), each with mean 0 and length 1.

    Raises
    ------
    ValueError
        There is no such profile.

    Examples
    --------
    >>> int(key_profiles("temperley")[9].argmax())  # A major
    9
    """
    if profile not in _PROFILES:
        raise ValueError(f"The profile must be one of {', '.join(_PROFILES)}, not {profile!r}.")
    rows = np.array([np.roll(base, tonic) for base in _PROFILES[profile] for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    return rows
