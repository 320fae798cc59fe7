r"""Which tracks may come into question: ``genre=jazz and tempo>120 and voice=no``.

A condition is a field, an operator and a value::

    genre=jazz            is (of several genres, one of them), whatever the case
    artist~davis          contains
    genre!=pop            is not; also true where there is none
    year=1955..1965       from, to, both included; either end may be left open
    tempo>120             less, <=, >, >= as well, for numbers
    length<10m            times are written as 90, 90s, 10m, 1h, 1h30m or 3:30
    key=A minor           or Am, or 8A
    voice=no              nobody sings or speaks; yes where somebody does
    title=*               there is one

Conditions are joined by ``and``, ``or``, ``not`` and parentheses. Values with spaces that are
words of the grammar, or with parentheses in them, are quoted: ``title="not now (live)"``.

Fields are file tags, ``path``, ``length`` (or ``duration``), ``year``, the first four digits of
the date, and what is heard: ``energy``, ``valence``, ``tempo``, ``voice``, ``loudness``, and from
0 to 1 among the tracks of the library ``brightness``, ``bass``, ``width``, ``activity``,
``beat``, ``dynamics``, ``punch`` and ``noise``. ``genre``, ``mood`` and ``key`` are what the file
says, and where it says nothing, what is heard; ``file_genre`` and ``heard_genre`` ask for one of
them alone. What is not told, or doubtful, passes no condition but ``!=`` and ``not``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import LinernotesError
from linernotes.explore.filter_fields import (
    Fields,
    FieldValues,
    FilterField,
    Mask,
    NumberValues,
    WordValues,
    parts_of,
)
from linernotes.features.key_notation import key_name, read_key

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

Values = NDArray[np.float64]

#: A piece of a filter. Nothing in it can be matched in two ways: the time that it takes grows with
#: the text and no faster.
TOKEN = re.compile(
    r"""\s*+(?:(?P<sign>[()])|(?P<condition>(?P<field>[A-Za-z_][\w-]*+)\s*+
    (?P<operator><=|>=|!=|==|=|~|<|>)\s*+
    (?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'
    |(?P<bare>(?!["'])(?:[^\s()"'][^\s()]*+(?:\s++(?!(?:and|or|not)\b)[^\s()]++)*+)?)))
    |(?P<word>and|or|not)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_NEXT = re.compile(r"\s(?:([A-Za-z_][\w-]*+)\s*+(?:<=|>=|!=|=|~|<|>)|&&|\|\|)")
_TIME = re.compile(
    r"(?:(?P<clock>\d{1,4}(?::\d{1,2}){1,2})"
    r"|(?:(?P<h>\d{1,6}(?:\.\d{1,6})?)\s?h[a-z]*+\s?)?"
    r"(?:(?P<m>\d{1,6}(?:\.\d{1,6})?)\s?m[a-z]*+\s?)?(?:(?P<s>\d{1,9}(?:\.\d{1,6})?)\s?(?:s[a-z]*+)?)?)"
)
_NUMBER = re.compile(r"([-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15}))\s?(%|[a-z/]*+)", re.IGNORECASE)
_COMPARE = ("<", "<=", ">", ">=")
_DEPTH = 50
#: Characters of a filter.
LONGEST = 10_000
_VOICE = {
    **dict.fromkeys(("yes", "true", "1", "voice", "vocal"), "yes"),
    **dict.fromkeys(("no", "none", "false", "0", "instrumental"), "no"),
}
#: What others call what we have.
CALLED = {
    "bpm": "tempo", "speed": "tempo", "time": "length", "vocals": "voice", "vocal": "voice",
    "singing": "voice", "style": "genre", "name": "title", "song": "title", "band": "artist",
    "file": "path", "folder": "path", "happiness": "valence", "arousal": "energy",
    "lufs": "loudness",
}  # fmt: skip


class FilterError(LinernotesError):
    """A filter cannot be understood."""

    code = "filter"


def select(collection: Collection, where: str) -> Mask:
    """Return which tracks a filter lets through.

    Parameters
    ----------
    collection
        The tracks.
    where
        The filter; see the module for its grammar.

    Returns
    -------
    bool, shape (tracks,).

    Raises
    ------
    FilterError
        It cannot be understood, or names a field that there is not.

    Examples
    --------
    >>> select(collection, "genre=jazz and not artist~davis")  # doctest: +SKIP
    array([ True, False])
    """
    return Filters(collection).select(where)


class Filters:
    """Answers filters on one collection, and remembers how its fields are sorted out.

    Parameters
    ----------
    collection
        The tracks.
    further
        Returns further fields; it is asked once, for what the file tags do not tell.

    Examples
    --------
    >>> Filters(collection).select("year=1955..1965").sum()  # doctest: +SKIP
    np.int64(12)
    """

    def __init__(self, collection: Collection, further: Callable[[], Fields] | None = None) -> None:
        self.fields = FieldValues(collection, further)

    def select(self, where: str) -> Mask:
        """Return which tracks a filter lets through; see `select`."""
        return _Reader(where, self.fields).read()


class _Reader:
    """Reads a filter from left to right: ``or`` of ``and`` of ``not`` of conditions."""

    def __init__(self, where: str, fields: FieldValues) -> None:
        if len(where) > LONGEST:
            raise FilterError(f"the filter is longer than {LONGEST:,} characters")
        self._fields = fields
        self._tokens: list[re.Match[str]] = []
        at = 0
        while where[at:].strip():
            token = TOKEN.match(where, at)
            if token is None:
                raise FilterError(self._meant(where[at:].strip()))
            self._tokens.append(token)
            at = token.end()
        self._at = 0
        self._depth = 0

    def read(self) -> Mask:
        """Read all of it."""
        mask = self._either()
        if self._at < len(self._tokens):
            found = self._tokens[self._at][0].strip()
            raise FilterError(
                "a parenthesis in the filter was never opened" if found == ")" else
                f"the filter is not understood at {found[:40]!r}; "
                "join conditions with 'and' or 'or'"
            )  # fmt: skip
        return mask

    def _next(self, *words: str) -> bool:
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if (token["sign"] or token["word"] or "").casefold() in words:
                self._at += 1
                return True
        return False

    def _either(self) -> Mask:
        mask = self._all()
        while self._next("or"):
            mask = mask | self._all()
        return mask

    def _all(self) -> Mask:
        mask = self._one()
        while self._next("and"):
            mask = mask & self._one()
        return mask

    def _one(self) -> Mask:
        self._depth += 1
        if self._depth > _DEPTH:
            raise FilterError("the filter is nested too deeply")
        try:
            if self._next("not"):
                return ~self._one()
            if self._next("("):
                mask = self._either()
                if not self._next(")"):
                    raise FilterError("a parenthesis in the filter is not closed")
                return mask
            if self._at >= len(self._tokens) or not self._tokens[self._at]["condition"]:
                raise FilterError("a condition is missing in the filter; write e.g. genre=jazz")
            token = self._tokens[self._at]
            self._at += 1
            return self._condition(token)
        finally:
            self._depth -= 1

    def _condition(self, token: re.Match[str]) -> Mask:
        name, operator = token["field"].casefold(), token["operator"].replace("==", "=")
        quoted = token["double"] if token["double"] is not None else token["single"]
        value = quoted if quoted is not None else token["bare"].strip()
        field = self._fields.find(name)
        if field is None:
            raise FilterError(f"there is no field {name!r}; {self._alike(name)}")
        if not value and quoted is None:
            raise FilterError(
                f"the filter says nothing after {name}{operator}; write e.g. {field.example}"
            )
        if quoted is None:
            for following in _NEXT.finditer(value):
                if following[1] is None or self._fields.find(following[1].casefold()) is not None:
                    found = value[following.start() :].strip()[:40]
                    raise FilterError(f"'and' or 'or' is missing before {found!r}")
        return _passes(field, self._fields.values(name), operator, value, exact=quoted is not None)

    def _alike(self, name: str) -> str:
        """Say which field may have been meant."""
        known = [field.name for field in self._fields.fields()]
        close = [CALLED[name]] if name in CALLED else difflib.get_close_matches(name, known, n=2)
        if close:
            return f"did you mean {' or '.join(close)}?"
        return f"there are {', '.join(known[:9])}, and more that completion shows"

    def _meant(self, rest: str) -> str:
        """Say what may have been meant by what cannot be read."""
        if colon := re.match(r"([A-Za-z_][\w-]{0,40}):\s?(\S{1,40})", rest):
            return f"did you mean {colon[1]}={colon[2]}? A filter has '=' between field and value"
        if joined := re.match(r"&&?|\|\|?|[,;+]", rest):
            return f"conditions are joined with 'and' or 'or', not with {joined[0]!r}"
        if re.match(r"[A-Za-z_][\w-]*+\s*+[!<>=~]{1,2}\s*+[\"']", rest):
            return f"a quotation mark is not closed at {rest[:40]!r}"
        word = re.match(r"[^\W\d_][\w-]{0,40}", rest)
        if word is None:
            return f"the filter is not understood at {rest[:40]!r}"
        return self._meant_by(word[0])

    def _meant_by(self, word: str) -> str:
        field = self._fields.find(word.casefold())
        if field is not None:
            return f"the filter says nothing of {field.name}; write e.g. {field.example}"
        for name in ("genre", "mood", "artist"):
            found = self._fields.values(name)
            if isinstance(found, WordValues) and word.casefold() in map(str.casefold, found.counts):
                return f"did you mean {name}={word}? A filter says which field it asks for"
        return f"{word!r} alone is no condition; did you mean title~{word}?"


def _passes(
    field: FilterField, told: WordValues | NumberValues, operator: str, value: str, *, exact: bool
) -> Mask:
    """Return which tracks pass a condition."""
    if operator == "!=":
        return ~_passes(field, told, "=", value, exact=exact)
    if value == "*" and operator == "=" and not exact:
        return told.told
    if isinstance(told, NumberValues):
        return _of_numbers(field, told.values, operator, value)
    if operator in _COMPARE:
        return _compared(told.numbers[told.codes], operator, _limit(field, value))
    return _of_words(field, told, operator, value, exact=exact)


def _of_words(
    field: FilterField, told: WordValues, operator: str, value: str, *, exact: bool
) -> Mask:
    wanted = value.casefold()
    if operator == "~":
        return told.each(lambda own: own is not None and wanted in own)
    span = None if exact else re.fullmatch(r"(-?[\d.]{0,30}?)\.\.(-?[\d.]{0,30})", value)
    if span and (span[1] or span[2]):
        own = told.numbers[told.codes]
        return _between(field, own, span[1], span[2])
    if field.kind == "voice":
        if wanted not in _VOICE:
            raise FilterError(f"{field.name} is yes or no, not {value[:40]!r}")
        wanted = _VOICE[wanted]
    if field.kind == "key" and wanted not in told.plain:
        key = read_key(value)
        if key is None:
            raise FilterError(f"{value[:40]!r} is no key; write it as A minor, Am or 8A")
        wanted = key_name(*key).casefold()
    # Most do not have it in them at all, which is soon seen.
    return told.each(lambda own: own is not None and wanted in own and _is_part(wanted, own))


def _of_numbers(field: FilterField, own: Values, operator: str, value: str) -> Mask:
    if operator in _COMPARE:
        return _compared(own, operator, _limit(field, value))
    if operator == "~":
        raise FilterError(f"{field.name} is a number; write e.g. {field.example}")
    low, dots, high = value.partition("..")
    if dots and (low.strip() or high.strip()):
        return _between(field, own, low.strip(), high.strip())
    # As exactly as it was written: 120 is what rounds to it.
    digits = len(value.partition(".")[2].rstrip("% ")) if field.kind == "number" else 0
    step = 10.0**-digits / (100 if value.endswith("%") else 1)
    mask: Mask = np.abs(own - _limit(field, value)) <= step / 2
    return mask


def _compared(own: Values, operator: str, limit: float) -> Mask:
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    mask: Mask = compare[operator](own, limit)
    return mask


def _between(field: FilterField, own: Values, low: str, high: str) -> Mask:
    least = _limit(field, low) if low else -np.inf
    most = _limit(field, high) if high else np.inf
    mask: Mask = (own >= least) & (own <= most)
    return mask


def _limit(field: FilterField, value: str) -> float:
    """Return the number that a value says."""
    found = _seconds(value) if field.kind == "length" else _number(value)
    if found is None:
        what = "a time" if field.kind == "length" else "a number"
        raise FilterError(f"{value[:40]!r} is not {what}; write e.g. {field.example}")
    return found


def _number(value: str) -> float | None:
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        return None
    return float(found[1]) / (100 if found[2] == "%" else 1)


def _seconds(value: str) -> float | None:
    found = _TIME.fullmatch(value.strip().casefold())
    if found is None or not found[0]:
        return None
    if found["clock"]:
        seconds = 0.0
        for part in found["clock"].split(":"):
            seconds = 60 * seconds + int(part)
        return seconds
    return sum(float(found[part] or 0) * unit for part, unit in (("h", 3600), ("m", 60), ("s", 1)))


def _is_part(wanted: str, text: str) -> bool:
    return wanted == text or wanted in parts_of(text)
