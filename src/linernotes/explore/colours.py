"""Columns that the tracks of a map can be coloured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linernotes.display import legible
from linernotes.explore.clusters import Clusters
from linernotes.explore.filter_fields import year_of
from linernotes.explore.layout import MapError
from linernotes.explore.names import file_tag, sort_out
from linernotes.explore.traits import TRAITS, measure_traits

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

#: What models say of tracks, by name.
Fields: TypeAlias = "Mapping[str, Sequence[str | None]]"

#: Answers of models that are no class.
UNSAID = ("not sure", "none of these")

_CLASSES = 250
_NEARLY_ALL = 0.9
_FILE_TAGS = ("genre", "producer", "artist", "album", "mood", "composer", "key")
# Beyond so many tracks the page would grow too large with all that can be coloured by.
_ALL_DESCRIPTORS = 3_000
_ALL_TAGS = 20_000
_MANY_TAGS = 24
_MISSING = {8: 0xFF, 16: 0xFFFF}


@dataclass(frozen=True, eq=False)
class ColourColumn:
    """Something to colour by.

    Parameters
    ----------
    name
        What it is called.
    head
        Its description for the page.
    values
        A number for each track.
    """

    name: str
    head: dict[str, Any]
    values: NDArray[Any]

    @property
    def tells_much(self) -> bool:
        """Whether it tells more than one class of the tracks, and one of many of them."""
        if "classes" not in self.head:
            return False
        told = self.values[self.values != _MISSING[8]]
        most = int(np.bincount(told).max()) if len(told) else 0
        return len(told) >= len(self.values) / 3 and most < _NEARLY_ALL * len(told)


def colours(
    collection: Collection,
    dense: Clusters,
    even: Clusters,
    by: str | None = None,
    *,
    further: Fields | None = None,
) -> list[ColourColumn]:
    """Return all that tracks can be coloured by: file tags, clusters, traits, tags, descriptors.

    Parameters
    ----------
    collection
        The tracks.
    dense, even
        Their clusters.
    by
        What is there in any case; of many tracks, some of the rest is left out.
    further
        What models say of the tracks, as text.
    """
    n = len(collection.path)
    columns = [
        column
        for field in _FILE_TAGS
        if (column := _by_name(field, [file_tag(collection, field, i) for i in range(n)]))
    ]
    columns += [_by_cluster("cluster", dense), _by_cluster("k-means cluster", even)]
    years = np.array([float(year or np.nan) for year in year_of(collection)])
    columns += [_by_number("file", "year", years, "", whole=True)] if len(years) else []
    columns.append(_by_number("file", "duration", collection.duration, "s"))
    traits = measure_traits(collection.descriptors)
    for i, trait in enumerate(TRAITS):
        columns.append(_by_number("measured", trait.name, traits[:, i], trait.unit))
    wanted = (by or "").casefold()
    columns += [_heard(name, told) for name, told in (further or {}).items() if any(told)]
    taken = {column.name for column in columns}  # nothing is there twice
    often = np.argsort(-collection.tags.mean(axis=0), kind="stable") if n else np.zeros(0, int)
    most = set(often[: len(often) if n <= _ALL_TAGS else _MANY_TAGS].tolist())
    for i, name in enumerate(collection.tag_names):
        if name not in taken and (i in most or name.casefold() == wanted):
            percent = 100 * collection.tags[:, i]
            columns.append(_by_number("tags", name, percent, "%", bits=8))
    taken = {column.name for column in columns}
    for i, name in enumerate(_descriptor_names()):
        if name not in taken and (n <= _ALL_DESCRIPTORS or name == wanted):
            columns.append(
                _by_number("descriptors", name, collection.descriptors[:, i], "", bits=8)
            )
    return columns


def check_colour(collection: Collection, by: str, further: Iterable[str] = ()) -> None:
    """See that there is such a colour.

    Raises
    ------
    MapError
        There is not; the sentence says what there is.
    """
    present = [name for name in _FILE_TAGS if any(collection.metadata.get(name) or ())]
    main = [
        *present,
        *further,
        "cluster",
        "k-means cluster",
        "year",
        "duration",
        *(t.name for t in TRAITS),
    ]
    known = {name.casefold() for name in (*main, *collection.tag_names, *_descriptor_names())}
    if by.casefold() not in known:
        raise MapError(
            f"there is nothing to colour by that is called {by!r}; "
            f"choose from {', '.join(main)}, a tag or a descriptor"
        )


def numbers_of(told: Sequence[str | None]) -> NDArray[np.float64] | None:
    """Return texts as numbers, not a number where there is none; ``None`` if they are words."""
    try:
        return np.array([np.nan if text is None else float(text) for text in told], np.float64)
    except ValueError:
        return None


def ends_of_ramp(values: NDArray[np.floating[Any]]) -> dict[str, float]:
    """Return what is "pale" and what is "strong" among numbers; the few beyond are no more so.

    Examples
    --------
    >>> ends_of_ramp(np.array([np.nan, *range(101)]))
    {'pale': 2.0, 'strong': 98.0}
    """
    known = values[np.isfinite(values)] if np.isfinite(values).any() else np.zeros(1)
    pale, strong = np.percentile(known, [2, 98]).tolist()
    return {"pale": _short(pale), "strong": _short(strong)}


def _heard(name: str, told: Sequence[str | None]) -> ColourColumn:
    values = numbers_of(told)
    if values is not None:
        return _by_number("tags", name, values, "")
    names, labels = sort_out([None if each in UNSAID else each for each in told])
    return _classes(name, names, labels, "tags")


def _by_name(field: str, values: Sequence[str | None]) -> ColourColumn | None:
    names, labels = sort_out(values)
    return _classes(field, names, labels, "file") if names else None


def _by_cluster(name: str, clusters: Clusters) -> ColourColumn:
    return _classes(name, clusters.names, clusters.labels, "found")


def _classes(
    name: str, names: Sequence[str], labels: NDArray[np.int32], group: str
) -> ColourColumn:
    shown = [legible(each) for each in names[:_CLASSES]]
    if len(names) > _CLASSES:
        shown.append("others")
        labels = np.minimum(labels, _CLASSES)
    values = np.where(labels < 0, 0xFF, labels).astype(np.uint8)
    head = {"name": name, "group": group, "bits": 8, "classes": shown}
    return ColourColumn(name, head, values)


def _by_number(
    group: Literal["file", "measured", "tags", "descriptors"],
    name: str,
    values: NDArray[np.floating[Any]],
    unit: str,
    *,
    bits: Literal[8, 16] = 16,
    whole: bool = False,
) -> ColourColumn:
    exact = values.astype(np.float64)
    finite = np.isfinite(exact)
    known = exact[finite] if finite.any() else np.zeros(1)
    low, high = float(known.min()), float(known.max())
    top = _MISSING[bits] - 1
    share = np.where(finite, (exact - low) / ((high - low) or 1.0), 0.0)
    stored = np.where(finite, np.rint(share * top), _MISSING[bits])
    head = {
        "name": name, "group": group, "bits": bits, "unit": unit, "whole": whole,
        "low": _short(low), "high": _short(high), **ends_of_ramp(exact),
    }  # fmt: skip
    return ColourColumn(name, head, stored.astype("u1" if bits == 8 else "<u2"))


def _descriptor_names() -> tuple[str, ...]:
    from linernotes.features import names

    return names("descriptors")


def _short(number: float) -> float:
    return float(f"{number:.6g}")
