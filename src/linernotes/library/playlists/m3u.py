"""M3U: a line a file, in UTF-8, with lines of comment that tell what players show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linernotes.errors import Failure
from linernotes.library.file_tags import clean
from linernotes.library.playlists.entries import (
    PlaylistEntry,
    PlaylistError,
    PlaylistFile,
    path_of,
    place_of_name,
    reference_of,
)


def format_m3u(
    playlist: PlaylistFile, folder: Path | None = None
) -> tuple[bytes, Sequence[Failure]]:
    r"""Spell a playlist as M3U.

    Parameters
    ----------
    playlist
        What to spell.
    folder
        Where it will lie; paths are relative to that, absolute without.

    Returns
    -------
    tuple of bytes and Failures
        The file, and the entries that are left out since no line can name them: the file's name
        holds a line break, begins or ends with what players cut off, or is not Unicode.

    Examples
    --------
    >>> format_m3u(PlaylistFile([PlaylistEntry("/a.mp3", 62.7, "Nina Simone", "Sinnerman")]))[0]
    b'#EXTM3U\n#EXTINF:63,Nina Simone - Sinnerman\n/a.mp3\n'
    """
    lines = ["#EXTM3U"]
    title = clean(playlist.title)
    if title:
        lines.append(f"#PLAYLIST:{title}")
    if comment := clean(playlist.comment):
        lines.append(f"# {comment}")
    failures = []
    for entry in playlist.entries:
        reference = reference_of(entry.path, folder)
        if not _is_sayable(reference):
            message = "no playlist can name this file: rename it without line breaks"
            failures.append(Failure(entry.path, PlaylistError.code, message))
            continue
        seconds = -1 if entry.duration is None else round(entry.duration)
        lines += [f"#EXTINF:{seconds},{entry.label}", reference]
    return "\n".join([*lines, ""]).encode(), failures


def parse_m3u(data: bytes, folder: Path | None = None) -> PlaylistFile:
    r"""Read M3U; what is no UTF-8 is taken for Latin-1, as old players wrote it.

    Parameters
    ----------
    data
        The file.
    folder
        What its paths are relative to.

    Examples
    --------
    >>> parse_m3u(b"#EXTINF:63,Nina Simone - Sinnerman\r\n/a.mp3").entries[0].title
    'Sinnerman'
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    entries = []
    title, told = "", ("", "")
    for line in text.replace("\r", "\n").split("\n"):
        said = line.strip()
        if said.startswith("#EXTINF:"):
            seconds, _, label = said.removeprefix("#EXTINF:").partition(",")
            told = seconds.strip().partition(" ")[0], label
        elif said.startswith("#PLAYLIST:"):
            title = clean(said.removeprefix("#PLAYLIST:"))
        elif said and not said.startswith("#"):
            path = path_of(said, folder) if "://" in said else place_of_name(said, folder)
            if path is not None:
                entries.append(_entry(path, *told))
            told = "", ""
    return PlaylistFile(tuple(entries), title)


def _entry(path: str, seconds: str, label: str) -> PlaylistEntry:
    artist, mark, title = label.partition(" - ")
    artist, title = (artist, title) if mark else ("", label)
    duration = float(seconds) if seconds.isdecimal() and len(seconds) < 10 else None
    return PlaylistEntry(path, duration, clean(artist) or None, clean(title) or None)


def _is_sayable(reference: str) -> bool:
    try:
        reference.encode()
    except UnicodeEncodeError:
        return False
    return reference.splitlines() == [reference] and reference == reference.strip()
