"""Fields that filters ask for, and what the tracks of a collection tell of them.

Fields are file tags, and what is heard. Of what both tell, such as the genre, the file's word
counts, and where it says nothing, what is heard; ``file_genre`` and ``heard_genre`` ask for one of
them alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.traits import SURE, TRAITS, Scales, column, key_of, measure_traits
from linernotes.explore.voice import voice_of
from linernotes.features.key_notation import key_name, read_key

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

#: Values of tracks by the fields' names.
Fields: TypeAlias = "Mapping[str, Sequence[str | None]]"
Mask = NDArray[np.bool_]
Kind = Literal["words", "number", "length", "key", "voice"]

_DATES = ("date", "year", "originaldate", "originalyear")
_SEPARATORS = re.compile(r"[;,/|\0]")


@dataclass(frozen=True)
class FilterField:
    """A field that filters can ask for.

    Parameters
    ----------
    name
        What it is called.
    meaning
        What it is, in a line.
    kind
        What its values are.
    example
        A condition.
    """

    name: str
    meaning: str
    kind: Kind = "words"
    example: str = ""


_OFTEN = (
    FilterField(
        "genre", "kind of music; as heard where the file does not tell", example="genre=jazz"
    ),
    FilterField(
        "mood", "happy, tense, sad or calm; as heard where the file does not tell",
        example="mood=calm",
    ),
    FilterField("energy", "from 0, calm, to 1, energetic, as heard", "number", "energy<0.3"),
    FilterField("valence", "from 0, sad, to 1, happy, as heard", "number", "valence>0.6"),
    FilterField("tempo", "beats per minute, as heard, where it is sure", "number", "tempo>120"),
    FilterField("voice", "yes or no: whether somebody sings, as heard", "voice", "voice=no"),
    FilterField(
        "key", "such as A minor; as heard where the file does not tell", "key", "key=A minor"
    ),
    FilterField(
        "brightness", "from 0, the darkest of this library, to 1, the brightest", "number",
        "brightness>0.8",
    ),
    FilterField("length", "how long: 90, 90s, 3m, 1h or 3:30", "length", "length<10m"),
    FilterField("artist", "as the file says", example="artist~davis"),
    FilterField("title", "as the file says", example="title~blue"),
    FilterField("album", "as the file says", example="album~live"),
    FilterField("year", "when it came out, as the file says", "number", "year=1955..1965"),
    FilterField("path", "the file and its folders", example="path~/live/"),
    FilterField("loudness", "in LUFS, as measured", "number", "loudness>-14"),
)  # fmt: skip
_RANKED = tuple(
    FilterField(
        trait.name, f"from 0, {trait.low}, to 1, {trait.high}, in this library", "number",
        f"{trait.name}>0.8",
    )
    for trait in TRAITS
    if trait.name not in {field.name for field in _OFTEN}
)  # fmt: skip
_PLAIN = {field.name: field for field in (*_OFTEN, *_RANKED)}
# Names that are understood, but not offered beside their likes.
_ALIASES = {"duration": "length"}
_BOTH = ("genre", "mood", "key")


@dataclass(frozen=True, eq=False)
class WordValues:
    """What tracks say of a field in words, each different value once: tags repeat.

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
    def of(cls, values: Sequence[str | None]) -> WordValues:
        """Sort values out.

        Examples
        --------
        >>> WordValues.of(["rock", None, "rock"]).values
        ('rock', None)
        """
        numbers: dict[str | None, int] = {}
        codes = [numbers.setdefault(value or None, len(numbers)) for value in values]
        return cls(tuple(numbers), np.array(codes, np.int32))

    @cached_property
    def plain(self) -> tuple[str | None, ...]:
        """The values, whatever their case."""
        return tuple(None if value is None else value.casefold() for value in self.values)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers that the values begin with; not a number where they do not."""
        return np.array([_number_in(value or "") for value in self.values], np.float64)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many tracks have each value, of several genres each one, the commonest first."""
        sizes = np.bincount(self.codes, minlength=len(self.values)).tolist()
        found: dict[str, tuple[str, int]] = {}
        for value, size in zip(self.values, sizes, strict=True):
            for part in dict.fromkeys(parts_of(value)) if value else ():
                shown, before = found.get(part.casefold(), (part, 0))
                found[part.casefold()] = (shown, before + size)
        return dict(sorted(found.values(), key=lambda each: (-each[1], each[0])))

    @property
    def told(self) -> Mask:
        """Which tracks have a value."""
        return self.each(lambda value: value is not None)

    def each(self, test: Callable[[str | None], bool]) -> Mask:
        """Return of which tracks the value passes a test, whatever its case."""
        passed = np.fromiter(map(test, self.plain), np.bool_, len(self.plain))
        mask: Mask = passed[self.codes]
        return mask


@dataclass(frozen=True, eq=False)
class NumberValues:
    """What tracks say of a field in numbers.

    Parameters
    ----------
    values
        float64, shape (tracks,); not a number where a track does not tell.
    """

    values: NDArray[np.float64]

    @property
    def told(self) -> Mask:
        """Which tracks have a value."""
        return np.isfinite(self.values)


class FieldValues:
    """What the tracks of a collection tell of each field, sorted out when it is asked for.

    Parameters
    ----------
    collection
        The tracks.
    further
        Returns what models say of the tracks; asked once, for what file tags do not tell.
    """

    def __init__(self, collection: Collection, further: Callable[[], Fields] | None = None) -> None:
        self._collection = collection
        self._further = further
        self._known: dict[str, WordValues | NumberValues] = {}

    def fields(self) -> tuple[FilterField, ...]:
        """Return all that can be asked for, what is asked most first."""
        own = [name for name, values in self._tags.items() if name == "date" or any(values)]
        names = [*_PLAIN, *own, *self._more, *self._alone()]
        found = (self.find(name) for name in dict.fromkeys(names))
        return tuple(field for field in found if field is not None)

    def find(self, name: str) -> FilterField | None:
        """Return the field of a name, ``None`` if there is none."""
        name = _ALIASES.get(name, name)
        if name in _PLAIN:
            return _PLAIN[name]
        side, _, plain = name.partition("_")
        if plain in _BOTH and side in ("file", "heard"):
            said = "as heard" if side == "heard" else "as the file says"
            return FilterField(name, f"{plain}, {said} alone", _PLAIN[plain].kind, f"{name}=*")
        if name in self._tags:
            return FilterField(name, "as the file says", example=f"{name}=*")
        if name in self._more:
            return FilterField(name, "as a model says", example=f"{name}=*")
        return None

    def values(self, name: str) -> WordValues | NumberValues:
        """Return what the tracks tell of a field that there is."""
        name = _ALIASES.get(name, name)
        if name not in self._known:
            self._known[name] = self._sorted_out(name)
        return self._known[name]

    def _sorted_out(self, name: str) -> WordValues | NumberValues:
        if name in _PLAIN and _PLAIN[name].kind in ("number", "length"):
            return NumberValues(self._numbers(name))
        return WordValues.of(self._words(name))

    def _words(self, name: str) -> Sequence[str | None]:
        side, _, plain = name.partition("_")
        if plain in _BOTH and side in ("file", "heard"):
            return self._heard(plain) if side == "heard" else _plain_keys(plain, self._tag(plain))
        if name in _BOTH:
            told = _plain_keys(name, self._tag(name))
            # Models are asked only where a file does not tell.
            heard = (None,) * len(told) if all(told) else self._heard(name)
            return [own or other for own, other in zip(told, heard, strict=True)]
        if name == "path":
            return self._collection.path
        if name == "voice":
            return voice_of(self._collection.tags, self._collection.tag_names)
        return self._tag(name) if name in self._tags else self._more[name]

    def _numbers(self, name: str) -> NDArray[np.float64]:
        count = len(self._collection)
        if name == "length":
            return self._collection.duration.astype(np.float64)
        if name == "year":
            return _as_numbers(year_of(self._collection), count).values
        # A tag of that name first, then what is heard.
        own = _as_numbers(self._tags.get(name) or (), count).values
        return np.where(np.isfinite(own), own, self._heard_numbers(name))

    def _heard_numbers(self, name: str) -> NDArray[np.float64]:
        descriptors = self._collection.descriptors
        traits = [trait.name for trait in TRAITS]
        if name not in traits:
            return _as_numbers(self._heard(name), len(self._collection)).values
        values = measure_traits(descriptors)[:, traits.index(name)]
        if name == "tempo":
            return np.where(descriptors[:, column("tempo_confidence")] >= SURE, values, np.nan)
        return values if name == "loudness" else self._ranks[:, traits.index(name)]

    @cached_property
    def _ranks(self) -> NDArray[np.float64]:
        return Scales.of(self._collection.descriptors).own_ranks

    def _heard(self, name: str) -> Sequence[str | None]:
        if name == "key":
            return tuple(map(key_of, self._collection.descriptors))
        for known in (f"heard_{name}", name):
            if known in self._tags and known != name:
                return self._tags[known]
            if known in self._more:
                return self._more[known]
        return (None,) * len(self._collection)

    def _tag(self, name: str) -> tuple[str | None, ...]:
        return self._tags.get(name) or (None,) * len(self._collection)

    def _alone(self) -> list[str]:
        return [f"{side}_{name}" for side in ("heard", "file") for name in _BOTH]

    @cached_property
    def _tags(self) -> Mapping[str, tuple[str | None, ...]]:
        return {name.casefold(): tuple(told) for name, told in self._collection.metadata.items()}

    @cached_property
    def _more(self) -> Fields:
        return {} if self._further is None else self._further()


def year_of(collection: Collection) -> tuple[str | None, ...]:
    """Return the years of tracks, the first four digits of their dates; empty without dates."""
    fields = {name.casefold(): values for name, values in collection.metadata.items()}
    dates = [fields[name] for name in _DATES if name in fields]
    return tuple(map(_first_year, zip(*dates, strict=True))) if dates else ()


def parts_of(value: str) -> list[str]:
    """Return the values in a value: of several genres each one.

    Examples
    --------
    >>> parts_of("Jazz; Fusion")
    ['Jazz', 'Fusion']
    """
    return [part.strip() for part in _SEPARATORS.split(value) if part.strip()]


def _first_year(dates: tuple[str | None, ...]) -> str | None:
    for date in dates:
        year = re.search(r"(?<!\d)(\d{4})(?!\d)", date or "")
        if year:
            return year[1]
    return None


def _as_numbers(told: Sequence[str | None], count: int) -> NumberValues:
    if not told:
        return NumberValues(np.full(count, np.nan))
    return NumberValues(np.array([_number_in(text or "") for text in told], np.float64))


def _number_in(text: str) -> float:
    """Return the number that a text begins with: a date its year, "3/12" its 3."""
    found = re.match(r"\s*[-+]?\d{1,30}(?:\.\d{1,30})?", text)
    return float(found[0]) if found else np.nan


def _plain_keys(name: str, told: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return keys by their one name; what is no key stays as it is."""
    if name != "key":
        return told
    keys = [read_key(text) if text else None for text in told]
    return tuple(
        key_name(*key) if key else text or None for key, text in zip(keys, told, strict=True)
    )
