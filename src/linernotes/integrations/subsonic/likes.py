"""Methods by which apps tell what is liked and played."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.errors import MissingParameterError
from linernotes.integrations.subsonic.parameters import read_moment
from linernotes.integrations.subsonic.server import Call, Method
from linernotes.library.taste import Action, TasteEvent

_BEST = 5
# What was left for another track sooner than that was skipped.
_SKIPPED = 30.0
# Seconds after which nobody listens any more who has not said so.
_LONGEST_TRACK = 3600.0


def _star(call: Call) -> Tree:
    return _mark(call, "star")


def _unstar(call: Call) -> Tree:
    return _mark(call, "unstar")


def _mark(call: Call, action: Action) -> Tree:
    items = _items(call, ("id", "albumId", "artistId"))
    call.server.taste.keep([TasteEvent(item, action) for item in items])
    return {}


def _rate(call: Call) -> Tree:
    call.asked.needed("rating")
    rating = call.asked.number("rating", 0, least=-1, most=_BEST + 1)
    if not 0 <= rating <= _BEST:
        raise MissingParameterError("a rating is 1 to 5, or 0 to take it back")
    events = [TasteEvent(item, "rate", rating=rating) for item in _items(call, ("id",))]
    call.server.taste.keep(events)
    return {}


def _items(call: Call, names: Sequence[str]) -> list[str]:
    """Return the ids that a call names, all of which there have to be."""
    items = [item for name in names for item in call.asked.all(name)]
    if not items:
        raise MissingParameterError(f"the parameter {names[0]} is missing")
    for item in dict.fromkeys(items):
        call.catalog.rows_of(item)
    return list(dict.fromkeys(items))


def _scrobble(call: Call) -> Tree:
    tracks, times = call.asked.all("id"), call.asked.all("time")
    if not tracks:
        raise MissingParameterError("the parameter id is missing")
    if times and len(times) != len(tracks):
        raise MissingParameterError("tell a time for each track, or none")
    for track in tracks:
        call.catalog.place(track)
    if call.asked.is_true("submission", default=True):
        now = datetime.now(UTC)
        moments = [read_moment(text) for text in times] or [now] * len(tracks)
        call.server.taste.keep(
            [TasteEvent(t, "play", at=at) for t, at in zip(tracks, moments, strict=True)]
        )
        for track in tracks:
            call.server.stops(call.player, track)
    else:
        _note_skip(call, tracks[-1])
    return {}


def _note_skip(call: Call, track: str) -> None:
    """Note what plays now, and whether what played before was left soon."""
    before = call.server.plays(call.player, track)
    if before is None or before.track == track or not call.server.leans:
        return
    place = call.catalog.known.places.get(before.track)
    if place is None:
        return
    length = float(call.catalog.collection.duration[place])
    if time.monotonic() - before.since < min(_SKIPPED, length / 2):
        call.server.taste.keep([TasteEvent(before.track, "skip")])


def _now_playing(call: Call) -> Tree:
    from linernotes.integrations.subsonic.authentication import USER

    found = []
    for number, each in enumerate(call.server.playing()):
        place = call.catalog.known.places.get(each.track)
        seconds = time.monotonic() - each.since
        if place is not None and seconds < _LONGEST_TRACK:
            told = entries.song(call, place)
            found.append({
                **told, "username": USER, "minutesAgo": int(seconds // 60),
                "playerId": number, "playerName": each.player,
            })  # fmt: skip
    return {"nowPlaying": {"entry": found}}


def _starred_2(call: Call) -> Tree:
    known, places = call.catalog.albums, call.catalog.known.places
    items = _starred_items(call)
    return {
        "starred2": {
            "artist": [entries.artist(call, known.artists[i]) for i in items if i in known.artists],
            "album": [entries.album(call, known.albums[i]) for i in items if i in known.albums],
            "song": [entries.song(call, places[i]) for i in items if i in places],
        }
    }


def _starred(call: Call) -> Tree:
    known = call.catalog.albums
    found = _starred_2(call)["starred2"]
    albums = [known.albums[i] for i in _starred_items(call) if i in known.albums]
    return {"starred": {**found, "album": [entries.album_folder(call, each) for each in albums]}}


def _starred_items(call: Call) -> list[str]:
    """Return the ids of what is starred, the latest first."""
    starred = [(o.starred, item) for item, o in call.opinions.items() if o.starred is not None]
    return [item for _, item in sorted(starred, reverse=True)]


METHODS: dict[str, Method] = {
    "star": _star,
    "unstar": _unstar,
    "setRating": _rate,
    "scrobble": _scrobble,
    "getNowPlaying": _now_playing,
    "getStarred": _starred,
    "getStarred2": _starred_2,
}
