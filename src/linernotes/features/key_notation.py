"""Keys as they are written: by musicians, on the Camelot wheel, as Open Key, and read back.

The wheels number keys along the circle of fifths, a minor key as its relative major.
"""

from __future__ import annotations

import re
from typing import Literal

from linernotes.features.key import Key

KeyNotation = Literal["musical", "camelot", "openkey"]

_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MUSICAL = re.compile(r"([A-Ga-g])\s*([#b♯♭]?)\s*(m|min|minor|maj|major|)", re.ASCII)
_WHEEL = re.compile(r"0?([1-9]|1[0-2])\s*([ABabmd])")
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
    >>> a_minor = read_key("A minor")
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


def read_key(text: str) -> Key | None:
    """Read a key in any of the notations; ``None`` where it is none.

    Examples
    --------
    >>> [read_key(text).name for text in ("F#m", "Bb", "8A", "1d", "gis moll".title())
    ...  if read_key(text)]
    ['F# minor', 'Bb major', 'A minor', 'C major']
    """
    text = text.strip()
    if wheel := _WHEEL.fullmatch(text):
        number, letter = int(wheel[1]), wheel[2]
        begin = _CAMELOT if letter in "ABab" else _OPEN
        is_major = letter in "Bbd"
        major = (number - begin) * 7 % 12
        return _key(major if is_major else major - 3, is_major=is_major)
    if found := _MUSICAL.fullmatch(text):
        tonic = _TONICS[found[1].upper()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(found[2], 0)
        return _key(tonic, is_major=not found[3].startswith("m") or found[3].startswith("maj"))
    return None


def _key(tonic: int, *, is_major: bool) -> Key:
    return Key(tonic % 12, int(is_major), strength=0, margin=0, confidence=0)
