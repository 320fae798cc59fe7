"""Which files a scan finds in folders, and which are gone from them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from linernotes.audio import find_tracks
from linernotes.library.errors import FolderNotFoundError
from linernotes.library.presence import is_gone
from linernotes.names import may_be_track


def files_in(
    folders: Sequence[str], *, apart_from: Path | None, unread: list[str]
) -> Iterator[str]:
    """Yield the files that may be tracks.

    Parameters
    ----------
    folders
        Absolute; files are taken as they are.
    apart_from
        A folder to leave out: that of the library.
    unread
        Folders that cannot be read are added.

    Raises
    ------
    FolderNotFoundError
        One of the folders is not there, or cannot be reached.
    """
    for folder in folders:
        _check(folder)
    own = None if apart_from is None else os.path.join(apart_from, "")  # noqa: PTH118
    for path in find_tracks(folders, unread=unread):
        if own is None or not path.startswith(own):
            yield path


def _check(folder: str) -> None:
    """See that a folder can be reached; files may be whatever they are, and are told what."""
    if not os.path.lexists(folder):
        raise FolderNotFoundError(f"there is no folder {folder}; is its drive connected?")
    try:
        os.stat(folder)  # noqa: PTH116
    except OSError as error:
        if not may_be_track(os.path.basename(folder)):  # noqa: PTH119
            reason = error.strerror or type(error).__name__
            raise FolderNotFoundError(
                f"{folder} cannot be reached ({reason}); is its drive connected?"
            ) from error


def gone_from(folders: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return which of some files were in folders and are no more, sorted."""
    return sorted(path for path in paths if is_within(path, folders) and is_gone(path))


def is_within(path: str, folders: Sequence[str]) -> bool:
    """Tell whether a file is in one of some folders, or is one of them."""
    return any(
        path == folder or path.startswith(os.path.join(folder, ""))  # noqa: PTH118
        for folder in folders
    )
