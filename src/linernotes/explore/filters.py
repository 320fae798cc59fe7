r"""Which tracks may come into question, by their file tags: ``genre=jazz and year=1955..1965``.

A condition is a field, an operator and a value::

    genre=jazz            is (of several genres, one of them), whatever the case
    artist~davis          contains
    genre!=pop            is not; also true where there is none
    year=1955..1965       from, to, both included; either end may be left open
    duration<300          less, <=, >, >= as well, for numbers
    title=*               there is one

Conditions are joined by ``and``, ``or``, ``not`` and parentheses. Values with spaces that are
words of the grammar, or with other signs in them, are quoted: ``title="not now (live)"``.
Besides the file tags there are ``path``, ``duration`` in seconds, ``year``, the first four digits
of the date, and what models say, such as ``energy>0.5`` or ``heard_genre=jazz``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import LinernotesError

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

Mask = NDArray[np.bool_]

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[()])|(?P<condition>(?P<field>[A-Za-z_][\w-]*)\s*(?P<operator><=|>=|!=|=|~|<|>)\s*
    (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>(?:(?!\s+(?:and|or|not)\b)[^()"'])*)))
    |(?P<word>and|or|not)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_DEPTH = 50
_DATES = ("date", "year", "originaldate", "originalyear")


_Test: TypeAlias = "Callable[[_Field], Mask]"
#: Values of tracks by the fields' names.
Fields: TypeAlias = "Mapping[str, Sequence[str | None]]"


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
        It cannot be understood, or names a field that no track has.

    Examples
    --------
    >>> select(collection, "genre=jazz and not artist~davis")  # doctest: +SKIP
    array([ True, False])
    """
    return Filters(collection).select(where)


@dataclass(frozen=True, eq=False)
class _Field:
    """The values of a field, each different one once: tags repeat, and so do questions.

    Parameters
    ----------
    values
        Different values.
    codes
        int32, shape (tracks,): which of them each track has.
    """

    values: tuple[str | None, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, values: Sequence[str | None]) -> _Field:
        """Sort values out."""
        numbers: dict[str | None, int] = {}
        codes = [numbers.setdefault(value, len(numbers)) for value in values]
        return cls(tuple(numbers), np.array(codes, np.int32))

    @cached_property
    def plain(self) -> tuple[str | None, ...]:
        """The values, whatever their case."""
        return tuple(None if value is None else value.casefold() for value in self.values)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers that the values begin with; not a number where they do not."""
        found = (None if value is None else _number(value) for value in self.values)
        return np.array([np.nan if number is None else number for number in found], np.float64)


class Filters:
    """Answers filters on one collection, and remembers how its file tags are sorted out.

    Parameters
    ----------
    collection
        The tracks.
    further
        Returns further fields; it is asked once, for a field that the file tags do not have.

    Examples
    --------
    >>> Filters(collection).select("year=1955..1965").sum()  # doctest: +SKIP
    np.int64(12)
    """

    def __init__(self, collection: Collection, further: Callable[[], Fields] | None = None) -> None:
        self._collection = collection
        self._further = further
        self._fields: dict[str, _Field] = {}

    def select(self, where: str) -> Mask:
        """Return which tracks a filter lets through; see `select`."""
        return _Reader(where, self._answer).read()

    def _answer(self, field: str, test: _Test) -> Mask:
        if field not in self._fields:
            self._fields[field] = _Field.of(self._values(field))
        found = self._fields[field]
        mask: Mask = test(found)[found.codes]
        return mask

    def _values(self, field: str) -> tuple[str | None, ...]:
        collection = self._collection
        if field == "path":
            return tuple(collection.path)
        if field == "duration":
            return tuple(str(float(seconds)) for seconds in collection.duration)
        if field == "year":
            return year_of(collection) or (None,) * len(collection.path)
        fields = {name.casefold(): values for name, values in collection.metadata.items()}
        if field not in fields:
            fields |= {name: tuple(values) for name, values in self._more.items()}
        if field not in fields:
            known = ", ".join(sorted({*fields, "path", "duration", "year"}))
            raise FilterError(f"no track has the field {field!r}; there are {known}")
        return tuple(fields[field])

    @cached_property
    def _more(self) -> Fields:
        return {} if self._further is None else self._further()


class _Reader:
    """Reads a filter from left to right: ``or`` of ``and`` of ``not`` of conditions."""

    def __init__(self, where: str, answer: Callable[[str, _Test], Mask]) -> None:
        self._answer = answer
        self._tokens: list[re.Match[str]] = []
        at = 0
        while where[at:].strip():
            token = _TOKEN.match(where, at)
            if token is None:
                raise FilterError(f"the filter is not understood at {where[at:].strip()[:40]!r}")
            self._tokens.append(token)
            at = token.end()
        self._at = 0
        self._depth = 0

    def read(self) -> Mask:
        """Read all of it."""
        mask = self._either()
        if self._at < len(self._tokens):
            raise FilterError(
                f"the filter is not understood at {self._tokens[self._at][0].strip()!r}; "
                "join conditions with 'and' or 'or'"
            )
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
        field, operator = token["field"].casefold(), token["operator"]
        quoted = token["double"] if token["double"] is not None else token["single"]
        value = quoted if quoted is not None else token["bare"].strip()
        if not value and quoted is None:
            raise FilterError(f"the filter says nothing after {field}{operator}")
        return self._answer(field, _test(operator, value, exact=quoted is not None))


def year_of(collection: Collection) -> tuple[str | None, ...]:
    """Return the years of tracks, the first four digits of their dates; empty without dates."""
    fields = {name.casefold(): values for name, values in collection.metadata.items()}
    dates = [fields[name] for name in _DATES if name in fields]
    return tuple(map(_first_year, zip(*dates, strict=True))) if dates else ()


def _first_year(dates: tuple[str | None, ...]) -> str | None:
    for date in dates:
        year = re.search(r"(?<!\d)(\d{4})(?!\d)", date or "")
        if year:
            return year[1]
    return None


def _test(operator: str, value: str, *, exact: bool) -> _Test:
    """Return what tells which of a field's values pass."""
    wanted = value.casefold()
    if operator == "!=":
        same = _test("=", value, exact=exact)
        return lambda field: ~same(field)
    if operator == "~":
        return _each(lambda own: own is not None and wanted in own)
    if operator in ("<", "<=", ">", ">="):
        limit = _number(value)
        if limit is None:
            raise FilterError(f"{operator} needs a number, not {value!r}")
        compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
        return lambda field: compare[operator](field.numbers, limit)
    if value == "*" and not exact:
        return _each(bool)
    span = None if exact else re.fullmatch(r"(-?[\d.]*?)\.\.(-?[\d.]*)", value)
    if span and (span[1] or span[2]):
        low, high = _number(span[1]), _number(span[2])
        return lambda field: (
            (field.numbers >= (-np.inf if low is None else low))
            & (field.numbers <= (np.inf if high is None else high))
        )  # fmt: skip
    # Most do not have it in them at all, which is soon seen.
    return _each(lambda own: own is not None and wanted in own and _is_part(wanted, own))


def _each(test: Callable[[str | None], bool]) -> _Test:
    return lambda field: np.fromiter(map(test, field.plain), np.bool_, len(field.plain))


def _is_part(wanted: str, text: str) -> bool:
    return wanted == text or wanted in [part.strip() for part in re.split(r"[;,/|\0]", text)]


def _number(text: str) -> float | None:
    """Return the number that a text begins with: a date its year, "3/12" its 3."""
    found = re.match(r"\s*-?\d+(?:\.\d+)?", text)
    return float(found[0]) if found else None
