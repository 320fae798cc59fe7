"""Names of people, titles and files: what makes two of them the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

# Nothing of a title or name that is longer matters, and comparing takes its square.
_LONGEST = 200
_APOSTROPHES = "'`\u00b4\u2018\u2019"
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{i}" for name in ("com", "lpt") for i in range(10)),
}


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return a text without case, accents and punctuation, to compare it.

    Examples
    --------
    >>> fold("Sigur Rós: Ágætis byrjun!"), fold("Simon & Garfunkel"), fold("!!!")
    ('sigur ros agætis byrjun', 'simon and garfunkel', '!!!')
    """
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold().replace("&", " and ")
    kept = "".join(
        "" if unicodedata.combining(letter) or letter in _APOSTROPHES
        else letter if letter.isalnum() else " "
        for letter in plain
    )  # fmt: skip
    return " ".join(kept.split()) or " ".join(text.casefold().split())


def similarity(one: str, other: str) -> float:
    """Tell how alike two texts are once folded, from 0 to 1.

    The ratio of matching parts (Ratcliff and Metzener, Dr. Dobb's Journal, July 1988).

    Examples
    --------
    >>> similarity("Björk", "BJORK"), round(similarity("Here Come the Bells", "Here Come"), 2)
    (1.0, 0.64)
    """
    first, second = sorted((fold(one), fold(other)))
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question that names what is spelt nearly so; empty where nothing is.

    Examples
    --------
    >>> did_you_mean("enrgy", ["path", "energy", "Energy 2"]), did_you_mean("mood", ["path"])
    ('; did you mean energy or Energy 2?', '')
    """
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(fold(one), one)
    near = get_close_matches(fold(name), list(folded), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(folded[one] for one in near)}?" if near else ""


def safe_name(text: str, *, longest: int = 60) -> str:
    r"""Return a text as a name of a file on every system: no separators, controls or directions.

    Examples
    --------
    >>> safe_name("AC/DC: Live\u202e?"), safe_name("../.."), safe_name("CON")
    ('AC_DC_ Live_', '_', '_CON')
    >>> safe_name("שלום עולם")
    'שלום עולם'
    """
    plain = unicodedata.normalize("NFC", text)
    # Controls, directions and halves of characters go; so does what some system forbids.
    plain = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    plain = re.sub(r'[<>:"/\\|?*]', "_", plain)
    plain = " ".join(plain.split()).strip(". ")
    while len(plain.encode()) > longest:
        plain = plain[:-1].rstrip(". ")
    if plain.split(".")[0].casefold() in _RESERVED:
        plain = f"_{plain}"
    return plain if plain.strip("_. ") else "_"
