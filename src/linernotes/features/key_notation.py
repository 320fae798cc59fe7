"""Keys as they are written: by musicians, on the Camelot wheel, and as Open Key.

The wheels number keys along the circle of fifths, a minor key as its relative major.
"""

from __future__ import annotations

from typing import Literal

from linernotes.features.key import Key

KeyNotation = Literal["musical", "camelot", "openkey"]

# Where the wheels begin: C major is 8B, and 1d.
_CAMELOT, _OPEN = 8, 1


def write_key(key: Key, notation: KeyNotation = "musical") -> str:
    """Write a key.

    Parameters
    ----------
    key
        The key.
    notation
        ``"musical"``: "Am", "F#m", "Bb"; ``"camelot"``: "8A"; ``"openkey"``: "1m".

    Returns
    -------
    str
        As taggers and players spell it.

    Examples
    --------
    >>> a_minor = Key(tonic=9, mode=0, strength=0.9, margin=0.1, confidence=0.8)
    >>> [write_key(a_minor, notation) for notation in ("musical", "camelot", "openkey")]
    ['Am', '8A', '1m']
    """
    if notation == "musical":
        tonic, scale = key.name.split()
        return tonic + "m" * (scale == "minor")
    major = key.tonic if key.mode else key.tonic + 3
    fifths = major * 7 % 12
    if notation == "camelot":
        return f"{(fifths + _CAMELOT - 1) % 12 + 1}{'B' if key.mode else 'A'}"
    return f"{(fifths + _OPEN - 1) % 12 + 1}{'d' if key.mode else 'm'}"
