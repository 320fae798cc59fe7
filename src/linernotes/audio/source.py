"""Sources of tracks: found in folders, and opened from a path, bytes, or a file object."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from linernotes.audio.container import sniff
from linernotes.errors import AudioError, EmptyFileError, UnreadableError, UnsupportedError
from linernotes.names import tracks_below

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO

_IN_MEMORY = 64 * 2**20


def source_name(source: Source) -> str | None:
    """Name of a source for messages, or ``None`` if it has none."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else None


@contextmanager
def open_source(source: Source) -> Iterator[BinaryIO]:
    """Open a source as a seekable binary file, and close only what was opened here.

    Parameters
    ----------
    source
        Path, bytes, or a file object in binary mode, which is read from its
        beginning. One that cannot seek is copied to a temporary file first.

    Raises
    ------
    UnreadableError
        The path leads nowhere, to something else than a regular file, or to a
        file that this user may not read.
    EmptyFileError
        There are no bytes.
    """
    if isinstance(source, str | os.PathLike):
        with _open_path(Path(source)) as file:
            yield _not_empty(file, source_name(source))
    elif isinstance(source, bytes | bytearray | memoryview):
        with io.BytesIO(source) as buffer:
            yield _not_empty(buffer, None)
    elif source.seekable():
        yield _not_empty(source, source_name(source))
    else:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            shutil.copyfileobj(source, copy)
            yield _not_empty(cast(BinaryIO, copy), source_name(source))


def _open_path(path: Path) -> BinaryIO:
    name = str(path)
    try:
        # Opening a pipe or a device could wait for ever, so look before opening.
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableError("this is a folder; name the files in it, or identify it", name)
        if not stat.S_ISREG(mode):
            raise UnreadableError("this is not a regular file", name)
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        if path.is_symlink():
            message = "this link leads to a file that does not exist"
        else:
            message = "there is no such file"
        raise UnreadableError(message, name) from error
    except PermissionError as error:
        message = "you are not allowed to read this file; check its permissions"
        raise UnreadableError(message, name) from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"this file cannot be opened ({error})", name) from error


def _not_empty(file: BinaryIO, name: str | None) -> BinaryIO:
    if file.seek(0, io.SEEK_END) == 0:
        raise EmptyFileError("the file is empty (0 bytes); fetch or copy it again", name)
    file.seek(0)
    return file


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
