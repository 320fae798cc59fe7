"""What the methods of the protocol work with: the server, and one call of an app."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from linernotes.explore.leaning import LearnedTaste
from linernotes.explore.query import Query
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.authentication import Attempts, PasswordFile
from linernotes.integrations.subsonic.catalog import Catalog, KnownLibrary
from linernotes.integrations.subsonic.parameters import RequestParameters
from linernotes.integrations.subsonic.transcoding import Transcoders
from linernotes.library.covers import Covers
from linernotes.library.playlists import Playlists
from linernotes.library.taste import Opinion, Taste

_MOST_PLAYERS = 100


@dataclass(frozen=True)
class ScanProgress:
    """How far a scan is.

    Parameters
    ----------
    scanning
        Whether one is going on.
    count
        Files that were looked at.
    """

    scanning: bool
    count: int


@dataclass(frozen=True)
class NowPlaying:
    """A track that somebody listens to.

    Parameters
    ----------
    track
        Its id.
    player
        The app.
    since
        Seconds, by `time.monotonic`.
    """

    track: str
    player: str
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, eq=False)
class SubsonicServer:
    """A library that apps may use.

    Parameters
    ----------
    location
        Of the library.
    known
        Returns what is known of it now.
    learned
        Stars, ratings and plays, which apps tell, and what is learned from them.
    playlists
        Those that people keep.
    covers
        Draws covers.
    password
        What apps have to show.
    start_scan
        Starts a scan of what may be scanned, unless one is going on.
    scan_progress
        Tells how far it is.
    leans
        Whether what is similar leans to what is liked, and skips are noted.
    transcoders
        Make other formats.
    """

    location: str
    known: Callable[[], KnownLibrary]
    learned: LearnedTaste
    playlists: Playlists
    covers: Covers
    password: PasswordFile
    start_scan: Callable[[], None]
    scan_progress: Callable[[], ScanProgress]
    leans: bool = False
    transcoders: Transcoders = field(default_factory=Transcoders)
    attempts: Attempts = field(default_factory=Attempts)
    _playing: dict[str, NowPlaying] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _catalogs: list[Catalog] = field(default_factory=list)

    @property
    def taste(self) -> Taste:
        """Stars, ratings, plays and skips."""
        return self.learned.taste

    def catalog(self) -> Catalog:
        """Return the library as apps see it, the same until it changes."""
        known = self.known()
        with self._lock:
            if not self._catalogs or self._catalogs[0].known is not known:
                self._catalogs[:] = [Catalog(known, self.location)]
            return self._catalogs[0]

    def plays(self, player: str, track: str) -> NowPlaying | None:
        """Note what an app plays now, and return what it played before."""
        with self._lock:
            before = self._playing.pop(player, None)
            self._playing[player] = NowPlaying(track, player)
            while len(self._playing) > _MOST_PLAYERS:
                del self._playing[next(iter(self._playing))]
            return before

    def stops(self, player: str, track: str) -> None:
        """Note that an app has played a track to its end."""
        with self._lock:
            if player in self._playing and self._playing[player].track == track:
                del self._playing[player]

    def playing(self) -> list[NowPlaying]:
        """Return what is played now."""
        with self._lock:
            return list(self._playing.values())


@dataclass(frozen=True, eq=False)
class Call:
    """One call of an app.

    Parameters
    ----------
    server
        Whom it calls.
    asked
        Its parameters.
    """

    server: SubsonicServer
    asked: RequestParameters

    @cached_property
    def catalog(self) -> Catalog:
        """The library, for the whole call."""
        return self.server.catalog()

    @cached_property
    def opinions(self) -> Mapping[str, Opinion]:
        """What was said of tracks, albums and artists, by their ids."""
        return self.server.taste.opinions()

    @property
    def player(self) -> str:
        """The name of the app."""
        return (self.asked.text("c") or "app")[:100]

    def leaned(self, query: Query) -> Query:
        """Return a query that leans to what is liked, where that is wanted."""
        if not self.server.leans:
            return query
        return query.leaning(self.server.learned.leaning(self.catalog.explorer))


Method = Callable[[Call], Tree]


def moment(at: datetime | float) -> str:
    """Return a moment as the protocol spells it.

    Examples
    --------
    >>> moment(0.0)
    '1970-01-01T00:00:00.000Z'
    """
    if not isinstance(at, datetime):
        at = datetime.fromtimestamp(at, UTC)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
