"""Playlists as real players read them: m3u8, in UTF-8, with paths relative to the playlist."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from linernotes.errors import Failure, LinernotesError
from linernotes.files import write_atomically
from linernotes.library.file_tags import clean
from linernotes.library.presence import Presence
from linernotes.references import OWN_FLAVOUR, relative_reference

SUFFIXES = (".m3u8", ".m3u")


class PlaylistError(LinernotesError):
    """A playlist, or an entry of it, cannot be written."""

    code = "playlist"


@dataclass(frozen=True)
class PlaylistEntry:
    """A track in a playlist.

    Parameters
    ----------
    path
        Of the file.
    duration
        Seconds, if known.
    artist, title
        What players show, if known.

    Examples
    --------
    >>> PlaylistEntry("a.mp3", 62.7, "Nina Simone", "Sinnerman").label
    'Nina Simone - Sinnerman'
    """

    path: str
    duration: float | None = None
    artist: str | None = None
    title: str | None = None

    @property
    def label(self) -> str:
        """The caption that players show: artist and title, or the file's name."""
        told = [clean(text) for text in (self.artist, self.title) if text]
        if not self.title:
            told.append(clean(Path(self.path).stem))
        return " - ".join(text for text in told if text)


def write_playlist(
    path: str | os.PathLike[str], entries: Iterable[PlaylistEntry]
) -> tuple[Failure, ...]:
    """Write a playlist, at once or not at all; one of the same name is replaced.

    Paths are relative to the playlist's folder, with forward slashes, so that the playlist can
    be moved with its music; those on another drive are absolute.

    Parameters
    ----------
    path
        A ``.m3u8`` or ``.m3u`` file; both are UTF-8.
    entries
        The tracks in order.

    Returns
    -------
    tuple of Failure
        The entries that were left out, since no playlist can name them: the file's name holds
        a line break, begins or ends with what players cut off, or is not Unicode.

    Raises
    ------
    PlaylistError
        The folder or the name is wrong, or it cannot be written.

    Examples
    --------
    >>> write_playlist("mix.m3u8", [PlaylistEntry("a.mp3", 62.7, "Nina Simone", "Sinnerman")]
    ... )  # doctest: +SKIP
    ()
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise PlaylistError(f"{target.name}: playlists are written as .m3u8 or .m3u")
    if not target.parent.is_dir():
        raise PlaylistError(f"there is no folder {target.parent} to write the playlist to")
    lines = ["#EXTM3U"]
    failures = []
    presence = Presence()
    for entry in entries:
        # A name whose letters are spelled in another form by now is written as it opens.
        place = presence.find(os.path.abspath(entry.path)) or entry.path  # noqa: PTH100
        reference = _reference(place, target.parent)
        if not _is_sayable(reference):
            message = "no playlist can name this file: rename it without line breaks"
            failures.append(Failure(entry.path, PlaylistError.code, message))
            continue
        seconds = -1 if entry.duration is None else round(entry.duration)
        lines += [f"#EXTINF:{seconds},{entry.label}", reference]
    try:
        write_atomically(target, "\n".join([*lines, ""]).encode())
    except OSError as error:
        raise PlaylistError(f"{target}: cannot be written: {error.strerror}") from error
    return tuple(failures)


def _reference(path: str, folder: Path) -> str:
    """Return how a playlist in a folder names a file."""
    near, base = os.path.abspath(path), os.path.abspath(folder)  # noqa: PTH100
    # Below the folder a name is as it is; on the way up, links would lead elsewhere.
    if not near.startswith(base.rstrip(os.sep) + os.sep):
        head, tail = os.path.split(near)
        near, base = os.path.join(os.path.realpath(head), tail), os.path.realpath(base)  # noqa: PTH118
    return relative_reference(near, base, flavour=OWN_FLAVOUR)


def _is_sayable(reference: str) -> bool:
    try:
        reference.encode()
    except UnicodeEncodeError:
        return False
    return reference.splitlines() == [reference] and reference == reference.strip()
