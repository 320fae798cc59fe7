"""Which files a scan finds in folders, and which are gone from them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from linernotes.audio import find_tracks
from linernotes.library.errors import FolderNotFoundError


def files_in(folders: Sequence[str], *, apart_from: Path | None) -> Iterator[str]:
    """Yield the files that may be tracks.

    Parameters
    ----------
    folders
        Absolute; files are taken as they are.
    apart_from
        A folder to leave out: that of the library.

    Raises
    ------
    FolderNotFoundError
        One of the folders is not there.
    """
    for folder in folders:
        if not os.path.lexists(folder):
            raise FolderNotFoundError(f"there is no folder {folder}; is its drive connected?")
    own = None if apart_from is None else os.path.join(apart_from, "")  # noqa: PTH118
    for path in find_tracks(folders):
        if own is None or not path.startswith(own):
            yield path


def gone_from(folders: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return which of some files were in folders and are no more, sorted."""
    return sorted(path for path in paths if _is_within(path, folders) and _is_gone(path))


def _is_within(path: str, folders: Sequence[str]) -> bool:
    return any(
        path == folder or path.startswith(os.path.join(folder, ""))  # noqa: PTH118
        for folder in folders
    )


def _is_gone(path: str) -> bool:
    """Whether there is no such file: one that may not be looked at is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
