"""Methods that search by words; without any, they list everything, as apps do to keep a copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from linernotes.explore.names import plain
from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.server import Call, Method

Key = TypeVar("Key")

_PAGE = 20
#: Entries of one page of everything.
_MOST = 10_000
_LONGEST = 500


def _search_3(call: Call) -> Tree:
    artists, albums, songs = _found(call)
    return {
        "searchResult3": {
            "artist": [entries.artist(call, call.catalog.albums.artists[each]) for each in artists],
            "album": [entries.album(call, call.catalog.albums.albums[each]) for each in albums],
            "song": entries.songs(call, songs),
        }
    }


def _search_2(call: Call) -> Tree:
    artists, albums, songs = _found(call)
    known = call.catalog.albums
    return {
        "searchResult2": {
            "artist": [entries.artist(call, known.artists[each]) for each in artists],
            "album": [entries.album_folder(call, known.albums[each]) for each in albums],
            "song": entries.songs(call, songs),
        }
    }


def _found(call: Call) -> tuple[list[str], list[str], list[int]]:
    """Return ids of artists, of albums, and rows of tracks that have all words."""
    catalog = call.catalog
    # Some apps send two quotes for nothing, and quoted texts or a star at the end.
    words = plain((call.asked.text("query") or "")[:_LONGEST]).replace('"', " ").split()
    words = [word for each in words if (word := each.rstrip("*"))]
    artists = _page(call, "artist", _with(catalog.artist_texts, words))
    albums = _page(call, "album", _with(catalog.album_texts, words))
    songs = _page(call, "song", _with(dict(enumerate(catalog.song_texts)), words))
    return artists, albums, songs


def _with(texts: Mapping[Key, str], words: list[str]) -> Iterable[Key]:
    return (key for key, text in texts.items() if all(word in text for word in words))


def _page(call: Call, name: str, found: Iterable[Key]) -> list[Key]:
    count = call.asked.number(f"{name}Count", _PAGE, most=_MOST)
    offset = call.asked.number(f"{name}Offset", 0)
    return list(found)[offset : offset + count] if count else []


METHODS: dict[str, Method] = {"search2": _search_2, "search3": _search_3}
