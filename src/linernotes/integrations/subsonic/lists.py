"""Methods that list albums and tracks: the newest, the most played, some by chance, by genre."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from linernotes.datasets.artists import plain_text
from linernotes.explore.albums import Album
from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.errors import MissingParameterError
from linernotes.integrations.subsonic.parameters import MOST
from linernotes.integrations.subsonic.server import Call, Method
from linernotes.library.taste import Opinion

_NEVER = datetime.fromtimestamp(0, UTC)
_NO_YEAR = 9999


def _album_list_2(call: Call) -> Tree:
    return {"albumList2": {"album": [entries.album(call, album) for album in _albums(call)]}}


def _album_list(call: Call) -> Tree:
    found = [entries.album_folder(call, album) for album in _albums(call)]
    return {"albumList": {"album": found}}


def _albums(call: Call) -> Sequence[Album]:
    kind = call.asked.needed("type")
    if kind not in _KINDS:
        raise MissingParameterError(f"there is no list of albums {kind[:40]!r}")
    size = call.asked.number("size", 10, most=MOST)
    offset = call.asked.number("offset", 0)
    return _KINDS[kind](call)[offset : offset + size]


def _everything(call: Call) -> list[Album]:
    return list(call.catalog.albums.albums.values())


def _by_chance(call: Call) -> list[Album]:
    albums = _everything(call)
    random.shuffle(albums)
    return albums


def _newest(call: Call) -> list[Album]:
    created = call.catalog.created
    return sorted(_everything(call), key=lambda album: -created(album.tracks))


def _by_artist(call: Call) -> list[Album]:
    def key(album: Album) -> tuple[str, int, str]:
        return plain_text(album.artist), album.year or _NO_YEAR, album.name

    return sorted(_everything(call), key=key)


def _highest(call: Call) -> list[Album]:
    return _told(call, lambda album, _: call.opinions.get(album.id, Opinion()).rating)


def _frequent(call: Call) -> list[Album]:
    return _told(call, lambda _, tracks: sum(opinion.plays for opinion in tracks))


def _recent(call: Call) -> list[Album]:
    def last(_: Album, tracks: list[Opinion]) -> float:
        return max((o.played or _NEVER for o in tracks), default=_NEVER).timestamp()

    return _told(call, last)


def _starred_albums(call: Call) -> list[Album]:
    def since(album: Album, _: list[Opinion]) -> float:
        return (call.opinions.get(album.id, Opinion()).starred or _NEVER).timestamp()

    return _told(call, since)


def _told(call: Call, value: Callable[[Album, list[Opinion]], float]) -> list[Album]:
    """Return the albums of which something is known, those with most of it first."""
    ids = call.catalog.collection.track_id
    valued = []
    for album in _everything(call):
        known = [call.opinions[ids[i]] for i in album.tracks if ids[i] in call.opinions]
        if (found := value(album, known)) > 0:
            valued.append((found, album))
    valued.sort(key=lambda each: -each[0])
    return [album for _, album in valued]


def _by_year(call: Call) -> list[Album]:
    call.asked.needed("fromYear")
    call.asked.needed("toYear")
    first, last = (call.asked.number(name, 0) for name in ("fromYear", "toYear"))
    low, high = sorted((first, last))
    found = [album for album in _everything(call) if album.year and low <= album.year <= high]
    return sorted(found, key=lambda album: album.year or 0, reverse=first > last)


def _of_genre(call: Call) -> list[Album]:
    rows = call.catalog.by_genre.get(call.asked.needed("genre").casefold(), [])
    wanted = {call.catalog.albums.album_of[i] for i in rows}
    return [album for album in _everything(call) if album.id in wanted]


_KINDS: dict[str, Callable[[Call], list[Album]]] = {
    "random": _by_chance,
    "newest": _newest,
    "highest": _highest,
    "frequent": _frequent,
    "recent": _recent,
    "alphabeticalByName": _everything,
    "alphabeticalByArtist": _by_artist,
    "starred": _starred_albums,
    "byYear": _by_year,
    "byGenre": _of_genre,
}


def _random_songs(call: Call) -> Tree:
    catalog, asked = call.catalog, call.asked
    rows: Sequence[int] = range(len(catalog.collection))
    if genre := asked.text("genre"):
        rows = catalog.by_genre.get(genre.casefold(), [])
    low, high = asked.number("fromYear", 0), asked.number("toYear", _NO_YEAR)
    if (low, high) != (0, _NO_YEAR):
        years = catalog.known.years
        rows = [i for i in rows if (year := years[i]) is not None and low <= year <= high]
    count = asked.number("size", 10, most=MOST)
    chosen = random.sample(rows, min(count, len(rows)))
    return {"randomSongs": {"song": entries.songs(call, chosen)}}


def _songs_by_genre(call: Call) -> Tree:
    rows = call.catalog.by_genre.get(call.asked.needed("genre").casefold(), [])
    count, offset = call.asked.number("count", 10, most=MOST), call.asked.number("offset", 0)
    return {"songsByGenre": {"song": entries.songs(call, rows[offset : offset + count])}}


METHODS: dict[str, Method] = {
    "getAlbumList": _album_list,
    "getAlbumList2": _album_list_2,
    "getRandomSongs": _random_songs,
    "getSongsByGenre": _songs_by_genre,
}
