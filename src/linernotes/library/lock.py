"""One scan at a time: a lock that ends with the process that holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from linernotes.library.errors import LibraryBusyError, LibraryFullError, LibraryReadOnlyError

_NAME = "scan.lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Be the only process that writes to a library.

    Parameters
    ----------
    folder
        The library's, which is made if it is not there.

    Raises
    ------
    LibraryBusyError
        Another process holds the lock. It lets go of it by ending, however it ends.
    LibraryReadOnlyError, LibraryFullError
        The folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, only_writer(Path(folder)):
    ...     with only_writer(Path(folder)):  # doctest: +IGNORE_EXCEPTION_DETAIL
    ...         pass
    Traceback (most recent call last):
    ...
    LibraryBusyError: another scan is writing
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _NAME).open("ab")
    except FileExistsError as error:
        raise LibraryReadOnlyError(f"{folder} is a file; a library is a folder") from error
    except OSError as error:
        if error.strerror and "space" in error.strerror:
            raise LibraryFullError(f"{folder}: {error.strerror}; nothing was changed") from error
        raise LibraryReadOnlyError(
            f"the library in {folder} cannot be written to ({error.strerror}); "
            "choose another folder with --library"
        ) from error
    with file:
        if not _lock(file):
            raise LibraryBusyError(
                f"another scan is writing to the library in {folder}; wait until it has ended"
            )
        yield


if sys.platform == "win32":

    def _lock(file: BinaryIO) -> bool:
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _lock(file: BinaryIO) -> bool:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network drives know no locks. Two scans at once do no harm there, but
            # may do the same work twice.
            return True
        return True


def settle(folder: Path, settled: set[str]) -> None:
    """See that new files of a library survive a power loss.

    Parameters
    ----------
    folder
        The library's.
    settled
        Files that were seen to before; the new ones are added.
    """
    new = []
    for parent, _, names in os.walk(folder):
        paths = {os.path.join(parent, name) for name in names} - settled  # noqa: PTH118
        if paths:
            new += [*paths, parent]
            settled |= paths
    for path in new:
        try:
            handle = os.open(path, os.O_RDONLY)
        except OSError:  # gone already; and Windows opens no folders
            continue
        try:
            os.fsync(handle)
        except OSError:
            pass
        finally:
            os.close(handle)
