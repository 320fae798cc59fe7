"""``linernotes playlist`` and ``push``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from linernotes.clock import clock
from linernotes.display import printable
from linernotes.explore import Library
from linernotes.explore.smart_playlists import (
    answer,
    entries_of,
    find_playlist,
    refresh_playlist,
    track_ids,
)
from linernotes.library.playlists import PlaylistError, SavedPlaylist, SavedQuery, write_playlist

if TYPE_CHECKING:
    from linernotes.errors import Failure


def list_playlists(*, library: str | None = None, as_json: bool = False) -> None:
    """Print the playlists of a library."""
    console = Console(highlight=False, soft_wrap=True)
    for each in Library(library).playlists.all():
        if as_json:
            print(json.dumps(_as_dict(each)))
        else:
            kind = "smart" if each.is_smart else ""
            console.print(
                printable(f"{each.id}  {len(each.tracks):6,}  {kind:5}  {each.name}"), markup=False
            )


def show_playlist(name: str, *, library: str | None = None, as_json: bool = False) -> None:
    """Print the tracks of a playlist."""
    place = Library(library)
    found = find_playlist(place, name)
    entries = entries_of(place.explorer().collection, found)
    if as_json:
        tracks = [
            {"path": e.path, "artist": e.artist, "title": e.title, "duration": e.duration}
            for e in entries
        ]
        print(json.dumps({**_as_dict(found), "entries": tracks}))
        return
    console = Console(highlight=False, soft_wrap=True)
    if found.query is not None:
        asked = ", ".join(f"{key}={value}" for key, value in found.query.as_dict().items())
        console.print(printable(f"asks for {asked}"), markup=False, style="dim")
    for number, entry in enumerate(entries, 1):
        length = "" if entry.duration is None else clock(entry.duration)
        console.print(printable(f"{number:4}  {entry.label}  {length}"), markup=False)
    if gone := len(found.tracks) - len(entries):
        _say(f"{gone} more are not in the library any more")


def create_playlist(
    name: str,
    tracks: Sequence[str],
    *,
    library: str | None = None,
    words: str = "",
    where: str = "",
    like: Sequence[str] = (),
    unlike: Sequence[str] = (),
    n: int = 50,
    per_artist: int | None = None,
    once: bool = False,
    comment: str = "",
) -> None:
    """Keep a playlist of tracks, of a question, or of what is found now."""
    place = Library(library)
    asks = bool(words or where or like or unlike)
    if asks and tracks:
        raise PlaylistError("name tracks, or ask for some; a track that is liked goes after --like")
    query = None
    if asks:
        query = SavedQuery(
            words=words, where=where, tracks=tuple(track_ids(place, like)),
            unlike=tuple(track_ids(place, unlike)), n=n, per_artist=per_artist,
        )  # fmt: skip
        ids = [match.track_id for match in answer(place.explorer(), query)]
    else:
        ids = track_ids(place, tracks)
    kept = place.playlists.create(name, tracks=ids, query=None if once else query, comment=comment)
    _say(f"{_counted(kept)}: {kept.name} ({kept.id})")


def add_tracks(name: str, tracks: Sequence[str], *, library: str | None = None) -> None:
    """Add tracks to a playlist."""
    place = Library(library)
    found = _of_tracks(find_playlist(place, name))
    _say(_counted(place.playlists.add(found.id, track_ids(place, tracks))))


def remove_tracks(name: str, tracks: Sequence[str], *, library: str | None = None) -> None:
    """Take tracks out of a playlist."""
    place = Library(library)
    found = _of_tracks(find_playlist(place, name))
    out = set(track_ids(place, tracks))
    if not out & set(found.tracks):
        raise PlaylistError("none of these tracks is in the playlist")
    left = [track for track in found.tracks if track not in out]
    _say(_counted(place.playlists.change(found.id, tracks=left, revision=found.revision)))


def rename_playlist(name: str, new: str, *, library: str | None = None) -> None:
    """Call a playlist something else."""
    place = Library(library)
    place.playlists.change(find_playlist(place, name).id, name=new)


def delete_playlist(name: str, *, library: str | None = None) -> None:
    """Delete a playlist."""
    place = Library(library)
    found = find_playlist(place, name)
    place.playlists.remove(found.id)
    _say(f"deleted: {found.name}")


def refresh_playlists(name: str | None, *, library: str | None = None) -> None:
    """Ask the questions of one or all smart playlists anew."""
    place = Library(library)
    every = place.playlists.all() if name is None else [find_playlist(place, name)]
    for each in every:
        if each.is_smart:
            _say(f"{_counted(refresh_playlist(place, each.id))}: {each.name}")
        elif name is not None:
            raise PlaylistError(f"{each.name} is no smart playlist: its tracks were chosen")


def export_playlist(
    name: str, output: Path, *, library: str | None = None, for_listenbrainz: bool = False
) -> None:
    """Write a playlist to a file."""
    place = Library(library)
    found = find_playlist(place, name)
    entries = entries_of(place.explorer().collection, found)
    if for_listenbrainz:
        from linernotes.integrations.listenbrainz import write_for_listenbrainz

        failures = write_for_listenbrainz(output, found.name, entries, comment=found.comment)
    else:
        failures = write_playlist(output, entries, title=found.name, comment=found.comment)
    _tell(failures)
    _say(f"playlist of {len(entries) - len(failures)} tracks: {output}")


def push_to_mpd(
    *,
    library: str | None = None,
    host: str = "localhost",
    port: int = 6600,
    password: str | None = None,
    music: str | None = None,
    names: Sequence[str] | None = None,
    overwrite: bool = False,
) -> tuple[int, int]:
    """Write stickers and playlists to MPD, or the named playlists alone.

    Returns
    -------
    done, failed
        Numbers of songs.
    """
    from linernotes.integrations.heard import heard_tracks
    from linernotes.integrations.mpd import music_of, push_playlists, push_stickers
    from linernotes.integrations.mpd_client import MpdClient, MpdRefusedError

    place = Library(library)
    collection = place.explorer().collection
    wanted = [find_playlist(place, name) for name in names or ()] or (
        list(place.playlists.all()) if names is None else []
    )
    done = failed = 0
    with MpdClient(host, port, password=password) as mpd:
        folder = music_of(mpd, music)
        if names is None:
            pushed = push_stickers(mpd, folder, heard_tracks(collection))
            _tell(pushed.failures)
            _say(f"{pushed.done} songs have stickers now")
            done, failed = pushed.done, len(pushed.failures)
        asked = [(e.name, [entry.path for entry in entries_of(collection, e)]) for e in wanted]
        for (name, _), told in zip(
            asked, push_playlists(mpd, folder, asked, overwrite=overwrite), strict=True
        ):
            if isinstance(told, MpdRefusedError):
                _say(str(told))
                failed += 1
                continue
            _tell(told.failures)
            _say(f"playlist of {told.done} tracks: {name}")
            done, failed = done + told.done, failed + len(told.failures)
    return done, failed


def _of_tracks(playlist: SavedPlaylist) -> SavedPlaylist:
    if playlist.is_smart:
        raise PlaylistError(f"{playlist.name} is a smart playlist: what it asks for is in it")
    return playlist


def _as_dict(playlist: SavedPlaylist) -> dict[str, Any]:
    return {
        "id": playlist.id,
        "name": playlist.name,
        "comment": playlist.comment,
        "tracks": list(playlist.tracks),
        "query": None if playlist.query is None else playlist.query.as_dict(),
        "created": playlist.created.isoformat(),
        "changed": playlist.changed.isoformat(),
    }


def _counted(playlist: SavedPlaylist) -> str:
    return f"{len(playlist.tracks)} tracks"


def _tell(failures: Iterable[Failure]) -> None:
    for failure in failures:
        _say(f"{failure.file}: {failure.code}: {failure.message}")


def _say(text: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(printable(text), markup=False)
