"""Names of artists: which are one artist's, and which are nobody's.

Names are the same whatever their case, accents' encoding, an article ("The Beatles",
"Beatles, The", "Beatles"), or guests ("feat. …"). Of several artists, as file tags join them
("A; B"), each counts. Names that stand for nobody ("Various Artists", "<unknown>") are none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GUESTS = re.compile(r"\s*[\(\[]?\s*\b(?:feat|ft|featuring)\b\.?\s+\S.*$")
_ARTICLE = re.compile(r"the (?=.)|(?<=.), the$")
_LETTERS = re.compile(r"[^\w]|_")
# As they are without spaces and punctuation.
_UNKNOWN = frozenset(
    "na nan none null unknown unknownartist unknownartists unknowninterpret unknownalbum "
    "artistunknown untitled noartist emptyfield notavailable notapplicable unbekannt "
    "unbekannterinterpret unbekannterkünstler inconnu artisteinconnu desconocido "
    "artistadesconocido desconhecido artistadesconhecido sconosciuto artistasconosciuto "
    "onbekend onbekendeartiest okänd okändartist nieznany nieznanywykonawca неизвестен "
    "неизвестный неизвестныйисполнитель 未知 未知艺术家 未知藝人 不明 不明なアーティスト".split()
)
_VARIOUS = frozenset(
    "various variousartist variousartists variousinterprets variousperformers va verschiedene "
    "verschiedeneinterpreten verschiedenekünstler diverse diverseinterpreten divers "
    "artistesdivers compilation soundtrack originalsoundtrack variosartistas váriosartistas "
    "varios artistivari aavv diverseartiesten olikaartister różniwykonawcy разныеисполнители "
    "сборник 群星 ヴァリアスアーティスト".split()
)
_SIGNS = frozenset(("", "?", "??", "???", "-", "--", "…", "...", "*"))


@lru_cache(maxsize=8192)
def artists_in(text: str | None) -> tuple[str, ...]:
    """Return by what an artist is known to be the same, one for each artist of a track.

    Examples
    --------
    >>> artists_in("The Beatles (feat. Billy Preston)"), artists_in("Simon; Garfunkel")
    (('beatles',), ('simon', 'garfunkel'))
    >>> artists_in("Beatles, The"), artists_in("V. A."), artists_in("The The")
    (('beatles',), (), ('the',))
    """
    found = []
    for name in (text or "").split(";"):
        plain = plain_text(_GUESTS.sub("", unicodedata.normalize("NFKC", name).casefold()))
        if not is_nobody(plain):
            found.append(_ARTICLE.sub("", plain, count=1))
    return tuple(dict.fromkeys(found))


def is_nobody(text: str) -> bool:
    """Tell whether a name stands for no artist or album.

    Examples
    --------
    >>> is_nobody("<Unknown>"), is_nobody("N/A"), is_nobody("A-ha"), is_nobody("!!!")
    (True, True, False, False)
    """
    plain = plain_text(text)
    return plain in _SIGNS or _LETTERS.sub("", plain) in _UNKNOWN or is_various(plain)


def is_various(text: str) -> bool:
    """Tell whether a name stands for many artists, as on a compilation.

    Examples
    --------
    >>> is_various("VA"), is_various("V/A"), is_various("Various"), is_various("Vanessa")
    (True, True, True, False)
    """
    return _LETTERS.sub("", plain_text(text)) in _VARIOUS


def plain_text(text: str) -> str:
    """Return text without what differs between ways to write it: case, spaces, quotes, "&"."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = plain.translate({0x2019: "'", 0x2018: "'", 0x2010: "-", 0x2013: "-"})
    return " ".join(plain.replace(" & ", " and ").split()).strip()
