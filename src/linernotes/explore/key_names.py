"""Names of musical keys, by which "Am", "a min", and "8A" are one."""

from __future__ import annotations

import re

#: Tonics, in semitones over C.
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
_MODES = {"": "major", "major": "major", "maj": "major", "minor": "minor", "min": "minor"}
_KEY = re.compile(r"([A-Ga-g])[\s-]*(#|♯|♭|b|sharp|flat)?[\s-]*(major|maj|minor|min|m|M)?")
_CAMELOT = re.compile(r"(1[0-2]|[1-9])\s?([ABab])")


def plain_key(text: str) -> str | None:
    """Return the one name of a key.

    Parameters
    ----------
    text
        Such as "A minor", "Am", "C# maj", "Gb", which is major, or "8A" of Camelot's wheel.

    Returns
    -------
    str or None
        A tonic and a mode; ``None`` where it is no key.

    Examples
    --------
    >>> plain_key("a min"), plain_key("Gb"), plain_key("8A"), plain_key("H")
    ('A minor', 'F# major', 'A minor', None)
    """
    text = text.strip()[:20]
    if wheel := _CAMELOT.fullmatch(text):
        fifths, minor = int(wheel[1]) - 8, wheel[2] in "Aa"
        return f"{TONICS[(7 * fifths + 9 * minor) % 12]} {'minor' if minor else 'major'}"
    found = _KEY.fullmatch(text) or _KEY.fullmatch(text.casefold())
    if found is None:
        return None
    tonic = TONICS[(_STEPS[found[1].lower()] + _SIGNS[found[2] or ""]) % 12]
    # A small m is minor, a capital one major.
    mode = {"m": "minor", "M": "major"}.get(found[3] or "") or _MODES[found[3] or ""]
    return f"{tonic} {mode}"
