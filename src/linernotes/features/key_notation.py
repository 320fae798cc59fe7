"""Keys as they are named and written: by musicians, on the Camelot wheel, and as Open Key.

The wheels number keys along the circle of fifths, a minor key as its relative major.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from linernotes.features.key import Key

KeyNotation = Literal["musical", "camelot", "openkey"]

# Where the wheels begin: C major is 8B, and 1d.
_CAMELOT, _OPEN = 8, 1

_MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
# A small m is minor, a capital one major.
_MODES = {"": 1, "M": 1, "maj": 1, "major": 1, "m": 0, "min": 0, "minor": 0}
_MUSICAL = re.compile(r"([A-Ga-g])[\s-]*(#|♯|♭|b|sharp|flat)?[\s-]*(major|maj|minor|min|m|M)?")
_WHEEL = re.compile(r"(1[0-2]|[1-9])\s?([ABabdm])")
# By the letter of a wheel: where it begins, and the mode.
_LETTERS = {"A": (_CAMELOT, 0), "B": (_CAMELOT, 1), "m": (_OPEN, 0), "d": (_OPEN, 1)}


def key_name(tonic: int, mode: int) -> str:
    """Name a key as musicians do, with the fewer accidentals.

    Parameters
    ----------
    tonic
        Pitch class, 0 (C) to 11 (B).
    mode
        1 for major, 0 for minor.

    Returns
    -------
    str
        Such as "Bb major" and "F# minor".

    Examples
    --------
    >>> key_name(1, 1), key_name(1, 0)
    ('Db major', 'C# minor')
    """
    return f"{_MAJOR_TONICS[tonic]} major" if mode else f"{_MINOR_TONICS[tonic]} minor"


def read_key(text: str) -> tuple[int, int] | None:
    """Read a key as people and programs write it.

    Parameters
    ----------
    text
        Such as "A minor", "Am", "C# maj", "Gb", which is major, "8A" of the Camelot wheel, or "1m"
        of Open Key.

    Returns
    -------
    tuple of int, or None
        Tonic and mode, as `key_name` takes them; ``None`` where it is no key.

    Examples
    --------
    >>> [read_key(text) for text in ("a min", "Gb", "8A", "1m", "H")]
    [(9, 0), (6, 1), (9, 0), (9, 0), None]
    """
    text = text.strip()[:20]
    if wheel := _WHEEL.fullmatch(text):
        letter = wheel[2]
        first, mode = _LETTERS[letter if letter in _LETTERS else letter.upper()]
        return (7 * (int(wheel[1]) - first) + (0 if mode else 9)) % 12, mode
    found = _MUSICAL.fullmatch(text) or _MUSICAL.fullmatch(text.casefold())
    if found is None:
        return None
    tonic = (_STEPS[found[1].lower()] + _SIGNS[found[2] or ""]) % 12
    return tonic, _MODES[found[3] or ""]


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
    >>> from linernotes.features.key import Key
    >>> a_minor = Key(tonic=9, mode=0, strength=0.9, margin=0.1, confidence=0.8)
    >>> [write_key(a_minor, notation) for notation in ("musical", "camelot", "openkey")]
    ['Am', '8A', '1m']
    """
    if notation == "musical":
        return key_name(key.tonic, key.mode).split()[0] + "m" * (not key.mode)
    major = key.tonic if key.mode else key.tonic + 3
    fifths = major * 7 % 12
    if notation == "camelot":
        return f"{(fifths + _CAMELOT - 1) % 12 + 1}{'B' if key.mode else 'A'}"
    return f"{(fifths + _OPEN - 1) % 12 + 1}{'d' if key.mode else 'm'}"
