"""Albums and artists as pages tell of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linernotes.explore.albums import NO_ALBUM, Album, Artist, albums_of, number_of
from linernotes.explore.names import plain
from linernotes.web.errors import NotThereError
from linernotes.web.library_cache import Snapshot
from linernotes.web.tracks import row_of

# Tracks that are told of an artist, beside the albums; lists tell the rest.
_MOST_TRACKS = 500


def list_albums(
    known: Snapshot, *, text: str, sort: str, descending: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Return a page of the albums that have all words of a text in their names.

    Parameters
    ----------
    known
        What the library holds.
    text, sort, descending, offset, limit
        As in `linernotes.web.tracks.list_tracks`.

    Returns
    -------
    dict
        What does not tell what is sorted by comes last.
    """
    albums = [album for album in known.albums.albums.values() if album.name != NO_ALBUM]
    found = _found(albums, text, lambda album: f"{album.name} {album.artist}")
    keys: dict[str, Callable[[Album], Any]] = {
        "artist": lambda album: (plain(album.artist), album.year or 9999),
        "year": lambda album: album.year,
        "tracks": lambda album: len(album.tracks),
        "duration": lambda album: album.duration,
    }
    chosen = _sorted(found, keys.get(sort), descending)
    return {
        "total": len(chosen),
        "offset": offset,
        "albums": [album_row(known, album) for album in chosen[offset : offset + limit]],
    }


def list_artists(
    known: Snapshot, *, text: str, sort: str, descending: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Return a page of the artists that have all words of a text in their names.

    Parameters
    ----------
    known, text, sort, descending, offset, limit
        As in `list_albums`.
    """
    found = _found(list(known.albums.artists.values()), text, lambda artist: artist.name)
    keys: dict[str, Callable[[Artist], Any]] = {
        "tracks": lambda artist: len(artist.tracks),
        "albums": lambda artist: len(artist.albums),
    }
    chosen = _sorted(found, keys.get(sort), descending)
    return {
        "total": len(chosen),
        "offset": offset,
        "artists": [artist_row(known, artist) for artist in chosen[offset : offset + limit]],
    }


def describe_album(known: Snapshot, album: str) -> dict[str, Any]:
    """Return all that is known of an album, with its tracks in their order.

    Raises
    ------
    NotThereError
        There is no such album.
    """
    found = known.albums.albums.get(album)
    if found is None:
        raise NotThereError("there is no such album in this library")
    collection = known.collection
    return {
        **album_row(known, found),
        "list": [
            {
                **row_of(known, i),
                "disc": number_of(collection, "discnumber", i),
                "number": number_of(collection, "tracknumber", i),
            }
            for i in found.tracks
        ],
    }


def describe_artist(known: Snapshot, artist: str) -> dict[str, Any]:
    """Return the albums of an artist, and the tracks that are on no album of theirs.

    Raises
    ------
    NotThereError
        There is no such artist.
    """
    found = known.albums.artists.get(artist)
    if found is None:
        raise NotThereError("there is no such artist in this library")
    own = [album for album in albums_of(known.albums, found) if album.name != NO_ALBUM]
    on_them = {i for album in own for i in album.tracks}
    others = [i for i in found.tracks if i not in on_them]
    return {
        **artist_row(known, found),
        "own": [album_row(known, album) for album in own],
        "others": len(others),
        "list": [row_of(known, i) for i in others[:_MOST_TRACKS]],
    }


def album_row(known: Snapshot, album: Album) -> dict[str, Any]:
    """Return what a list tells of an album."""
    return {
        "id": album.id,
        "name": album.name,
        "artist": album.artist,
        "artist_id": album.artist_id,
        "year": album.year,
        "genre": album.genre,
        "tracks": len(album.tracks),
        "duration": round(album.duration, 3),
        "cover": known.collection.track_id[album.tracks[0]],
    }


def artist_row(known: Snapshot, artist: Artist) -> dict[str, Any]:
    """Return what a list tells of an artist."""
    own = [album for album in albums_of(known.albums, artist) if album.name != NO_ALBUM]
    first = own[0].tracks[0] if own else artist.tracks[0] if artist.tracks else None
    return {
        "id": artist.id,
        "name": artist.name,
        "albums": len(own),
        "tracks": len(artist.tracks),
        "cover": None if first is None else known.collection.track_id[first],
    }


def _found(items: Sequence[Any], text: str, names: Callable[[Any], str]) -> list[Any]:
    words = plain(text).split()
    if not words:
        return list(items)
    return [item for item in items if all(word in plain(names(item)) for word in words)]


def _sorted(items: list[Any], key: Callable[[Any], Any] | None, descending: bool) -> list[Any]:
    """Sort what is sorted by name already; what does not tell comes last."""
    if key is None:
        return items[::-1] if descending else items
    told = [item for item in items if key(item) is not None]
    told.sort(key=key, reverse=descending)
    return told + [item for item in items if key(item) is None]
