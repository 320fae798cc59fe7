"""Playlists that are kept in a library, in a table of their own.

``own-playlists``
    A row a playlist. Nothing that scans or prunes touches it; `Store.repair` takes it back to where
    it is readable, as other tables.

Each change counts on from the one before it: who changes what somebody else has changed meanwhile
begins anew with that, so that two who add tracks at once both have theirs in it. A change is there
as a whole or not at all, in folders and in object stores.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from linernotes.library.errors import LibraryError, LibraryNotFoundError
from linernotes.library.playlists.entries import PlaylistError
from linernotes.library.playlists.queries import SavedQuery
from linernotes.library.playlists.saved_playlist import (
    PlaylistChangedError,
    PlaylistNotFoundError,
    SavedPlaylist,
    check_playlist,
    playlist_rows,
    read_playlist_row,
)
from linernotes.library.rows import OWN
from linernotes.library.store import Store

_TABLE = f"{OWN}playlists"
#: Playlists of a library, at most.
MOST_PLAYLISTS = 20_000
_ID_BYTES = 8
# Small pieces of the table are put together when there are so many.
_MOST_PIECES = 64
# How often somebody else may have been faster.
_TRIES = 50


class Playlists:
    """The playlists of a library.

    Parameters
    ----------
    location
        Of the library: folder or URL. It has to be there when a playlist is kept.
    storage_options
        How to reach an object store; by default the environment tells.

    Examples
    --------
    >>> playlists = Playlists("~/.local/share/linernotes/library")
    >>> made = playlists.create("Blue", tracks=["6019de672b078f62bab146e273277fba"]
    ... )  # doctest: +SKIP
    >>> playlists.get(made.id).name  # doctest: +SKIP
    'Blue'
    """

    def __init__(self, location: str, *, storage_options: Mapping[str, str] | None = None) -> None:
        self._location = location
        self._storage_options = storage_options
        self._lock = threading.RLock()
        self._opened: Store | None = None
        self._known: tuple[int, tuple[SavedPlaylist, ...]] = (0, ())

    def all(self) -> tuple[SavedPlaylist, ...]:
        """Return all playlists by their names.

        Returns
        -------
        tuple of SavedPlaylist
            None where there is no library yet; the same object until something changes.

        Raises
        ------
        LibraryError
            They cannot be read.
        """
        with self._lock:
            try:
                table = self._store().as_it_is(_TABLE)
            except LibraryNotFoundError:
                return ()
            version = 0 if table is None else table.version
            if version != self._known[0]:
                found = self._read(None)
                found.sort(key=lambda each: (each.name.casefold(), each.name, each.id))
                self._known = version, tuple(found)
            return self._known[1]

    def get(self, playlist: str) -> SavedPlaylist:
        """Return a playlist.

        Parameters
        ----------
        playlist
            Its id.

        Returns
        -------
        SavedPlaylist
            As it is now.

        Raises
        ------
        PlaylistNotFoundError
            There is none.
        LibraryError
            It cannot be read.
        """
        found = []
        if 0 < len(playlist) <= 2 * _ID_BYTES and set(playlist) <= set("0123456789abcdef"):
            with self._lock:
                try:
                    found = self._read(playlist)
                except LibraryNotFoundError:
                    found = []
        if not found:
            raise PlaylistNotFoundError("there is no such playlist in this library")
        return max(found, key=lambda each: each.revision)

    def create(
        self,
        name: str,
        *,
        tracks: Sequence[str] = (),
        query: SavedQuery | None = None,
        comment: str = "",
    ) -> SavedPlaylist:
        """Keep a new playlist; when this returns, it is kept.

        Parameters
        ----------
        name
            One of the same name may be there already.
        tracks
            Ids in order.
        query
            What it asks for, if it is a smart one.
        comment
            What is said of it.

        Returns
        -------
        SavedPlaylist
            With its id.

        Raises
        ------
        PlaylistError
            It has no name, or is larger than can be kept.
        LibraryError
            There is no library, or it cannot be written to.
        """
        return self.create_all([(name, tracks)], query=query, comment=comment)[0]

    def create_all(
        self,
        playlists: Sequence[tuple[str, Sequence[str]]],
        *,
        query: SavedQuery | None = None,
        comment: str = "",
    ) -> list[SavedPlaylist]:
        """Keep many new playlists at once.

        Parameters
        ----------
        playlists
            The name and the tracks of each.
        query, comment
            Of all, as in `create`.

        Returns
        -------
        list of SavedPlaylist
            In the same order.

        Raises
        ------
        PlaylistError, LibraryError
            As in `create`; then none is kept.
        """
        now = _now()
        made = [
            SavedPlaylist(
                id=secrets.token_hex(_ID_BYTES),
                name=name.strip(),
                created=now,
                changed=now,
                comment=comment.strip(),
                tracks=tuple(tracks),
                query=query,
            )
            for name, tracks in playlists
        ]
        for each in made:
            check_playlist(each)
        with self._lock:
            store = self._store()
            table = store.as_it_is(_TABLE)
            if (0 if table is None else table.count_rows()) + len(made) > MOST_PLAYLISTS:
                raise PlaylistError(f"a library keeps up to {MOST_PLAYLISTS:,} playlists")
            store.add(_TABLE, playlist_rows(made))
            self._tidy(store)
        return made

    def change(
        self,
        playlist: str,
        *,
        name: str | None = None,
        comment: str | None = None,
        tracks: Sequence[str] | None = None,
        query: SavedQuery | Literal["same"] | None = "same",
        revision: int | None = None,
    ) -> SavedPlaylist:
        """Change a playlist; what is not given stays.

        Parameters
        ----------
        playlist
            Its id.
        name, comment, tracks, query
            As in `create`; ``None`` makes a smart playlist one of the tracks that it has.
        revision
            The state that the change begins with, where it does not go with others.

        Returns
        -------
        SavedPlaylist
            As it is now.

        Raises
        ------
        PlaylistNotFoundError
            There is none.
        PlaylistChangedError
            It is in another state by now.
        PlaylistError, LibraryError
            As in `create`.
        """

        def edit(before: SavedPlaylist) -> SavedPlaylist:
            if revision is not None and before.revision != revision:
                raise PlaylistChangedError(
                    "this playlist was changed meanwhile; look at it and change it again"
                )
            return replace(
                before,
                name=before.name if name is None else name.strip(),
                comment=before.comment if comment is None else comment.strip(),
                tracks=before.tracks if tracks is None else tuple(tracks),
                query=before.query if query == "same" else query,
            )

        return self._edit(playlist, edit)

    def add(self, playlist: str, tracks: Sequence[str], *, at: int | None = None) -> SavedPlaylist:
        """Add tracks to a playlist, whatever others do with it meanwhile.

        Parameters
        ----------
        playlist
            Its id.
        tracks
            Ids in order.
        at
            Before which place; at the end if not given.

        Returns
        -------
        SavedPlaylist
            As it is now.

        Raises
        ------
        PlaylistNotFoundError, PlaylistError, LibraryError
            As in `change`.
        """

        def edit(before: SavedPlaylist) -> SavedPlaylist:
            place = len(before.tracks) if at is None else at
            return replace(before, tracks=(*before.tracks[:place], *tracks, *before.tracks[place:]))

        return self._edit(playlist, edit)

    def remove(self, playlist: str) -> None:
        """Remove a playlist.

        Parameters
        ----------
        playlist
            Its id.

        Raises
        ------
        PlaylistNotFoundError
            There is none.
        LibraryError
            It cannot be written.
        """
        with self._lock:
            known = self.get(playlist)
            self._store().remove(_TABLE, "id", [known.id])

    def _edit(self, playlist: str, edit: Callable[[SavedPlaylist], SavedPlaylist]) -> SavedPlaylist:
        with self._lock:
            store = self._store()
            for _ in range(_TRIES):
                before = self.get(playlist)
                after = replace(edit(before), changed=_now(), revision=before.revision + 1)
                check_playlist(after)
                condition = "source.revision = target.revision + 1"
                if store.replace(_TABLE, "id", playlist_rows([after]), condition):
                    self._tidy(store)
                    return after
            raise LibraryError("others change this playlist all the time; try again later")

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store(
                self._location, create=False, storage_options=self._storage_options
            )
        return self._opened

    def _read(self, playlist: str | None) -> list[SavedPlaylist]:
        only = None if playlist is None else [playlist]
        table = self._store().rows(_TABLE, "id", only)
        names: dict[str, str] = {}  # tracks are in many lists, their ids in memory once
        return [] if table is None else [read_playlist_row(row, names) for row in table.to_pylist()]

    @staticmethod
    def _tidy(store: Store) -> None:
        table = store.as_it_is(_TABLE)
        if table is not None and len(table.get_fragments()) > _MOST_PIECES:
            # Where others write just now, they do it, or the next change does.
            with suppress(LibraryError):
                store.compact(_TABLE)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
