"""Which code page texts are in that do not say it: old tags are in that of their maker's system.

Each code page is tried with each of its languages: a text costs as many bits as its letters are
rare there, and more where letters of two scripts meet, capitals follow small letters, or signs
stand among them. The cheapest reading wins if it is cheaper by far; where none is, texts stay
Latin-1, as ID3 says, and the decision is not sure.

The letters are in the order of their frequency in each language, as counted in many published
corpora; only the order is used.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from linernotes.library.tags.frequent import (  # fmt: skip
    ARABIC,
    CHINESE,
    CYRILLIC,
    GREEK,
    HANGUL,
    HEBREW,
    KANA,
    KANJI,
    LATIN,
    THAI,
    TRADITIONAL,
)

# Of each text, and of all together: bytes that are looked at.
_LONGEST, _ALL = 256, 2048
# Bits by which the winner must be cheaper than what says something else.
_MARGIN = 7.0
_SURE_LATIN = 3.0
# ID3v1 has room for 28 or 30 bytes; shorter texts are not cut off.
_SHORTEST_CUT = 28
# Bits that a code page costs beforehand, by how common it is in old tags.
_PRIOR = MappingProxyType({"cp1252": 0.0, "cp1251": 2.0, "gbk": 3.0, "cp932": 3.0, "cp1250": 3.0})
_RARE_PRIOR = 4.0
# Bits for each byte beyond ASCII, at most, to be believed.
_DEAREST = 8.5
# Letters where they hardly ever stand in the languages that have them.
_ODD = re.compile(
    "ñ(?![aeiouáéíóúü])|[òùì](?=[a-z])|(?<=[aeiou])[æø]|æ(?![a-z])|ã(?![oeis]|\\b)|\\b[ïëÿð]"
    "|[ńă](?=[aeiouáéíóöőú])",
    re.IGNORECASE,
)
_USUAL_SIGNS = "\u2019\u2018\u201c\u201d«»\u2013\u2014…\u00b4°½¼£©·ªº№"
_FOREIGN, _SIGN, _UNKNOWN = 13.0, 12.0, 15.0


@dataclass(frozen=True)
class Decision:
    """In which code page texts are.

    Parameters
    ----------
    coding
        Python's name of it.
    sure
        Whether that is certain: what is not must not be written anew.
    """

    coding: str = "latin-1"
    sure: bool = True

    def decode(self, data: bytes) -> str:
        """Decode bytes; one that is cut off at the end is dropped."""
        text = _decoded(data, self.coding)
        return data.decode("latin-1") if text is None else text


def decide(texts: Sequence[bytes]) -> Decision:
    r"""Tell in which code page some texts of one tag are.

    Examples
    --------
    >>> decide(["Группа крови".encode("cp1251"), "Кино".encode("cp1251")])
    Decision(coding='cp1251', sure=True)
    >>> decide([b"So What"]), decide([b"caf\xe9"])
    (Decision(coding='latin-1', sure=True), Decision(coding='cp1252', sure=True))
    >>> decide([b"\xa4\xd7"])
    Decision(coding='latin-1', sure=False)
    """
    different = {text[:_LONGEST] for text in texts if not text.isascii()}
    looked_at: list[bytes] = []
    for text in sorted(different):
        if sum(map(len, looked_at)) < _ALL:
            looked_at.append(text)
    if not looked_at:
        return Decision()
    as_utf_8 = [_decoded(text, "utf-8") for text in looked_at]
    if None not in as_utf_8 and not all(text is not None and text.isascii() for text in as_utf_8):
        return Decision("utf-8")
    costs: dict[str, tuple[float, tuple[str, ...]]] = {}
    for coding, models in _models().items():
        read = tuple(_decoded(text, coding) for text in looked_at)
        decoded = tuple(text for text in read if text is not None)
        if len(decoded) == len(looked_at):
            cost = min(sum(map(model, decoded)) for model in models)
            costs[coding] = (cost + _PRIOR.get(coding, _RARE_PRIOR), decoded)
    wide = sum(byte >= 0x80 for text in looked_at for byte in text)
    # One or two letters on their own may be anything.
    enough = wide > 2 or any(text.isascii() or re.search(rb"[A-Za-z]", text) for text in texts)
    return _chosen(costs, wide if enough else 0)


def _chosen(costs: Mapping[str, tuple[float, tuple[str, ...]]], wide: int) -> Decision:
    if not costs:
        return Decision(sure=False)
    best = min(costs, key=lambda coding: costs[coding][0])
    cost, decoded = costs[best]
    others = [other for other, text in costs.values() if text != decoded]
    lead = min(others, default=math.inf) - cost
    if decoded == costs.get("cp1252", (0.0, ()))[1]:
        return Decision("cp1252", sure=lead >= _SURE_LATIN and cost <= 1.2 * _DEAREST * wide)
    if lead >= _MARGIN and cost - _PRIOR.get(best, _RARE_PRIOR) <= _DEAREST * wide:
        return Decision(best)
    return Decision(sure=False)


def _decoded(data: bytes, coding: str) -> str | None:
    """Decode bytes strictly, but for a character that the end cuts in two."""
    cut = 0 if len(data) < _SHORTEST_CUT else 3 if coding == "utf-8" else 1
    for shorter in range(cut + 1):
        try:
            return data[: len(data) - shorter].decode(coding)
        except UnicodeDecodeError as error:
            if error.end < len(data) - shorter or error.reason == "illegal multibyte sequence":
                return None
    return None


_Model = Callable[[str], float]


@cache
def _models() -> Mapping[str, tuple[_Model, ...]]:
    """Return what the code pages are tried with, one model for each language."""
    letters = {
        coding: tuple(
            _alphabet(order, first=first, step=step, latin=coding in LATIN) for order in orders
        )
        for coding, orders, first, step in (
            ("cp1252", LATIN["cp1252"], 6.0, 0.35),
            ("cp1250", LATIN["cp1250"], 6.0, 0.25),
            ("cp1254", LATIN["cp1254"], 6.0, 0.35),
            ("cp1251", CYRILLIC, 3.2, 0.15),
            ("koi8_r", CYRILLIC[:1], 3.2, 0.15),
            ("cp1253", GREEK, 3.2, 0.17),
            ("cp1255", HEBREW, 3.2, 0.17),
            ("cp1256", ARABIC, 3.2, 0.17),
            ("cp874", THAI, 3.6, 0.11),
            ("cp1257", LATIN["cp1257"], 6.0, 0.35),
        )
    }
    signs = {
        "cp932": (_ideographs(KANJI, kana=KANA),),
        "gbk": (_ideographs(CHINESE),),
        "big5": (_ideographs(TRADITIONAL),),
        "euc_kr": (_ideographs(HANGUL),),
    }
    return MappingProxyType({**letters, **signs})


def _alphabet(order: str, *, first: float, step: float, latin: bool) -> _Model:
    """Return the cost of texts in letters, of which the first ones are the most frequent."""
    bits = {letter: first + step * rank for rank, letter in enumerate(order)}

    def cost(text: str) -> float:
        # Titles and names begin with a capital, where the script has any.
        total, before = 4.0 * (not text[0].isascii() and text[0].islower()), " "
        for letter in text:
            if not letter.isascii():
                total += _letter_cost(letter, before, bits, latin=latin)
            elif letter.isalpha() and not before.isascii() and before.isalpha() and not latin:
                total += 8  # two scripts in one word
            before = letter
        return total + (5.0 * len(_ODD.findall(text)) if latin else 0.0)

    return cost


def _letter_cost(letter: str, before: str, bits: Mapping[str, float], *, latin: bool) -> float:
    # The small form of the dotted I would be two characters.
    small = "\u0131" if letter == "İ" else letter.lower()
    total = bits.get(small, _FOREIGN if letter.isalpha() else _SIGN)
    if letter in _USUAL_SIGNS:
        total = 9.0
    if small not in bits and unicodedata.category(letter) in ("Cc", "Cn", "Co"):
        return _UNKNOWN
    if total == _SIGN and not before.isspace():
        return total + 3.0
    if letter != small:
        total += 1.0
        if before.islower():
            total += 6.0
    if before.isalpha():
        if latin and not before.isascii():
            total += 4.0  # accents are rare in succession
        elif not latin and before.isascii():
            total += 8.0
    return total


def _ideographs(frequent: str, *, kana: str = "") -> _Model:
    """Return the cost of texts in characters of two bytes, the frequent ones in order."""
    bits = {sign: 5.5 + 0.62 * math.log2(rank + 1) for rank, sign in enumerate(frequent)}
    bits |= {sign: 4.5 + 0.07 * rank for rank, sign in enumerate(kana)}

    def cost(text: str) -> float:
        total, before = 0.0, " "
        for sign in text:
            if not sign.isascii():
                total += bits.get(sign) or _rare(sign, with_kana=bool(kana))
            if sign.isascii() and sign.isalpha() and not before.isascii():
                total += 2.5
            before = sign
        return total

    return cost


def _rare(sign: str, *, with_kana: bool) -> float:
    code = ord(sign)
    if 0xFF61 <= code <= 0xFF9F:  # half as wide, one byte
        return 12.0
    if 0x3041 <= code <= 0x30FF:
        return 9.0 if with_kana else 17.0
    if 0xFF01 <= code <= 0xFF5E or 0x3000 <= code <= 0x301F:
        return 14.0
    if 0x4E00 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3:
        return 13.0 if _is_common(sign) else 18.0
    return 20.0


def _is_common(sign: str) -> bool:
    """Tell whether a national standard counts a character among the common ones."""
    for coding, first, last in (("gb2312", 0xB0, 0xD7), ("euc_kr", 0xB0, 0xC8),
                                ("big5", 0xA4, 0xC6), ("cp932", 0x88, 0x97)):  # fmt: skip
        try:
            if first <= sign.encode(coding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False
