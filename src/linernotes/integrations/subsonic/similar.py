"""Methods that find what sounds alike."""

from __future__ import annotations

import numpy as np

from linernotes.explore.albums import key_of_artist
from linernotes.explore.journeys import path_between
from linernotes.explore.query import Match
from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.parameters import MOST
from linernotes.integrations.subsonic.server import Call, Method
from linernotes.library.taste import Opinion

# Of an album or an artist, so many tracks say what it sounds like.
_MOST_LIKED = 50
# A radio of one artist alone is none.
_PER_ARTIST = 3


def _similar_songs(call: Call) -> Tree:
    return {"similarSongs": {"song": _songs_like(call)}}


def _similar_songs_2(call: Call) -> Tree:
    return {"similarSongs2": {"song": _songs_like(call)}}


def _songs_like(call: Call) -> list[Tree]:
    """Return tracks that sound like a track, an album or an artist."""
    item, count = call.asked.needed("id"), call.asked.number("count", 50, most=MOST)
    found = _like(call, item, count, per_artist=_PER_ARTIST)
    return entries.songs(call, (match.index for match in found))


def _sonic_similar(call: Call) -> Tree:
    item, count = call.asked.needed("id"), call.asked.number("count", 10, most=MOST)
    call.catalog.place(item)
    return {"sonicMatch": [_match(call, match) for match in _like(call, item, count)]}


def _like(call: Call, item: str, count: int, *, per_artist: int | None = None) -> list[Match]:
    catalog, rows = call.catalog, call.catalog.rows_of(item)
    if not count or not rows:
        return []
    explorer = catalog.explorer
    step = max(1, len(rows) // _MOST_LIKED)
    query = call.leaned(explorer.like(*rows[::step][:_MOST_LIKED]))
    return explorer.similar(query, n=count, per_artist=per_artist)


def _sonic_path(call: Call) -> Tree:
    asked, catalog = call.asked, call.catalog
    start, end = (catalog.place(asked.needed(name)) for name in ("startSongId", "endSongId"))
    count = asked.number("count", 25, least=2, most=MOST)
    if start == end:
        return {"sonicMatch": [_match(call, catalog.explorer.match(start, 1.0))]}
    found = path_between(catalog.explorer, start, end, n=count)
    return {"sonicMatch": [_match(call, match) for match in found]}


def _match(call: Call, match: Match) -> Tree:
    return {"entry": entries.song(call, match.index), "similarity": round(match.score, 4)}


def _top_songs(call: Call) -> Tree:
    """Return tracks of an artist: most played first, then those most like all of them."""
    catalog = call.catalog
    name, count = call.asked.needed("artist"), call.asked.number("count", 50, most=MOST)
    artist = catalog.albums.by_name.get(key_of_artist(name))
    if artist is None or not artist.tracks:
        return {"topSongs": {"song": []}}
    rows = np.array(artist.tracks, np.intp)
    vectors = catalog.explorer.space.vectors[rows]
    typical = vectors @ vectors.mean(axis=0)
    ids = catalog.collection.track_id

    def key(place: int) -> tuple[float, float]:
        opinion = call.opinions.get(ids[rows[place]], Opinion())
        return -opinion.plays - 5 * opinion.liking, -float(typical[place])

    order = sorted(range(len(rows)), key=key)
    return {"topSongs": {"song": entries.songs(call, rows[order[:count]].tolist())}}


METHODS: dict[str, Method] = {
    "getSimilarSongs": _similar_songs,
    "getSimilarSongs2": _similar_songs_2,
    "getSonicSimilarTracks": _sonic_similar,
    "findSonicPath": _sonic_path,
    "getTopSongs": _top_songs,
}
