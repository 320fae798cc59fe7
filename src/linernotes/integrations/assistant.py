"""What an assistant may ask of a library, within bounds: answers are short, and so are questions.

Tracks are named by their ids or paths. A path that the library does not know is listened to only
where it lies in one of the music folders, after all links in it were followed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linernotes.errors import Failure, LinernotesError
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.explore.filters import Filters
from linernotes.explore.smart_playlists import find_playlist
from linernotes.integrations.heard import HeardTrack, hear_file, heard_tracks
from linernotes.library.file_tags import clean

if TYPE_CHECKING:
    from linernotes.explore import Explorer, Library
    from linernotes.explore.query import Match

MOST_TRACKS = 100
"""Tracks that an answer holds at most."""

_MOST_NAMED = 20
_MOST_FILTERS = 10
_LONGEST = 500
_LONGEST_PATH = 4096
_LONGEST_TEXT = 200
_COMMONEST = 20
# Of a file that is listened to.
_SECONDS = 120.0


class OutOfBoundsError(LinernotesError):
    """An assistant asks for what it may not have, or for too much."""

    code = "out-of-bounds"


class Assistant:
    """Answers questions about a library; every answer is a value that JSON can hold.

    Parameters
    ----------
    library
        Which one.
    music
        Folders whose files may be listened to, besides what the library knows.
    """

    def __init__(self, library: Library, *, music: Sequence[str | os.PathLike[str]] = ()) -> None:
        self._library = library
        self._music = tuple(Path(os.path.realpath(Path(place).expanduser())) for place in music)

    def facts(self) -> dict[str, Any]:
        """Count what the library holds: tracks, hours, artists, genres, moods."""
        collection = self._explorer().collection
        heard = heard_tracks(collection)
        return {
            "tracks": len(heard),
            "hours": round(sum(track.duration for track in heard) / 3600, 2),
            "artists": len({track.artist for track in heard if track.artist}),
            "genres_heard": _counted(track.genre for track in heard),
            "moods_heard": _counted(track.mood for track in heard),
            "voice_heard": _counted(track.voice for track in heard),
            "fields_for_filters": sorted(
                {*collection.metadata, *self._explorer().heard, "path", "duration", "year"}
            ),
            "tags_for_words": list(collection.tag_names),
        }

    def identify(self, track: str) -> dict[str, Any]:
        """Tell what a track is: from the library, or by listening to a file of a music folder."""
        explorer = self._explorer()
        try:
            row = explorer.find(self._named(track))
        except TrackNotFoundError:
            return self._listen(self._allowed(track))
        return _shown(heard_tracks(explorer.collection, [row])[0])

    def similar(
        self,
        tracks: Sequence[str],
        *,
        unlike: Sequence[str] = (),
        words: str | None = None,
        n: int = 20,
        per_artist: int | None = None,
        where: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """Find what sounds like tracks, or like words, best first."""
        from linernotes.explore.requests import query_of

        explorer = self._explorer()
        likes = [self._known_or_allowed(explorer, track) for track in _few(tracks)]
        dislikes = [self._known(explorer, track) for track in _few(unlike)]
        query = query_of(explorer, likes, disliked=dislikes, words=_short(words))
        _check_count(n)
        if per_artist is not None and per_artist < 1:
            raise OutOfBoundsError("per_artist is 1 or more")
        found = explorer.similar(query, n=n, per_artist=per_artist, where=_filters(where), why=True)
        return self._matches(explorer, found)

    def path(self, start: str, end: str, *, n: int = 10) -> list[dict[str, Any]]:
        """Find tracks that lead from one track of the library to another in even steps."""
        from linernotes.explore.requests import path_to

        _check_count(n)
        explorer = self._explorer()
        ends = self._known(explorer, start), self._known(explorer, end)
        return self._matches(explorer, path_to(explorer, ends[:1], ends[1], n=n))

    def query(self, where: Sequence[str], *, n: int = 20, offset: int = 0) -> dict[str, Any]:
        """List tracks that pass filters, such as ``genre=jazz and tempo>120``."""
        import numpy as np

        _check_count(n)
        if not 0 <= offset <= 10_000_000:
            raise OutOfBoundsError("offset is a number of tracks, 0 or more")
        explorer = self._explorer()
        filters = Filters(explorer.collection, lambda: explorer.heard)
        passed = np.ones(len(explorer.collection), np.bool_)
        for condition in _filters(where):
            passed &= filters.select(condition)
        rows = np.flatnonzero(passed)
        shown = heard_tracks(explorer.collection, rows[offset : offset + n].tolist())
        return {"found": len(rows), "tracks": [_shown(track) for track in shown]}

    def playlists(self, playlist: str | None = None) -> dict[str, Any]:
        """List playlists, or the tracks of one."""
        if playlist is None:
            every = self._library.playlists.all()
            shown = [
                {"id": each.id, "name": each.name, "tracks": len(each.tracks)}
                for each in every[: 10 * MOST_TRACKS]
            ]
            return {"found": len(every), "playlists": shown}
        found = find_playlist(self._library, playlist)
        collection = self._explorer().collection
        places = {track: row for row, track in enumerate(collection.track_id)}
        rows = [places[track] for track in found.tracks if track in places]
        shown_tracks = [_shown(track) for track in heard_tracks(collection, rows[:MOST_TRACKS])]
        return {"id": found.id, "name": found.name, "found": len(rows), "tracks": shown_tracks}

    def save_playlist(
        self, name: str, tracks: Sequence[str], *, comment: str = ""
    ) -> dict[str, Any]:
        """Save a new playlist."""
        if len(tracks) > 10 * MOST_TRACKS:
            raise OutOfBoundsError(f"a playlist has at most {10 * MOST_TRACKS} tracks here")
        explorer = self._explorer()
        ids = [self._known(explorer, track) for track in tracks]
        made = self._library.playlists.create(clean(name), tracks=ids, comment=clean(comment))
        return {"id": made.id, "name": made.name, "tracks": len(made.tracks)}

    def _explorer(self) -> Explorer:
        return self._library.explorer()

    def _matches(self, explorer: Explorer, found: Sequence[Match]) -> list[dict[str, Any]]:
        heard = heard_tracks(explorer.collection, [match.index for match in found])
        return [
            {"score": round(match.score, 4), "why": clean(match.why), **_shown(track)}
            for match, track in zip(found, heard, strict=True)
        ]

    def _listen(self, path: str) -> dict[str, Any]:
        from linernotes.engine import run

        # In a process of its own, which can be killed whatever the file does to a decoder.
        (outcome,) = run(hear_file, [path], workers=1, timeout=_SECONDS)
        if outcome.value is None:
            raise OutOfBoundsError(Failure.of(None, outcome.error).message)
        return _shown(outcome.value)

    def _known(self, explorer: Explorer, track: str) -> str:
        try:
            return explorer.collection.track_id[explorer.find(self._named(track))]
        except TrackNotFoundError:
            raise OutOfBoundsError("the library has no such track") from None

    def _known_or_allowed(self, explorer: Explorer, track: str) -> str:
        try:
            return self._known(explorer, track)
        except OutOfBoundsError:
            return self._allowed(track)

    def _named(self, track: str) -> str:
        if not track or len(track) > _LONGEST_PATH or "\0" in track:
            raise OutOfBoundsError("a track is named by its id or its path")
        return track

    def _allowed(self, track: str) -> str:
        """Return the real path of a file in a music folder; the answer is the same for all else."""
        refused = OutOfBoundsError(
            "this is neither a track of the library nor a file in one of the music folders"
        )
        try:
            place = Path(os.path.realpath(Path(self._named(track)).expanduser()))
            inside = any(place.is_relative_to(folder) for folder in self._music)
            if not inside or not place.is_file():
                raise refused
        except (OSError, RuntimeError, ValueError):
            raise refused from None
        return str(place)


def _shown(track: HeardTrack) -> dict[str, Any]:
    """Return what is told of a track; texts from files are one short line each."""
    return {
        name: clean(value)[: _LONGEST_PATH if name == "path" else _LONGEST_TEXT]
        if isinstance(value, str)
        else value
        for name, value in track.as_dict().items()
    }


def _counted(words: Any) -> Mapping[str, int]:
    return dict(Counter(word for word in words if word).most_common(_COMMONEST))


def _few(tracks: Sequence[str]) -> Sequence[str]:
    if len(tracks) > _MOST_NAMED:
        raise OutOfBoundsError(f"name at most {_MOST_NAMED} tracks")
    return tracks


def _short(words: str | None) -> str | None:
    if words is not None and len(words) > _LONGEST:
        raise OutOfBoundsError(f"words are at most {_LONGEST} characters")
    return words or None


def _filters(where: Sequence[str]) -> list[str]:
    if len(where) > _MOST_FILTERS or any(len(one) > _LONGEST for one in where):
        raise OutOfBoundsError(
            f"at most {_MOST_FILTERS} filters of {_LONGEST} characters: join them with 'and'"
        )
    return [one for one in where if one.strip()]


def _check_count(n: int) -> None:
    if not 1 <= n <= MOST_TRACKS:
        raise OutOfBoundsError(f"ask for 1 to {MOST_TRACKS} tracks")
