"""What is heard, as stickers of MPD's songs, and playlists in MPD.

A song is called in MPD as its path is in its music folder. Stickers are compared as texts, so that
numbers are written with the same number of digits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linernotes.errors import Failure
from linernotes.integrations.heard import HeardTrack
from linernotes.integrations.mpd_client import (
    EXISTS,
    NO_PERMISSION,
    NOT_FOUND,
    UNKNOWN,
    MpdClient,
    MpdError,
    MpdRefusedError,
    can_be_said,
)

_NO_NAME = re.compile(r"[/\\\0-\x1f\x7f]")
_LONGEST_NAME = 120
_LOCKED_OUT = "MPD wants a password for this: --password"


@dataclass(frozen=True)
class Pushed:
    """How it went.

    Parameters
    ----------
    done
        Songs that MPD was told of.
    failures
        Songs that it does not know, or that have no name in its folder.
    """

    done: int
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class MpdMusic:
    """The music folder of MPD, as it is reached from here.

    Parameters
    ----------
    folder
        Its path.
    """

    folder: Path
    _real: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_real", os.path.realpath(self.folder))

    def song(self, path: str) -> str | None:
        """Return what MPD calls a file; ``None`` where it is not in its folder."""
        for place, folder in ((path, str(self.folder)), (os.path.realpath(path), self._real)):
            within = os.path.normpath(place)
            start = os.path.normpath(folder).rstrip(os.sep) + os.sep
            if within.startswith(start):
                name = within[len(start) :].replace(os.sep, "/")
                return name if can_be_said(name) else None
        return None


def music_of(mpd: MpdClient, folder: str | os.PathLike[str] | None = None) -> MpdMusic:
    """Return MPD's music folder, as it is named, or as MPD tells it to a local socket.

    Raises
    ------
    MpdError
        It is not told, or is no folder here.
    """
    if folder is None and mpd.is_local:
        told = dict(mpd.call("config"))
        folder = told.get("music_directory")
    if folder is None:
        raise MpdError("tell where the music folder of MPD is: --music ~/Music")
    place = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100 - links stay as they are
    if not place.is_dir():
        raise MpdError(f"the music folder of MPD, {place}, is not there; name it with --music")
    return MpdMusic(place)


def stickers_of(track: HeardTrack) -> dict[str, str]:
    """Return the stickers of a track; empty for those that it is not to have.

    Returns
    -------
    dict of str to str
        ``heard_genre``, ``genre_certainty``, ``mood``, ``energy``, ``valence``, ``heard_bpm``,
        ``heard_key``, ``voice`` and ``heard_tags``.
    """
    key, tempo = track.sure_key, track.sure_tempo
    return {
        "heard_genre": track.genre or "",
        "genre_certainty": str(track.certainty),
        "mood": track.mood or "",
        "energy": "" if track.energy is None else f"{track.energy:.3f}",
        "valence": "" if track.valence is None else f"{track.valence:.3f}",
        "heard_bpm": "" if tempo is None else f"{tempo:05.1f}",
        "heard_key": "" if key is None else key.name,
        "voice": track.voice or "",
        "heard_tags": "; ".join(track.tags),
    }


def push_stickers(mpd: MpdClient, music: MpdMusic, tracks: Sequence[HeardTrack]) -> Pushed:
    """Write what is heard to the stickers of MPD's songs.

    Parameters
    ----------
    mpd
        A connection.
    music
        Its music folder.
    tracks
        What to write; calling it again is harmless.

    Returns
    -------
    Pushed
        Songs that MPD does not know are failures: it has to scan them first.

    Raises
    ------
    MpdError
        It went away, keeps no stickers, or wants a password.
    """
    named = [(track, music.song(track.path)) for track in tracks]
    failures = [_outside(track.path) for track, song in named if song is None]
    songs = [(track, song) for track, song in named if song is not None]
    refused: dict[str, Failure] = {}
    changes: list[tuple[str, tuple[str, ...]]] = []
    # MPD writes each to the disk by itself, so that only what changes is told.
    asked = mpd.call_all(("sticker", "list", "song", song) for _, song in songs)
    for (track, song), answer in zip(songs, asked, strict=True):
        if isinstance(answer, MpdRefusedError):
            refused[track.path] = _refusal(track.path, answer)
        else:
            changes += [(track.path, change) for change in _changes(track, song, answer)]
    answers = mpd.call_all(command for _, command in changes)
    for (path, _), answer in zip(changes, answers, strict=True):
        if isinstance(answer, MpdRefusedError):
            refused[path] = _refusal(path, answer)
    return Pushed(len(songs) - len(refused), (*failures, *refused.values()))


def _changes(
    track: HeardTrack, song: str, told: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    """Yield the commands that make a song's stickers what they are to be."""
    before = dict(value.split("=", 1) for name, value in told if name == "sticker" and "=" in value)
    for name, value in stickers_of(track).items():
        if value and before.get(name) != value:
            yield ("sticker", "set", "song", song, name, value)
        elif not value and name in before:
            yield ("sticker", "delete", "song", song, name)


def _refusal(path: str, error: MpdRefusedError) -> Failure:
    if error.number == NO_PERMISSION:
        raise MpdError(_LOCKED_OUT) from error
    if error.number == UNKNOWN:
        raise MpdError(
            f"this MPD keeps no stickers ({error}): set sticker_file in its mpd.conf"
        ) from error
    return Failure(path, MpdRefusedError.code, _said(error))


def push_playlists(
    mpd: MpdClient,
    music: MpdMusic,
    playlists: Iterable[tuple[str, Sequence[str]]],
    *,
    overwrite: bool = False,
) -> Iterator[Pushed | MpdRefusedError]:
    """Write playlists to MPD, each whole or not at all.

    Parameters
    ----------
    mpd, music
        As in `push_stickers`.
    playlists
        The name of each, and the paths of its tracks in order.
    overwrite
        Replace those of the same names that are there.

    Yields
    ------
    Pushed or MpdRefusedError
        Songs that MPD does not know are failures, and left out. A playlist is refused where there
        is one of its name.

    Raises
    ------
    MpdError
        MPD went away, keeps no playlists, or wants a password.
    """
    there = _playlists(mpd)
    new: set[str] = set()
    for name, paths in playlists:
        own = playlist_name(name)
        if own in new:
            yield MpdRefusedError(f"MPD was given another playlist {own!r} just now", EXISTS)
        elif own in there and not overwrite:
            message = f"MPD has a playlist {own!r} already: --overwrite replaces it"
            yield MpdRefusedError(message, EXISTS)
        else:
            new.add(own)
            yield _push_playlist(mpd, music, own, paths)


def _push_playlist(mpd: MpdClient, music: MpdMusic, name: str, paths: Sequence[str]) -> Pushed:
    songs = [(path, music.song(path)) for path in paths]
    # MPD keeps playlists as M3U, which cuts off what a name begins with.
    known = [(path, song) for path, song in songs if song and not song[0].isspace()]
    failures = [_outside(path) for path, song in songs if not song or song[0].isspace()]
    # Under another name until all of it is there.
    part = f"{name[: _LONGEST_NAME - 20]} (being written)"
    try:
        _forget(mpd, part)
        answers = mpd.call_all(("playlistadd", part, song) for _, song in known)
        done = 0
        for (path, _), answer in zip(known, answers, strict=True):
            if not isinstance(answer, MpdRefusedError):
                done += 1
            elif answer.number == NOT_FOUND:
                failures.append(Failure(path, MpdRefusedError.code, _said(answer)))
            else:
                raise answer
        if done:
            _forget(mpd, name)
            mpd.call("rename", part, name)
    except MpdRefusedError as error:
        if error.number == NO_PERMISSION:
            raise MpdError(_LOCKED_OUT) from error
        raise MpdError(f"MPD does not take the playlist {name!r}: {error}") from error
    return Pushed(done, tuple(failures))


def playlist_name(name: str) -> str:
    """Return what a playlist can be called in MPD, which keeps it in a file of that name.

    Examples
    --------
    >>> playlist_name("AC/DC"), playlist_name("...")
    ('AC DC', 'playlist')
    """
    said = _NO_NAME.sub(" ", name).encode("utf-8", "ignore").decode().strip(" .")
    return said[:_LONGEST_NAME].strip(" .") or "playlist"


def _playlists(mpd: MpdClient) -> set[str]:
    try:
        return {value for name, value in mpd.call("listplaylists") if name == "playlist"}
    except MpdRefusedError as error:
        if error.number == NO_PERMISSION:
            raise MpdError(_LOCKED_OUT) from error
        raise MpdError(
            f"this MPD keeps no playlists ({error}): set playlist_directory in its mpd.conf"
        ) from error


def _forget(mpd: MpdClient, name: str) -> None:
    try:
        mpd.call("rm", name)
    except MpdRefusedError as error:
        if error.number != NOT_FOUND:
            raise


def _said(error: MpdRefusedError) -> str:
    if error.number == NOT_FOUND:
        return "MPD does not know this file; let it update its database (mpc update)"
    return f"MPD refuses it: {error}"


def _outside(path: str) -> Failure:
    message = "this file is not in the music folder of MPD, or its name is none that MPD can keep"
    return Failure(path, MpdError.code, message)
