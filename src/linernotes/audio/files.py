"""Finding the files to listen to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# What lies beside music and is not meant to be any.
_COMPANIONS = frozenset(
    ".jpg .jpeg .png .gif .webp .bmp .tif .tiff .pdf .m3u .m3u8 .pls .cue .log .nfo .sfv .md5 "
    ".ini .db .lrc .accurip .url .html .json .csv .xml .linernotes".split()
)


def find_tracks(paths: Iterable[str | os.PathLike[str]]) -> Iterator[str]:
    """List files, and the files in folders and their subfolders, in a stable order.

    Within folders, hidden files and what usually accompanies music (covers,
    playlists, logs) are left out; everything else is listed, whatever its name. A
    folder reached twice, by links, is entered once.

    Parameters
    ----------
    paths
        Files and folders; a path that is no folder is listed as it is.

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
        if not Path(path).is_dir():
            yield os.fspath(path)
            continue
        for folder, folders, files in os.walk(path, followlinks=True):
            real = os.path.realpath(folder)
            if real in entered:
                folders.clear()
                continue
            entered.add(real)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith(".") and Path(name).suffix.lower() not in _COMPANIONS:
                    yield str(Path(folder) / name)
