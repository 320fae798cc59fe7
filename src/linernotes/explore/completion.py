"""What may come next in a filter that somebody is typing: fields, operators, values, words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from linernotes.explore.filter_fields import FilterField, NumberValues
from linernotes.explore.filters import CALLED, LONGEST, TOKEN, FilterError

if TYPE_CHECKING:
    from linernotes.explore.filters import Filters

# Options that are looked for.
_MOST = 100
_OPERATORS = {
    "=": "is",
    "!=": "is not",
    "~": "contains",
    ">": "is more than",
    "<": "is less than",
    ">=": "is at least",
    "<=": "is at most",
}
_OF_NUMBERS = (">", "<", "=", "!=", ">=", "<=")
_OF_WORDS = ("=", "!=", "~")
_JOINING = {"and": "both hold", "or": "one of them holds"}
_NOT = {"not": "it does not hold"}
_QUANTILES = (
    (0.1, "nine of ten tracks have more"),
    (0.5, "half of the tracks have more"),
    (0.9, "one of ten tracks has more"),
)
_BEGUN = re.compile(
    r"""\s*+(?:(?P<name>[A-Za-z_][\w-]*+)(?P<space>\s*+)(?P<sign>[!<>=~]{0,2}+)\s*+
    (?P<quote>["'](?P<value>[^"']*+))?)?""",
    re.VERBOSE,
)
_PARTS = re.compile(r"[\s\-(&.]+")
_UNSAFE = re.compile(r"""[()"']|(?:^|\s)(?:and|or|not)(?:\s|$)|^\*$|^\s|\s$""", re.IGNORECASE)


@dataclass(frozen=True)
class Completion:
    """One way to go on.

    Parameters
    ----------
    text
        What to write.
    kind
        What that is.
    meaning
        What it means, in a line.
    tracks
        How many tracks have this value, where that is known.
    """

    text: str
    kind: Literal["field", "operator", "value", "word"]
    meaning: str
    tracks: int | None = None


@dataclass(frozen=True)
class Completions:
    """What may come next in a filter.

    Parameters
    ----------
    start, end
        The part of the filter that a completion takes the place of, in characters.
    options
        The likeliest first.
    """

    start: int
    end: int
    options: tuple[Completion, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API tells it.

        Returns
        -------
        dict
            ``start``, ``end`` and the ``options``.
        """
        return asdict(self)


def complete_filter(
    filters: Filters, where: str, *, at: int | None = None, limit: int = 20
) -> Completions:
    """Return what may come next in a filter.

    Parameters
    ----------
    filters
        Of the collection, such as ``explorer.filters``.
    where
        The filter, as far as it was typed.
    at
        Where in it something is typed; at its end if not given.
    limit
        At most so many options.

    Returns
    -------
    Completions
        Without options where nothing fits, or where the filter cannot be read so far.

    Raises
    ------
    FilterError
        The filter is too long to be one.

    Examples
    --------
    >>> found = complete_filter(explorer.filters, "genre=ja")  # doctest: +SKIP
    >>> [option.text for option in found.options]  # doctest: +SKIP
    ['jazz']
    """
    if len(where) > LONGEST:
        raise FilterError(f"the filter is longer than {LONGEST:,} characters")
    end = len(where) if at is None else max(0, min(at, len(where)))
    before = where[:end]
    place, after_condition = 0, False
    last: re.Match[str] | None = None
    while place < end:
        token = TOKEN.match(before, place)
        if token is None or (token.end() == end and not token["sign"]):
            break  # the one that is being typed
        if token["word"] and not before[token.end()].isspace():
            break
        place, last = token.end(), token
        after_condition = bool(token["condition"]) or token["sign"] == ")"
    start, found = _options(filters, before, place, last if after_condition else None)
    # The rest of a word that the cursor stands in goes as well.
    rest = re.match(r"[^\s()<>=!~\"']*", where[end:]) if before[start:].strip() else None
    return Completions(start, end + len(rest[0] if rest else ""), tuple(islice(found, limit)))


def _options(
    filters: Filters, before: str, place: int, last: re.Match[str] | None
) -> tuple[int, Iterator[Completion]]:
    """Return what may stand from where on; ``last`` is the condition before, if there is one."""
    if last is not None:
        return _after_condition(filters, before, place, last)
    token = TOKEN.match(before, place)
    if token is not None and token["condition"]:
        return _in_value(filters, before, token)
    begun = _BEGUN.match(before, place)
    if begun is None or begun.end() < len(before):
        return len(before), iter(())
    return _begun(filters, before, begun)


def _begun(filters: Filters, before: str, begun: re.Match[str]) -> tuple[int, Iterator[Completion]]:
    name = begun["name"] or ""
    field = filters.fields.find(name.casefold())
    if begun["quote"] is not None and field is not None:
        return begun.start("quote"), _values(filters, name, begun["value"])
    if name and (begun["space"] or begun["sign"]):
        return begun.start("sign"), _operators(field, begun["sign"]) if field else iter(())
    fields = _fields(filters, name)
    if field is None:
        return len(before) - len(name), chain(fields, _words(_NOT, name))
    others = (each for each in fields if each.text.rstrip("=") != field.name)
    return len(before) - len(name), chain(_operators(field, "", before=name), others)


def _after_condition(
    filters: Filters, before: str, place: int, last: re.Match[str]
) -> tuple[int, Iterator[Completion]]:
    typed = before[place:].lstrip()
    if last["bare"] and not typed:
        # A value may go on after a space.
        begun = before[last.start("bare") :]
        more = list(islice(_values(filters, last["field"], begun), _MOST))
        if more:
            return last.start("bare"), iter(more)
    return len(before) - len(typed), _words(_JOINING, typed, space=place == len(before))


def _in_value(
    filters: Filters, before: str, token: re.Match[str]
) -> tuple[int, Iterator[Completion]]:
    if token["bare"] is None:
        return len(before), _words(_JOINING, "", space=True)
    value = token["bare"]
    found = list(islice(_values(filters, token["field"], value), _MOST))
    field = filters.fields.find(token["field"].casefold())
    is_number = field is not None and field.kind in ("number", "length")
    if value and (is_number or [each.text.casefold() for each in found] == [value.casefold()]):
        return len(before), _words(_JOINING, "", space=True)
    head, space, word = value.rpartition(" ")
    if not found and space and head:
        return len(before) - len(word), _words(_JOINING, word)
    return token.start("bare"), iter(found)


def _fields(filters: Filters, begun: str) -> Iterator[Completion]:
    """Yield fields by what was typed of their names, or of what others call them."""
    begun = begun.casefold()
    fields = filters.fields.fields()
    meant = {CALLED[name] for name in CALLED if begun and name.startswith(begun)}
    first = [field for field in fields if field.name.startswith(begun)]
    second = [field for field in fields if begun in field.name or field.name in meant]
    third = [field for field in fields if len(begun) > 2 and begun in field.meaning.casefold()]
    for field in dict.fromkeys([*first, *second, *third]):
        # What is compared is chosen next.
        sign = "" if field.kind in ("number", "length") else "="
        yield Completion(field.name + sign, "field", field.meaning)


def _operators(field: FilterField, begun: str, *, before: str = "") -> Iterator[Completion]:
    of_numbers = field.kind in ("number", "length")
    for sign in _OF_NUMBERS if of_numbers else _OF_WORDS:
        if sign.startswith(begun):
            yield Completion(before + sign, "operator", f"{field.name} {_OPERATORS[sign]}")


def _words(words: dict[str, str], begun: str, *, space: bool = False) -> Iterator[Completion]:
    for word, meaning in words.items():
        if word.startswith(begun.casefold()):
            yield Completion(f"{' ' * space}{word} ", "word", meaning)


def _values(filters: Filters, name: str, begun: str) -> Iterator[Completion]:
    field = filters.fields.find(name.casefold())
    if field is None:
        return
    told = filters.fields.values(name.casefold())
    if isinstance(told, NumberValues):
        yield from () if begun else _numbers(field, told)
        return
    begun = begun.casefold()
    within: list[tuple[str, int]] = []
    for value, tracks in told.counts.items():
        plain = value.casefold()
        if plain.startswith(begun):
            yield Completion(_quoted(value), "value", "", tracks)
        elif any(part.startswith(begun) for part in _PARTS.split(plain)):
            within.append((value, tracks))
    for value, tracks in within:
        yield Completion(_quoted(value), "value", "", tracks)


def _numbers(field: FilterField, told: NumberValues) -> Iterator[Completion]:
    """Yield a few values that part the tracks."""
    known = told.values[told.told]
    if not len(known):
        return
    seen = set()
    for quantile, meaning in _QUANTILES:
        value = float(np.quantile(known, quantile))
        text = f"{value:.0f}" if abs(value) > 10 else f"{value:.2g}"
        if field.kind == "length":
            text = f"{value / 60:.0f}m" if value >= 150 else f"{value:.0f}s"
        if text not in seen:
            seen.add(text)
            yield Completion(text, "value", meaning)


def _quoted(value: str) -> str:
    if not _UNSAFE.search(value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'
