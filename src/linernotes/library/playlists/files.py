"""Playlists as files, in the formats that players read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from linernotes.errors import Failure
from linernotes.files import write_atomically
from linernotes.library.playlists.entries import (
    LARGEST,
    MOST_TRACKS,
    PlaylistEntry,
    PlaylistError,
    PlaylistFile,
)
from linernotes.library.playlists.jspf import format_jspf, parse_jspf
from linernotes.library.playlists.m3u import format_m3u, parse_m3u
from linernotes.library.playlists.xspf import format_xspf, parse_xspf
from linernotes.library.presence import Presence

SUFFIXES = (".m3u8", ".m3u", ".xspf", ".jspf")


def format_playlist(
    playlist: PlaylistFile, suffix: str, folder: Path | None = None
) -> tuple[bytes, Sequence[Failure]]:
    r"""Spell a playlist in a format.

    Parameters
    ----------
    playlist
        What to spell.
    suffix
        Of the format: one of ``SUFFIXES``.
    folder
        Where it will lie; files are named relative to that, in full without.

    Returns
    -------
    tuple of bytes and Failures
        The file, and the entries that the format cannot name.

    Examples
    --------
    >>> format_playlist(PlaylistFile([]), ".m3u8")
    (b'#EXTM3U\n', [])
    """
    if suffix == ".xspf":
        return format_xspf(playlist, folder), []
    if suffix == ".jspf":
        return format_jspf(playlist, folder), []
    return format_m3u(playlist, folder)


def write_playlist(
    path: str | os.PathLike[str],
    entries: Iterable[PlaylistEntry],
    *,
    title: str = "",
    comment: str = "",
) -> tuple[Failure, ...]:
    """Write a playlist, at once or not at all; one of the same name is replaced.

    Paths are relative to the playlist's folder, with forward slashes, so that the playlist can
    be moved with its music; those on another drive are absolute.

    Parameters
    ----------
    path
        A ``.m3u8`` or ``.m3u`` file, which are both UTF-8, or ``.xspf`` or ``.jspf``.
    entries
        The tracks in order.
    title, comment
        What it is called, and what is said of it; M3U says it in a line that players pass over.

    Returns
    -------
    tuple of Failure
        The entries that were left out, since M3U cannot name them: the file's name holds
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
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise PlaylistError(f"{target.name}: playlists are written as {_LISTED}")
    if not target.parent.is_dir():
        raise PlaylistError(f"there is no folder {target.parent} to write the playlist to")
    presence = Presence()
    # A name whose letters are spelled in another form by now is written as it opens.
    places = [
        replace(entry, path=presence.find(os.path.abspath(entry.path)) or entry.path)  # noqa: PTH100
        if entry.path and "://" not in entry.path else entry
        for entry in entries
    ]  # fmt: skip
    playlist = PlaylistFile(places, title, comment)
    data, failures = format_playlist(playlist, suffix, target.parent)
    try:
        write_atomically(target, data)
    except OSError as error:
        raise PlaylistError(f"{target}: cannot be written: {error.strerror}") from error
    return tuple(failures)


def read_playlist(path: str | os.PathLike[str]) -> PlaylistFile:
    """Read a playlist; none of the files that it names is opened.

    Parameters
    ----------
    path
        A ``.m3u8``, ``.m3u``, ``.xspf`` or ``.jspf`` file of up to 32 MiB.

    Returns
    -------
    PlaylistFile
        Its entries with full paths; of what only its recording or its title is known, the path
        is "".

    Raises
    ------
    PlaylistError
        It cannot be read, or is no playlist.

    Examples
    --------
    >>> read_playlist("mix.m3u8").entries[0].title  # doctest: +SKIP
    'Sinnerman'
    """
    source = Path(path)
    try:
        with source.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PlaylistError(f"{source}: cannot be read: {reason}") from error
    folder = Path(os.path.abspath(source)).parent  # noqa: PTH100 - links stay as they are
    return parse_playlist(data, source.suffix, folder)


def parse_playlist(data: bytes, suffix: str, folder: Path | None = None) -> PlaylistFile:
    """Read the bytes of a playlist.

    Parameters
    ----------
    data
        Of up to 32 MiB.
    suffix
        Of its format: one of ``SUFFIXES``.
    folder
        What its paths are relative to.

    Raises
    ------
    PlaylistError
        It is no playlist, or too large.

    Examples
    --------
    >>> parse_playlist(b"a.mp3", ".m3u8").entries[0].path
    'a.mp3'
    """
    kind = suffix.lower()
    if kind not in SUFFIXES:
        raise PlaylistError(f"playlists are read from {_LISTED}")
    if len(data) > LARGEST:
        raise PlaylistError(f"playlists of up to {LARGEST >> 20} MiB are read; this one is larger")
    parse = {".xspf": parse_xspf, ".jspf": parse_jspf}.get(kind, parse_m3u)
    found = parse(data, folder)
    if len(found.entries) > MOST_TRACKS:
        raise PlaylistError(f"playlists of up to {MOST_TRACKS:,} tracks are read")
    return found


_LISTED = ".m3u8, .m3u, .xspf and .jspf files"
