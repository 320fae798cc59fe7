"""Tracks, albums and artists as apps are told of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from linernotes.explore.albums import NO_ALBUM, Album, Artist, number_of
from linernotes.explore.names import file_tag, shown_artist, shown_title
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.server import Call, moment
from linernotes.library.taste import Opinion

_NO_PART_OF_NAMES = str.maketrans({"/": "_", "\\": "_"})


def song(call: Call, i: int) -> Tree:
    """Return what is told of a track.

    Parameters
    ----------
    call
        Of an app.
    i
        Row of the collection.

    Returns
    -------
    dict
        The protocol's ``Child``.
    """
    catalog, collection = call.catalog, call.catalog.collection
    track = collection.track_id[i]
    album = catalog.albums.albums[catalog.albums.album_of[i]]
    artists = [catalog.albums.artists[each] for each in catalog.albums.artists_of[i]]
    genres, mood = catalog.genres[i], catalog.moods[i]
    tempo = round(float(catalog.known.tempi[i]))
    file = catalog.files[i]
    named = album.name != NO_ALBUM
    return {
        "id": track,
        "parent": album.id,
        "isDir": False,
        "title": shown_title(collection, i),
        "album": album.name,
        "albumId": album.id,
        "artist": shown_artist(collection, i) or artists[0].name,
        "artistId": artists[0].id,
        "track": number_of(collection, "tracknumber", i),
        "discNumber": number_of(collection, "discnumber", i),
        "year": catalog.known.years[i],
        "genre": genres[0] if genres else None,
        "coverArt": album.id if named else track,
        "size": file.size,
        "contentType": catalog.media_type(i),
        "suffix": catalog.suffix(i),
        "duration": round(float(collection.duration[i])),
        "bitRate": catalog.kilobits(i),
        "path": _path(call, i, album),
        "isVideo": False,
        "type": "music",
        "mediaType": "song",
        "created": moment(file.changed),
        "bpm": tempo or None,
        "musicBrainzId": file_tag(collection, "musicbrainz_recordingid", i),
        "genres": [{"name": name} for name in genres],
        "moods": [mood] if mood else [],
        "artists": [{"id": each.id, "name": each.name} for each in artists],
        "displayArtist": shown_artist(collection, i) or artists[0].name,
        "albumArtists": [{"id": album.artist_id, "name": album.artist}],
        "displayAlbumArtist": album.artist,
        **_said(call.opinions.get(track)),
    }


def songs(call: Call, rows: Iterable[int]) -> list[Tree]:
    """Return what is told of tracks, in order."""
    return [song(call, i) for i in rows]


def album(call: Call, told: Album) -> Tree:
    """Return what is told of an album: the protocol's ``AlbumID3``."""
    catalog = call.catalog
    genres = dict.fromkeys(name for i in told.tracks for name in catalog.genres[i])
    moods = dict.fromkeys(mood for i in told.tracks if (mood := catalog.moods[i]) is not None)
    played = [
        opinion for i in told.tracks
        if (opinion := call.opinions.get(catalog.collection.track_id[i])) is not None
    ]  # fmt: skip
    last = max((each.played for each in played if each.played is not None), default=None)
    return {
        "id": told.id,
        "name": told.name,
        "artist": told.artist,
        "artistId": told.artist_id,
        "coverArt": told.id,
        "songCount": len(told.tracks),
        "duration": round(told.duration),
        "created": moment(catalog.created(told.tracks)),
        "year": told.year,
        "genre": next(iter(genres), None),
        "genres": [{"name": name} for name in genres],
        "moods": list(moods),
        "artists": [{"id": told.artist_id, "name": told.artist}],
        "displayArtist": told.artist,
        **_said(call.opinions.get(told.id)),
        "playCount": sum(each.plays for each in played),
        "played": None if last is None else moment(last),
    }


def album_folder(call: Call, told: Album) -> Tree:
    """Return an album as a folder, for methods from before there were albums."""
    whole = album(call, told)
    return {**whole, "parent": told.artist_id, "isDir": True, "title": told.name,
            "album": told.name, "mediaType": "album"}  # fmt: skip


def artist(call: Call, told: Artist) -> Tree:
    """Return what is told of an artist: the protocol's ``ArtistID3``."""
    return {
        "id": told.id,
        "name": told.name,
        "coverArt": told.id,
        "albumCount": len(told.albums),
        **_said(call.opinions.get(told.id)),
    }


def _said(opinion: Opinion | None) -> dict[str, Any]:
    if opinion is None:
        return {}
    return {
        "starred": None if opinion.starred is None else moment(opinion.starred),
        "userRating": opinion.rating or None,
        "playCount": opinion.plays or None,
        "played": None if opinion.played is None else moment(opinion.played),
    }


def _path(call: Call, i: int, album_: Album) -> str:
    """Return a path that tells nothing of where the file lies."""
    name = PurePath(call.catalog.collection.path[i].replace("\\", "/")).name
    parts = (album_.artist, album_.name, name)
    return "/".join(part.translate(_NO_PART_OF_NAMES) for part in parts)
