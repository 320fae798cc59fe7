"""The library in memory, ready to be looked at, and renewed when it has grown.

A page is answered from what is in memory: the explorer that the library keeps, and what pages
tell of it. When the library's tables have changed, they are read again beside that, and take the
place of what was known when they are complete.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import LinernotesError
from linernotes.explore import Explorer, Library
from linernotes.explore.albums import AlbumCatalog, read_albums
from linernotes.explore.discover import SLIDERS, discover
from linernotes.explore.filter_fields import year_of
from linernotes.explore.filters import Filters
from linernotes.explore.names import plain, shown_artist, shown_title
from linernotes.explore.traits import SURE, column, key_of
from linernotes.features.sets import find_set
from linernotes.learning.certainty import NONE_OF_THESE
from linernotes.library import Collection, Status
from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names, versions
from linernotes.library.errors import LibraryNotFoundError
from linernotes.library.labels import TrackLabels
from linernotes.library.location import is_url
from linernotes.library.store import Store
from linernotes.library.tag_names import FIELDS
from linernotes.library.track_files import TrackFile

Indices = NDArray[np.intp]

# Seconds between two looks whether something changed; more where reading takes long.
_LOOK = 2.0
_LOOK_FAR = 60.0
_REST = 10.0

_UNSAID = ("not sure", NONE_OF_THESE)

# Rows of tracks that hold the same recording, and the files of tracks by their ids.
Duplicates = tuple[list[tuple[int, ...]], Mapping[str, tuple[TrackFile, ...]]]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The contents of the library at a moment.

    Parameters
    ----------
    explorer
        Finds what sounds alike.
    status
        Counts and failures.
    labels
        What people called tracks themselves, at any moment.
    """

    explorer: Explorer
    status: Status
    labels: TrackLabels
    _asking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def collection(self) -> Collection:
        """The tracks."""
        return self.explorer.collection

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each track, by its id."""
        return {track: i for i, track in enumerate(self.collection.track_id)}

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The caption of each track."""
        return tuple(shown_title(self.collection, i) for i in range(len(self.collection)))

    @cached_property
    def artists(self) -> tuple[str | None, ...]:
        """Whose each track is."""
        return tuple(shown_artist(self.collection, i) for i in range(len(self.collection)))

    @cached_property
    def years(self) -> tuple[int | None, ...]:
        """When each track was made."""
        told = year_of(self.collection) or (None,) * len(self.collection)
        return tuple(None if year is None else int(year) for year in told)

    @cached_property
    def tempi(self) -> NDArray[np.float32]:
        """Beats per minute of each track, 0 where there are none or they are doubtful."""
        descriptors = self.collection.descriptors
        sure = descriptors[:, column("tempo_confidence")] >= SURE
        tempi: NDArray[np.float32] = np.where(sure, descriptors[:, column("tempo")], 0)
        return tempi

    @property
    def own_labels(self) -> tuple[str | None, ...]:
        """What each track was called by people here."""
        given = self.labels.by_track()
        return tuple(map(given.get, self.collection.track_id))

    @property
    def heard(self) -> Mapping[str, Sequence[str | None]]:
        """Answers of models on all tracks, by name; asked for once."""
        with self._asking:
            return self.explorer.heard

    def heard_as(self, name: str) -> Sequence[str | None]:
        """Return what models say of all tracks, whatever file tags there are of the same name.

        Parameters
        ----------
        name
            Such as ``"genre"``.

        Returns
        -------
        sequence of str or None
            One for each track.
        """
        heard = self.heard
        return heard.get(f"heard_{name}") or heard.get(name) or (None,) * len(self.collection)

    @cached_property
    def albums(self) -> AlbumCatalog:
        """The albums and artists."""
        return read_albums(self.collection)

    @cached_property
    def keys(self) -> tuple[str | None, ...]:
        """The key of each track, where it is not doubtful."""
        return tuple(key_of(row) for row in self.collection.descriptors)

    @cached_property
    def _found_duplicates(self) -> list[Duplicates]:
        return []

    def duplicates(self, find: Callable[[], Duplicates]) -> Duplicates:
        """Return the recordings that are there more than once, found once."""
        with self._asking:
            if not self._found_duplicates:
                self._found_duplicates.append(find())
            return self._found_duplicates[0]

    @property
    def filters(self) -> Filters:
        """Filters on file tags and on what is heard."""
        return self.explorer.filters

    @cached_property
    def _texts(self) -> list[str]:
        told = [self.collection.metadata.get(field) for field in ("album", "genre")]
        return [
            plain(" ".join(filter(None, (
                self.titles[i], self.artists[i], *(field[i] for field in told if field),
                self.collection.path[i],
            ))))
            for i in range(len(self.collection))
        ]  # fmt: skip

    @cached_property
    def _orders(self) -> dict[str, tuple[Indices, int]]:
        return {}

    def found(self, text: str, where: str) -> NDArray[np.bool_]:
        """Return which tracks have all words of a text, and pass a filter; shape (tracks,).

        Raises
        ------
        FilterError
            The filter cannot be understood.
        """
        found = np.ones(len(self.collection), np.bool_)
        if where.strip():
            found &= self.filters.select(where)
        for word in plain(text).split():
            texts = self._texts
            found &= np.fromiter((word in each for each in texts), np.bool_, len(texts))
        return found

    def order(self, by: str, *, descending: bool = False) -> Indices:
        """Return all tracks sorted by a field; those that do not tell come last."""
        if by not in self._orders:
            values = self._values(by)
            told = [i for i, value in enumerate(values) if value is not None]
            rest = [i for i, value in enumerate(values) if value is None]
            told.sort(key=values.__getitem__)  # type: ignore[arg-type]
            self._orders[by] = np.array([*told, *rest], np.intp), len(told)
        order, count = self._orders[by]
        if not descending:
            return order
        return np.concatenate([order[:count][::-1], order[count:]])

    def _values(self, by: str) -> Sequence[str | float | None]:
        if by == "duration":
            return list(map(float, self.collection.duration))
        if by == "tempo":
            return [tempo or None for tempo in self.tempi.tolist()]
        if by == "year":
            return list(self.years)
        if by == "energy":
            return [float(told) if told else None for told in self.heard_as(by)]
        texts = {
            "path": self.collection.path, "title": self.titles, "artist": self.artists,
            "key": self.keys,
        }  # fmt: skip
        if by in ("heard_genre", "heard_mood"):
            # What is not sure, or none of these, comes last.
            return [None if each in _UNSAID else each for each in self.heard_as(by[6:])]
        values = texts.get(by) or self.collection.metadata.get(by) or (None,) * len(self.collection)
        return [plain(text) if text else None for text in values]


class LibraryCache:
    """Keeps a library at hand.

    Parameters
    ----------
    library
        Which one; it may be made later, by a scan.
    networks
        An installed network that says where words are, of the tracks that it has heard; several
        say what is alike as well.
    """

    def __init__(self, library: Library, *, networks: Sequence[str] = ()) -> None:
        self.library = library
        self.networks = tuple(networks)
        self._told: Explorer | None = None
        self.labels = TrackLabels(library.location)
        self._lock = threading.Lock()
        self._known: Snapshot | None = None
        self._next_look = 0.0
        self._reading = threading.Event()

    def now(self) -> Snapshot:
        """Return what the library holds; what was added in the last seconds may be missing.

        Raises
        ------
        LibraryError
            It cannot be read.
        """
        known = self._known
        if known is None:
            return self.refresh()
        if time.monotonic() >= self._next_look and not self._reading.is_set():
            self._reading.set()
            threading.Thread(target=self._renew, name="shelf", daemon=True).start()
        return known

    def refresh(self, *, prepare: bool = False) -> Snapshot:
        """Read the library, unless nothing has changed, and return what it holds.

        Parameters
        ----------
        prepare
            Keep what was known until everything that visitors may ask is known of the new.

        Returns
        -------
        Snapshot
        """
        with self._lock:
            started = time.monotonic()
            try:
                explorer = self.library.explorer()
                if self._known is None or explorer is not self._told:
                    heard = heard_by(self.library, explorer, self.networks)
                    found = Snapshot(heard, self.library.status(), self.labels)
                    if prepare:
                        _prepare(found)
                    self._known, self._told = found, explorer
            except LibraryNotFoundError:
                self._known = _nothing(self.library, self.labels)
            taken = time.monotonic() - started
            look = _LOOK_FAR if is_url(self.library.location) else _LOOK
            self._next_look = time.monotonic() + max(look, _REST * taken)
            return self._known

    def warm(self) -> None:
        """Do beforehand what the first visitor would have to wait for."""
        try:
            _prepare(self.refresh())
        except LinernotesError:
            return  # whoever asks is told

    def _renew(self) -> None:
        try:
            self.refresh(prepare=True)
        except LinernotesError:
            # What was known is still better than nothing.
            self._next_look = time.monotonic() + _LOOK_FAR
        finally:
            self._reading.clear()


def heard_by(library: Library, explorer: Explorer, networks: Sequence[str]) -> Explorer:
    """Return a library as installed networks hear it, or as it is until they have heard it."""
    if not networks:
        return explorer
    from linernotes.explore.network_ears import with_networks
    from linernotes.library.network_tables import NotHeardError

    try:
        return with_networks(Store(library.location, create=False), explorer, networks)
    except NotHeardError:
        return explorer


def _prepare(known: Snapshot) -> None:
    """Do beforehand what the first visitor would have to wait for."""
    if len(known.collection):
        _ = known.places, known.titles, known.artists, known.years, known.tempi, known.keys
        _ = known.heard, known.albums
        known.order("artist")
        known.found("a", "")
        _ = known.explorer.space, known.explorer.scales
        discover(
            known.explorer, words="bright", wishes={**dict.fromkeys(SLIDERS, 0), "voice": "no"}
        )


def _nothing(library: Library, labels: TrackLabels) -> Snapshot:
    """Return what there is before the first scan."""
    collection = Collection(
        track_id=(),
        path=(),
        metadata=dict.fromkeys(FIELDS, ()),
        duration=np.zeros(0, np.float32),
        embedding=np.zeros((0, EMBEDDING_LENGTH), np.float32),
        tags=np.zeros((0, len(tag_names())), np.float32),
        tag_names=tag_names(),
        descriptors=np.zeros((0, len(find_set("descriptors").names)), np.float32),
    )
    status = Status(
        library=library.location, tracks=0, analysed=0, failures=(), missing=0, duplicates=0,
        versions=versions(), size=0, files=0,
    )  # fmt: skip
    return Snapshot(Explorer(collection), status, labels)
