"""Playlists of a library: those that are a question are asked anew, all name their tracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from linernotes.explore.discover import discover
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.explore.names import file_tag, shown_artist
from linernotes.library.playlists.entries import PlaylistEntry
from linernotes.library.playlists.saved_playlist import PlaylistNotFoundError

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer
    from linernotes.explore.library import Library
    from linernotes.explore.query import Match
    from linernotes.library.collection import Collection
    from linernotes.library.playlists.queries import SavedQuery
    from linernotes.library.playlists.saved_playlist import SavedPlaylist


def answer(explorer: Explorer, query: SavedQuery) -> tuple[Match, ...]:
    """Ask what a smart playlist asks.

    Parameters
    ----------
    explorer
        Of the library.
    query
        The question.

    Returns
    -------
    tuple of Match
        Best first.

    Raises
    ------
    TrackNotFoundError, FilterError, WishError
        It cannot be asked of this library.
    """
    return discover(
        explorer,
        words=query.words, tracks=query.tracks, unlike=query.unlike, artists=query.artists,
        unlike_artists=query.unlike_artists, wishes=query.wishes, where=query.where, n=query.n,
        per_artist=query.per_artist,
    ).matches  # fmt: skip


def refresh_playlist(
    library: Library, playlist: str, *, explorer: Explorer | None = None
) -> SavedPlaylist:
    """Ask a smart playlist anew, and keep the answer.

    Parameters
    ----------
    library
        Where it is kept.
    playlist
        Its id.
    explorer
        Of the library, where one is at hand.

    Returns
    -------
    SavedPlaylist
        As it is now; one that is not smart stays as it is, and so does one whose answer is the
        same.

    Raises
    ------
    PlaylistNotFoundError
        There is none.
    TrackNotFoundError, FilterError, WishError
        It cannot be asked of this library; its tracks stay.
    """
    known = library.playlists.get(playlist)
    if known.query is None:
        return known
    explorer = explorer or library.explorer()
    tracks = tuple(match.track_id for match in answer(explorer, known.query))
    if tracks == known.tracks:
        return known
    return library.playlists.change(known.id, tracks=tracks)


def find_playlist(library: Library, name: str) -> SavedPlaylist:
    """Return a playlist by its id or its name, whatever the case.

    Parameters
    ----------
    library
        Where it is kept.
    name
        Of the playlist.

    Returns
    -------
    SavedPlaylist
        The only one that is called so.

    Raises
    ------
    PlaylistNotFoundError
        There is none, or there are several of that name.
    """
    every = library.playlists.all()
    plain = name.casefold()
    for found in (
        [each for each in every if each.id == name],
        [each for each in every if each.name == name],
        [each for each in every if each.name.casefold() == plain],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(each.id for each in found[:5])
            raise PlaylistNotFoundError(
                f"there are {len(found)} playlists called {name!r}: name one by its id ({ids})"
            )
    raise PlaylistNotFoundError(f"there is no playlist {name!r} in this library")


def entries_of(collection: Collection, playlist: SavedPlaylist) -> tuple[PlaylistEntry, ...]:
    """Return the tracks of a playlist, as playlists in files hold them.

    Parameters
    ----------
    collection
        The tracks of the library.
    playlist
        Which.

    Returns
    -------
    tuple of PlaylistEntry
        In order; without tracks that the library does not have any more.
    """
    rows = {track: row for row, track in enumerate(collection.track_id)}
    known = [rows[track] for track in playlist.tracks if track in rows]
    return tuple(
        PlaylistEntry(
            collection.path[i],
            float(collection.duration[i]),
            shown_artist(collection, i),
            file_tag(collection, "title", i),
            file_tag(collection, "album", i),
            file_tag(collection, "musicbrainz_recordingid", i),
        )
        for i in known
    )


def track_ids(library: Library, names: Sequence[str]) -> list[str]:
    """Return the ids of tracks that are named by their ids or files.

    Parameters
    ----------
    library
        Which.
    names
        Ids, beginnings of ids, or paths.

    Returns
    -------
    list of str
        In the same order.

    Raises
    ------
    TrackNotFoundError
        One of them is not in the library.
    """
    explorer = library.explorer()
    found = []
    for name in names:
        try:
            row = explorer.find(name)
        except TrackNotFoundError:
            own = library.find(name)
            if own is None:
                raise
            row = explorer.find(own)
        found.append(explorer.collection.track_id[row])
    return found
