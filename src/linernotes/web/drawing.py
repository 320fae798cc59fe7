"""The map for the page: laid out once in a process of its own, kept, and told in columns.

Numbers go to the page as arrays of float32 in little-endian order, NaN where something is not
known; classes as uint16, 65535 for none. A description in JSON comes before them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import linernotes
from linernotes.engine import run_as_finished
from linernotes.errors import Failure
from linernotes.explore import Explorer, Library
from linernotes.explore.colours import UNSAID, ends_of_ramp, numbers_of
from linernotes.explore.names import file_tag, sort_out
from linernotes.explore.traits import TRAITS, measure_traits
from linernotes.files import atomic_path
from linernotes.library.analyses import versions
from linernotes.library.labels import LABEL_FIELD
from linernotes.web.errors import NoMapError, NotThereError
from linernotes.web.jobs import Job
from linernotes.web.library_cache import LibraryCache, Snapshot, heard_by

Group = Literal["own", "file", "found", "measured", "tags", "descriptors"]

FEWEST = 3

_NO_CLASS = 0xFFFF
_FILE_TAGS = ("genre", "artist", "album", "mood", "producer", "composer", "key")
_CLUSTERS = ("cluster", "k-means cluster")
_TICK = 0.25
_TIMEOUT = 3600.0
_MEMORY = 8 * 2**30


@dataclass(frozen=True, eq=False)
class Drawn:
    """A map that was laid out.

    Parameters
    ----------
    key
        What it was made of: it changes with the tracks and with how they are analysed.
    track_id
        The tracks on it.
    places
        float32, shape (tracks, 2), from 0 to 1 along the longer side.
    clusters
        By the names of `_CLUSTERS`: the cluster of each track, -1 for none, and the names.
    """

    key: str
    track_id: tuple[str, ...]
    places: NDArray[np.float32]
    clusters: dict[str, tuple[NDArray[np.int32], tuple[str, ...]]]


@dataclass(frozen=True)
class MapOrder:
    """A map that a process is to draw, the folder to keep it in, and who hears what is alike."""

    library: str
    folder: str
    networks: tuple[str, ...] = ()


def key_of_map(explorer: Explorer) -> str:
    """Return what changes whenever a map of these tracks would.

    Examples
    --------
    >>> from linernotes import Library
    >>> key_of_map(Library().explorer())  # doctest: +SKIP
    '5f0c…'
    """
    digest = hashlib.sha256(json.dumps([linernotes.__version__, versions()]).encode())
    for track in sorted(explorer.collection.track_id):
        digest.update(track.encode() + b"\n")
    if explorer.networks is not None:
        digest.update(explorer.networks.identity)
    return digest.hexdigest()[:32]


def draw(order: MapOrder) -> str:
    """Lay out the map of a library and keep it, in a process of its own; returns its key."""
    from linernotes.explore.map import make_map

    library = Library(order.library)
    explorer = heard_by(library, library.explorer(), order.networks)
    made = make_map(explorer)
    key = key_of_map(explorer)
    Path(order.folder).mkdir(parents=True, exist_ok=True)
    target = Path(order.folder) / f"{key}.npz"
    with atomic_path(target, durable=False) as part, part.open("wb") as file:
        np.savez(
            file,
            track_id=np.array(explorer.collection.track_id, dtype=np.str_),
            places=made.places,
            dense=made.dense.labels,
            dense_names=np.array(made.dense.names, dtype=np.str_),
            even=made.even.labels,
            even_names=np.array(made.even.names, dtype=np.str_),
        )
    return key


class Maps:
    """The maps of a library, and where they are kept.

    Parameters
    ----------
    shelf
        The library.
    folder
        Where maps are kept; they are made again if it is emptied.
    """

    def __init__(self, shelf: LibraryCache, folder: Path) -> None:
        self._shelf = shelf
        self._folder = folder
        self.last: Drawn | None = None

    def fresh(self) -> Drawn | None:
        """Return the map of what the library holds now, if there is one."""
        key = key_of_map(self._shelf.now().explorer)
        return self.find(key) if key != getattr(self.last, "key", None) else self.last

    def latest(self) -> Drawn:
        """Return the map that was found or made last.

        Raises
        ------
        NotThereError
            There is none.
        """
        drawn = self.fresh() or self.last
        if drawn is None:
            raise NotThereError("the map has not been drawn yet")
        return drawn

    def find(self, key: str) -> Drawn | None:
        """Return a map that is kept, or ``None``."""
        path = self._folder / f"{key}.npz"
        try:
            with np.load(path, allow_pickle=False) as kept:
                self.last = Drawn(
                    key,
                    tuple(kept["track_id"].tolist()),
                    kept["places"],
                    {
                        name: (kept[field], tuple(kept[f"{field}_names"].tolist()))
                        for name, field in zip(_CLUSTERS, ("dense", "even"), strict=True)
                    },
                )
        except (OSError, ValueError, KeyError, EOFError):
            return None
        return self.last

    def make(self, job: Job) -> None:
        """Draw the map in a process of its own, and tell the job."""
        if not job.begin():
            return
        job.tell(phase="drawing", tracks=len(self._shelf.now().collection))
        shelf = self._shelf
        order = MapOrder(shelf.library.location, str(self._folder), shelf.networks)
        outcomes = run_as_finished(
            draw, [order], workers=1, timeout=_TIMEOUT, memory=_MEMORY, tick=_TICK
        )
        try:
            for outcome in outcomes:
                if outcome is not None and outcome.value is not None:
                    self.find(outcome.value)
                    self._clear(outcome.value)
                    job.finish({"key": outcome.value})
                elif outcome is not None:
                    job.fail(Failure.of("the map", outcome.error))
                elif job.unwanted.is_set():
                    job.stop()
                    return
        finally:
            outcomes.close()  # type: ignore[attr-defined]

    def check(self) -> None:
        """See that there is something to draw.

        Raises
        ------
        NoMapError
            There is too little.
        """
        count = len(self._shelf.now().collection)
        if count < FEWEST:
            raise NoMapError(f"a map needs {FEWEST} analysed tracks, and there are {count}; scan")

    def _clear(self, key: str) -> None:
        """Remove what is older than the last few maps."""
        kept = sorted(self._folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)
        for path in kept[5:]:
            if path.stem != key:
                path.unlink(missing_ok=True)


def list_columns(known: Snapshot) -> list[dict[str, str]]:
    """Return all that the map can be coloured by."""
    from linernotes.features import names

    collection = known.collection
    listed: list[tuple[Group, str, str]] = []
    if known.labels.by_track():
        listed.append(("own", LABEL_FIELD, ""))
    listed += [
        ("file", field, "") for field in _FILE_TAGS if any(collection.metadata.get(field) or ())
    ]
    listed += [("found", name, "") for name in _CLUSTERS]
    if any(year is not None for year in known.years):
        listed.append(("file", "year", ""))
    listed.append(("file", "duration", "s"))
    listed += [("tags", name, "") for name, told in known.heard.items() if any(told)]
    listed += [("measured", trait.name, trait.unit) for trait in TRAITS]
    listed += [("tags", name, "%") for name in collection.tag_names]
    listed += [("descriptors", name, "") for name in names("descriptors")]
    once = {name: (group, name, unit) for group, name, unit in reversed(listed)}
    return [
        {"group": group, "name": name, "unit": unit}
        for group, name, unit in listed
        if once[name] == (group, name, unit)
    ]


def column_of(drawn: Drawn, known: Snapshot, group: str, name: str) -> bytes:
    """Return a column of the map: its description, and a value for each track.

    Parameters
    ----------
    drawn
        The map.
    known
        What the library holds.
    group, name
        One of `list_columns`.

    Returns
    -------
    bytes
        The length of the description as uint32, the description in JSON, filled up to a
        multiple of four bytes, and the values.

    Raises
    ------
    NotThereError
        There is no such column.
    """
    entry = next(
        (each for each in list_columns(known) if (each["group"], each["name"]) == (group, name)),
        None,
    )
    if entry is None:
        raise NotThereError("the map cannot be coloured by that")
    rows = np.array([known.places.get(track, -1) for track in drawn.track_id], np.intp)
    if group == "found":
        labels, names = drawn.clusters[name]
        return _with_head({**entry, "classes": list(names)}, _as_classes(labels))
    if group == "own":
        given = known.labels.by_track()
        names, labels = sort_out([given.get(track) for track in drawn.track_id])
        return _with_head({**entry, "classes": list(names)}, _as_classes(labels))
    if group == "file" and name in _FILE_TAGS:
        told = [None if i < 0 else file_tag(known.collection, name, int(i)) for i in rows]
        names, labels = sort_out(told)
        return _with_head({**entry, "classes": list(names)}, _as_classes(labels))
    if group == "tags" and name in known.heard:
        heard = [None if i < 0 else known.heard[name][i] for i in rows]
        numbers = numbers_of(heard)
        if numbers is not None:
            return _as_numbers(entry, numbers)
        names, labels = sort_out([None if each in UNSAID else each for each in heard])
        return _with_head({**entry, "classes": list(names)}, _as_classes(labels))
    values = _numbers(known, group, name)
    return _as_numbers(entry, np.where(rows < 0, np.nan, values[rows]))


def _numbers(known: Snapshot, group: str, name: str) -> NDArray[np.floating[Any]]:
    from linernotes.features import names

    collection = known.collection
    if group == "measured":
        which = [trait.name for trait in TRAITS].index(name)
        return measure_traits(collection.descriptors)[:, which]
    if group == "tags":
        percent: NDArray[np.float32] = 100 * collection.tags[:, collection.tag_names.index(name)]
        return percent
    if group == "descriptors":
        column: NDArray[np.float32] = collection.descriptors[:, names("descriptors").index(name)]
        return column
    if name == "year":
        return np.array([np.nan if year is None else year for year in known.years])
    return collection.duration


def _as_classes(labels: NDArray[np.int32]) -> NDArray[np.uint16]:
    return np.where((labels < 0) | (labels >= _NO_CLASS), _NO_CLASS, labels).astype("<u2")


def _as_numbers(entry: dict[str, str], values: NDArray[np.floating[Any]]) -> bytes:
    head = {**entry, "whole": entry["name"] == "year", **ends_of_ramp(values)}
    return _with_head(head, values.astype("<f4"))


def _with_head(head: dict[str, Any], values: NDArray[Any]) -> bytes:
    told = json.dumps(head).encode("ascii")
    told += b" " * (-len(told) % 4)
    return len(told).to_bytes(4, "little") + told + values.tobytes()
