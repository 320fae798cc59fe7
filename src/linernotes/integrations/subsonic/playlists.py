"""Methods of playlists: those that people keep, and those of what is heard in the library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from linernotes.integrations.subsonic import entries
from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.authentication import USER
from linernotes.integrations.subsonic.errors import (
    MissingParameterError,
    NoSuchItemError,
    NotAllowedError,
)
from linernotes.integrations.subsonic.server import Call, Method, moment
from linernotes.library.playlists import PlaylistNotFoundError, SavedPlaylist

Found = TypeVar("Found")

_HEARD = "heard-"
# Of a playlist of what is heard: tracks from all over the library.
_MOST_HEARD = 500
_FEWEST_HEARD = 5


@dataclass(frozen=True)
class HeardPlaylist:
    """The tracks in which something is heard.

    Parameters
    ----------
    id
        Stable.
    name
        For people.
    rows
        Of the collection.
    """

    id: str
    name: str
    rows: Sequence[int]


def heard_playlists(call: Call) -> list[HeardPlaylist]:
    """Return a playlist for each genre and mood that is heard in some tracks."""
    catalog = call.catalog
    found = []
    for kind, told in (("genre", catalog.heard_genres), ("mood", catalog.moods)):
        rows: dict[str, list[int]] = {}
        for i, value in enumerate(told):
            if value is not None:
                rows.setdefault(value, []).append(i)
        for value in sorted(rows):
            own = rows[value]
            if len(own) >= _FEWEST_HEARD:
                step = max(1.0, len(own) / _MOST_HEARD)
                some = [own[int(n * step)] for n in range(min(len(own), _MOST_HEARD))]
                digest = hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:16]
                found.append(HeardPlaylist(f"{_HEARD}{digest}", f"Heard: {value}", some))
    return found


def _playlists(call: Call) -> Tree:
    told = [_told_heard(call, each) for each in heard_playlists(call)]
    told += [_told_saved(call, each) for each in call.server.playlists.all()]
    return {"playlists": {"playlist": told}}


def _playlist(call: Call) -> Tree:
    item = call.asked.needed("id")
    if item.startswith(_HEARD):
        heard = next((each for each in heard_playlists(call) if each.id == item), None)
        if heard is None:
            raise NoSuchItemError("there is no such playlist in this library")
        return _whole(call, _told_heard(call, heard), heard.rows)
    saved = _find(call, item)
    return _whole(call, _told_saved(call, saved), _rows(call, saved))


def _create(call: Call) -> Tree:
    """Make a playlist, or give one of that id other tracks."""
    asked = call.asked
    tracks = _tracks(call, "songId")
    if item := asked.text("playlistId"):
        _changeable(call, item)
        name = asked.text("name") or None
        saved = call.server.playlists.change(item, name=name, tracks=tracks)
    else:
        saved = call.server.playlists.create(asked.needed("name"), tracks=tracks)
    return _whole(call, _told_saved(call, saved), _rows(call, saved))


def _update(call: Call) -> Tree:
    asked, item = call.asked, call.asked.needed("playlistId")
    before = _changeable(call, item)
    added = _tracks(call, "songIdToAdd")
    gone = {_index(text) for text in asked.all("songIndexToRemove")}
    tracks = None
    if added or gone:
        shown = _rows_and_places(call, before)
        out = {shown[i][1] for i in gone if i < len(shown)}
        kept = [track for place, track in enumerate(before.tracks) if place not in out]
        tracks = [*kept, *added]
    call.server.playlists.change(
        item, name=asked.text("name") or None, comment=asked.text("comment"), tracks=tracks,
        revision=before.revision if gone else None,
    )  # fmt: skip
    return {}


def _delete(call: Call) -> Tree:
    item = call.asked.needed("id")
    _changeable(call, item, smart=True)
    _found(lambda: call.server.playlists.remove(item))
    return {}


def _changeable(call: Call, item: str, *, smart: bool = False) -> SavedPlaylist:
    if item.startswith(_HEARD):
        raise NotAllowedError("this playlist is what is heard in the library; make one of your own")
    saved = _find(call, item)
    if saved.is_smart and not smart:
        raise NotAllowedError("this playlist is a question that is asked anew; change it there")
    return saved


def _find(call: Call, item: str) -> SavedPlaylist:
    return _found(lambda: call.server.playlists.get(item))


def _found(look: Callable[[], Found]) -> Found:
    try:
        return look()
    except PlaylistNotFoundError as error:
        raise NoSuchItemError(str(error)) from error


def _tracks(call: Call, name: str) -> list[str]:
    tracks = [track for track in call.asked.all(name) if track]
    for track in tracks:
        call.catalog.place(track)
    return tracks


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise MissingParameterError("songIndexToRemove is no number")
    return int(text)


def _rows(call: Call, saved: SavedPlaylist) -> list[int]:
    return [row for row, _ in _rows_and_places(call, saved)]


def _rows_and_places(call: Call, saved: SavedPlaylist) -> list[tuple[int, int]]:
    """Return the tracks of a playlist that are there: rows, and their places in the playlist."""
    places = call.catalog.known.places
    return [(places[t], place) for place, t in enumerate(saved.tracks) if t in places]


def _told_saved(call: Call, saved: SavedPlaylist) -> Tree:
    rows = _rows(call, saved)
    return {
        "id": saved.id,
        "name": saved.name,
        "comment": saved.comment or None,
        **_told(call, rows),
        "created": moment(saved.created),
        "changed": moment(saved.changed),
        "readonly": True if saved.is_smart else None,
    }


def _told_heard(call: Call, heard: HeardPlaylist) -> Tree:
    changed = moment(call.catalog.created(tuple(heard.rows)))
    return {
        "id": heard.id,
        "name": heard.name,
        "comment": "What linernotes hears, whatever the files' tags say.",
        **_told(call, heard.rows),
        "created": changed,
        "changed": changed,
        "readonly": True,
    }


def _told(call: Call, rows: Sequence[int]) -> Tree:
    durations, album_of = call.catalog.collection.duration, call.catalog.albums.album_of
    return {
        "owner": USER,
        "public": False,
        "songCount": len(rows),
        "duration": round(float(durations[list(rows)].sum())) if rows else 0,
        "coverArt": album_of[rows[0]] if rows else None,
    }


def _whole(call: Call, told: Tree, rows: Sequence[int]) -> Tree:
    return {"playlist": {**told, "entry": entries.songs(call, rows)}}


METHODS: dict[str, Method] = {
    "getPlaylists": _playlists,
    "getPlaylist": _playlist,
    "createPlaylist": _create,
    "updatePlaylist": _update,
    "deletePlaylist": _delete,
}
