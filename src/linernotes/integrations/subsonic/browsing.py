"""Methods that walk through artists, albums and tracks."""

from __future__ import annotations

from collections import Counter

from linernotes.explore.albums import Artist, albums_of, key_of_artist
from linernotes.explore.names import plain
from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.errors import NoSuchItemError
from linernotes.integrations.subsonic.server import Call, Method

_ARTICLES = "The"


def _music_folders(_: Call) -> Tree:
    return {"musicFolders": {"musicFolder": [{"id": 1, "name": "Music"}]}}


def _artists(call: Call) -> Tree:
    return {"artists": {"ignoredArticles": _ARTICLES, "index": _index(call)}}


def _indexes(call: Call) -> Tree:
    catalog = call.catalog
    newest = catalog.created(tuple(range(len(catalog.collection))))
    return {
        "indexes": {
            "ignoredArticles": _ARTICLES,
            "lastModified": round(newest * 1000),
            "index": _index(call),
        }
    }


def _index(call: Call) -> list[Tree]:
    """Return the artists by the first letters of their names."""
    letters: dict[str, list[Artist]] = {}
    for artist in call.catalog.albums.artists.values():
        first = plain(key_of_artist(artist.name))[:1].upper()
        letters.setdefault(first if first.isalpha() else "#", []).append(artist)
    return [
        {"name": letter, "artist": [entries.artist(call, artist) for artist in letters[letter]]}
        for letter in sorted(letters)
    ]


def _artist(call: Call) -> Tree:
    artist = _find_artist(call, call.asked.needed("id"))
    found = [entries.album(call, album) for album in albums_of(call.catalog.albums, artist)]
    return {"artist": {**entries.artist(call, artist), "album": found}}


def _album(call: Call) -> Tree:
    album = call.catalog.albums.albums.get(call.asked.needed("id"))
    if album is None:
        raise NoSuchItemError("there is no such album in this library")
    return {"album": {**entries.album(call, album), "song": entries.songs(call, album.tracks)}}


def _song(call: Call) -> Tree:
    return {"song": entries.song(call, call.catalog.place(call.asked.needed("id")))}


def _directory(call: Call) -> Tree:
    """Artists are folders of their albums, and these of their tracks."""
    item, albums = call.asked.needed("id"), call.catalog.albums
    if (album := albums.albums.get(item)) is not None:
        told = {"id": album.id, "name": album.name, "parent": album.artist_id}
        return {"directory": {**told, "child": entries.songs(call, album.tracks)}}
    artist = _find_artist(call, item)
    found = [entries.album_folder(call, album) for album in albums_of(albums, artist)]
    return {"directory": {"id": artist.id, "name": artist.name, "child": found}}


def _genres(call: Call) -> Tree:
    catalog = call.catalog
    spellings: dict[str, Counter[str]] = {}
    for names in catalog.genres:
        for name in names:
            spellings.setdefault(name.casefold(), Counter())[name] += 1
    found = [
        {
            "value": spellings[key].most_common(1)[0][0],
            "songCount": len(rows),
            "albumCount": len({catalog.albums.album_of[i] for i in rows}),
        }
        for key, rows in sorted(catalog.by_genre.items())
    ]
    return {"genres": {"genre": found}}


def _artist_info(call: Call) -> Tree:
    """Artists whose tracks sound like an artist's; of what is written about them, nothing."""
    return {"artistInfo2": _similar_artists(call)}


def _artist_info_1(call: Call) -> Tree:
    return {"artistInfo": _similar_artists(call)}


def _similar_artists(call: Call) -> Tree:
    catalog = call.catalog
    rows = catalog.rows_of(call.asked.needed("id"))
    count = call.asked.number("count", 20, most=100)
    explorer = catalog.explorer
    found = explorer.similar(explorer.like(*rows[:50]), n=10 * count) if count and rows else []
    own = {artist for i in rows for artist in catalog.albums.artists_of[i]}
    names = dict.fromkeys(catalog.albums.artists_of[match.index][0] for match in found)
    others = [catalog.albums.artists[each] for each in names if each not in own]
    return {"similarArtist": [entries.artist(call, each) for each in others[:count]]}


def _album_info(call: Call) -> Tree:
    call.catalog.rows_of(call.asked.needed("id"))
    return {"albumInfo": {}}


def _find_artist(call: Call, item: str) -> Artist:
    artist = call.catalog.albums.artists.get(item)
    if artist is None:
        raise NoSuchItemError("there is no such artist in this library")
    return artist


METHODS: dict[str, Method] = {
    "getMusicFolders": _music_folders,
    "getIndexes": _indexes,
    "getArtists": _artists,
    "getArtist": _artist,
    "getAlbum": _album,
    "getSong": _song,
    "getMusicDirectory": _directory,
    "getGenres": _genres,
    "getArtistInfo": _artist_info_1,
    "getArtistInfo2": _artist_info,
    "getAlbumInfo": _album_info,
    "getAlbumInfo2": _album_info,
}
