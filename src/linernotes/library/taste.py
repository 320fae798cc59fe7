"""What a person likes in a library: stars, ratings, plays and skips, kept in a table of its own.

``own-taste``
    A row an event, in the order in which they came. Nothing that scans or prunes touches it.

Events are appended beside whatever else is written to the library, also while a scan runs. A play
that is reported twice counts once: two of one track within half a minute are the same.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from linernotes.errors import LinernotesError
from linernotes.library.errors import LibraryError, LibraryNotFoundError
from linernotes.library.rows import OWN
from linernotes.library.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

Action = Literal["star", "unstar", "rate", "play", "skip"]

_TABLE = f"{OWN}taste"
_ACTIONS = frozenset(get_args(Action))
_LONGEST_ITEM = 200
# Milliseconds between two plays of one track that are not the same play told twice.
_SAME_PLAY = 30_000
# Small pieces of the table are put together when there are so many.
_MOST_PIECES = 64
# Seconds for which nobody looks whether another process has written events.
_LOOK = 2.0
# How many plays, less two for a skip, make a liking half of what it can be.
_OFTEN = 4.0
_MOST_FROM_PLAYS = 0.5


class TasteError(LinernotesError):
    """What was said of a track cannot be kept."""

    code = "taste"


@dataclass(frozen=True)
class TasteEvent:
    """A thing that a person did with a track, an album or an artist.

    Parameters
    ----------
    item
        Its id.
    action
        ``"star"``, ``"unstar"``, ``"rate"``, ``"play"`` or ``"skip"``.
    rating
        Of ``"rate"``: 1 to 5, or 0 to take it back.
    at
        When, by default now.

    Examples
    --------
    >>> TasteEvent("6019de672b078f62bab146e273277fba", "rate", rating=5).rating
    5
    """

    item: str
    action: Action
    rating: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if self.action not in _ACTIONS:
            raise TasteError(f"nothing is known of {str(self.action)[:40]!r}")
        if not 0 <= self.rating <= 5:
            raise TasteError("a rating is 1 to 5, or 0 to take it back")
        if not 0 < len(self.item) <= _LONGEST_ITEM or not self.item.isascii():
            raise TasteError("that is no id of a track")


@dataclass(frozen=True)
class Opinion:
    """What a person has said of a track, an album or an artist so far.

    Parameters
    ----------
    starred
        Since when it is, or ``None``.
    rating
        1 to 5, 0 for none.
    plays, skips
        How often it was played, and skipped.
    played
        When it was last played.
    """

    starred: datetime | None = None
    rating: int = 0
    plays: int = 0
    skips: int = 0
    played: datetime | None = None

    @property
    def liking(self) -> float:
        """How much it is liked, from -1 to 1: said by stars and ratings, else guessed by plays."""
        said = [1.0] * (self.starred is not None) + [(self.rating - 3) / 2] * (self.rating > 0)
        if said:
            return sum(said) / len(said)
        return _MOST_FROM_PLAYS * math.tanh((self.plays - 2 * self.skips) / _OFTEN)


class Taste:
    """The stars, ratings, plays and skips of a library.

    Parameters
    ----------
    location
        Of the library: folder or URL. It has to be there when something is kept.

    Examples
    --------
    >>> taste = Taste("~/.local/share/linernotes/library")
    >>> taste.keep([TasteEvent("6019de672b078f62bab146e273277fba", "star")])  # doctest: +SKIP
    >>> taste.opinions()["6019de672b078f62bab146e273277fba"].liking  # doctest: +SKIP
    1.0
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._lock = threading.Lock()
        self._opened: Store | None = None
        self._known: tuple[int, Mapping[str, Opinion]] = (-1, {})
        self._next_look = 0.0

    def opinions(self) -> Mapping[str, Opinion]:
        """Return what was said of tracks, albums and artists, by their ids.

        Returns
        -------
        mapping of str to Opinion
            The same object until something changes; none where there is no library yet.

        Raises
        ------
        LibraryError
            It cannot be read.
        """
        if time.monotonic() < self._next_look:
            return self._known[1]
        with self._lock:
            try:
                return self._look()
            except LibraryNotFoundError:
                return {}

    def counts(self) -> dict[str, int]:
        """Return how much is known.

        Returns
        -------
        dict of str to int
            The number of ``stars``, ``ratings``, ``plays`` and ``skips``.

        Raises
        ------
        LibraryError
            It cannot be read.
        """
        opinions = self.opinions().values()
        return {
            "stars": sum(opinion.starred is not None for opinion in opinions),
            "ratings": sum(opinion.rating > 0 for opinion in opinions),
            "plays": sum(opinion.plays for opinion in opinions),
            "skips": sum(opinion.skips for opinion in opinions),
        }

    def keep(self, events: Sequence[TasteEvent]) -> None:
        """Add events; when this returns, they are kept.

        Parameters
        ----------
        events
            In the order in which they happened.

        Raises
        ------
        LibraryError
            There is no library, or it cannot be written to.
        """
        if not events:
            return
        with self._lock:
            self._look()
            store = self._store()
            store.add(_TABLE, _rows(events))
            table = store.as_it_is(_TABLE)
            if table is not None and len(table.get_fragments()) > _MOST_PIECES:
                # Where others write just now, they do it, or the next event does.
                with suppress(LibraryError):
                    store.compact(_TABLE)
            self._look()

    def forget(self) -> None:
        """Forget everything, so that nothing of it stays on the disk.

        Raises
        ------
        LibraryError
            It cannot be written.
        """
        with self._lock:
            store = self._store()
            if store.names(_TABLE):
                store.drop(_TABLE)
            self._look()

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store(self._location, create=False)
        return self._opened

    def _look(self) -> Mapping[str, Opinion]:
        """Read the events, unless nothing has changed."""
        store = self._store()
        version = 0
        if store.names(_TABLE):
            table = store.as_it_is(_TABLE)
            version = 0 if table is None else table.version
        else:
            self._opened = None  # it may know a table that another process has deleted
        if version != self._known[0]:
            self._known = version, _opinions(store) if version else {}
        self._next_look = time.monotonic() + _LOOK
        return self._known[1]


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("item", pa.string(), nullable=False),
            pa.field("action", pa.string(), nullable=False),
            pa.field("rating", pa.int8(), nullable=False),
            pa.field("at", pa.int64(), nullable=False),  # milliseconds since 1970
        ]
    )


def _rows(events: Sequence[TasteEvent]) -> pa.Table:
    import pyarrow as pa

    rows = [
        {"item": e.item, "action": e.action, "rating": e.rating, "at": _milliseconds(e.at)}
        for e in events
    ]
    return pa.Table.from_pylist(rows, schema=_schema())


def _opinions(store: Store) -> Mapping[str, Opinion]:
    columns = ("item", "action", "rating", "at")
    rows: list[tuple[str, str, int, int]] = []
    for batch in store.batches(_TABLE, columns):
        rows += zip(*(batch[name].to_pylist() for name in columns), strict=True)
    rows.sort(key=lambda row: row[3])  # of those at the same moment, the later row counts
    opinions: dict[str, Opinion] = {}
    last_play: dict[str, int] = {}
    for item, action, rating, at in rows:
        before = opinions.get(item, Opinion())
        if action == "play":
            if at - last_play.get(item, -_SAME_PLAY) < _SAME_PLAY:
                continue
            last_play[item] = at
            opinions[item] = replace(before, plays=before.plays + 1, played=_moment(at))
        elif action == "skip":
            opinions[item] = replace(before, skips=before.skips + 1)
        elif action == "rate":
            opinions[item] = replace(before, rating=rating)
        else:
            since = (before.starred or _moment(at)) if action == "star" else None
            opinions[item] = replace(before, starred=since)
    return opinions


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
