"""Playlists of the library as pages tell of them."""

from __future__ import annotations

import re
from collections.abc import Collection as Container
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from linernotes.explore.licences import notice_of
from linernotes.explore.names import file_tag, plain
from linernotes.explore.smart_playlists import answer
from linernotes.library.playlists.entries import PlaylistEntry, PlaylistFile
from linernotes.library.playlists.files import format_playlist
from linernotes.web.tracks import row_of

if TYPE_CHECKING:
    from linernotes.explore import Library
    from linernotes.library.playlists import SavedPlaylist, SavedQuery
    from linernotes.web.library_cache import Snapshot

MEDIA_TYPES = {
    "m3u8": "audio/x-mpegurl",
    "xspf": "application/xspf+xml",
    "jspf": "application/json",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._-]+")


def describe_playlist(playlist: SavedPlaylist) -> dict[str, Any]:
    """Return a playlist without its tracks."""
    return {
        "id": playlist.id,
        "name": playlist.name,
        "comment": playlist.comment,
        "length": len(playlist.tracks),
        "query": None if playlist.query is None else playlist.query.as_dict(),
        "created": playlist.created.isoformat(),
        "changed": playlist.changed.isoformat(),
        "revision": playlist.revision,
    }


def list_playlists(library: Library, *, text: str, offset: int, limit: int) -> dict[str, Any]:
    """Return a page of the playlists whose names have all words of a text."""
    words = plain(text).split()
    found = [
        each
        for each in library.playlists.all()
        if not words or all(word in plain(each.name) for word in words)
    ]
    return {
        "total": len(found),
        "offset": offset,
        "playlists": [describe_playlist(each) for each in found[offset : offset + limit]],
    }


def show_playlist(
    known: Snapshot, playlist: SavedPlaylist, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return a playlist with a page of its tracks."""
    places = [known.places.get(track) for track in playlist.tracks]
    durations = known.collection.duration
    shown = list(zip(playlist.tracks, places, strict=True))[offset : offset + limit]
    return {
        "playlist": describe_playlist(playlist),
        "missing": places.count(None),
        "duration": round(sum(float(durations[place]) for place in places if place is not None)),
        "offset": offset,
        "tracks": [
            {"track_id": track, "track": None if place is None else row_of(known, place)}
            for track, place in shown
        ],
    }


def there(
    known: Snapshot, tracks: Sequence[str], *, also: Container[str] = ()
) -> tuple[list[str], int]:
    """Return the tracks that the library has, and how many others were named.

    Parameters
    ----------
    known
        What the library holds.
    tracks
        Ids.
    also
        Those that may be gone.
    """
    before = set(also)
    kept = [track for track in tracks if track in known.places or track in before]
    return kept, len(tracks) - len(kept)


def answers(known: Snapshot, query: SavedQuery) -> list[str]:
    """Return the tracks that a smart playlist asks for.

    Raises
    ------
    LinernotesError
        It cannot be asked of this library.
    """
    return [match.track_id for match in answer(known.explorer, query)]


def comment_of(known: Snapshot, playlist: SavedPlaylist) -> str:
    """Return what a file says of a playlist.

    Parameters
    ----------
    known
        What the library holds.
    playlist
        Which one.

    Returns
    -------
    str
        Its comment, and which networks found its tracks if they are not free.
    """
    notice = None
    if (query := playlist.query) is not None:
        named = (*query.tracks, *query.unlike, *query.artists, *query.unlike_artists)
        networks = known.explorer.networks
        asked = query.words or (networks is not None and networks.says_alike and named)
        notice = notice_of(known.explorer) if asked else None
    return " ".join(filter(None, [playlist.comment, notice and f"({notice})"]))


def playlist_file(
    known: Snapshot, tracks: Sequence[str], *, name: str, comment: str = "", kind: str
) -> bytes:
    """Return a playlist as a file, with the places of the files on the server's machine.

    Parameters
    ----------
    known
        What the library holds.
    tracks
        Ids in order; those that are gone, and whose files the format cannot name, are left out.
    name, comment
        Of the playlist.
    kind
        One of `MEDIA_TYPES`.
    """
    collection = known.collection
    entries = [
        PlaylistEntry(
            collection.path[i],
            float(collection.duration[i]),
            known.artists[i],
            known.titles[i],
            file_tag(collection, "album", i),
            file_tag(collection, "musicbrainz_recordingid", i),
        )
        for i in (known.places[track] for track in tracks if track in known.places)
    ]
    return format_playlist(PlaylistFile(entries, name, comment), f".{kind}")[0]


def file_name(name: str, kind: str) -> str:
    """Return what a browser calls a playlist that it saves: letters that no system stumbles on.

    Examples
    --------
    >>> file_name('Blue/"Green"', "m3u8"), file_name("終わり", "jspf")
    ('Blue Green.m3u8', 'playlist.jspf')
    """
    return f"{_UNSAFE.sub(' ', name).strip(' .')[:80] or 'playlist'}.{kind}"
