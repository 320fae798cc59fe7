"""Finding the files to listen to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from linernotes.audio.container import sniff
from linernotes.audio.source import open_source
from linernotes.errors import AudioError, UnsupportedError
from linernotes.names import tracks_below


def find_tracks(
    paths: Iterable[str | os.PathLike[str]], *, unread: list[str] | None = None
) -> Iterator[str]:
    """List files, and the tracks in folders and their subfolders, in a stable order.

    In folders, files are listed that are called as music is, whatever they hold, so that a
    broken one is told. Hidden files and what usually accompanies music (covers, playlists,
    logs) are left out by their names alone. All others are listed if their first bytes are
    those of audio. A folder reached twice, by links, is entered once.

    Parameters
    ----------
    paths
        Files and folders; a path that is no folder is listed as it is.
    unread
        Folders that cannot be read are added to it.

    Yields
    ------
    str
        Paths, those of a folder sorted by name.

    Examples
    --------
    >>> list(find_tracks(["song.mp3"]))
    ['song.mp3']
    """
    entered: set[str] = set()
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - which knows no name that it cannot ask for
            yield from tracks_below(path, is_audio, entered=entered, unread=unread)
        else:
            yield os.fspath(path)


def is_audio(path: str | os.PathLike[str]) -> bool:
    """Whether a file's first bytes are those of audio, whatever its name; copy-protected too.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    bool
        ``False`` also where it cannot be read.

    Examples
    --------
    >>> is_audio("README.md")
    False
    """
    try:
        with open_source(path) as file:
            sniff(file)
    except UnsupportedError:
        return True
    except (AudioError, OSError):
        return False
    return True
