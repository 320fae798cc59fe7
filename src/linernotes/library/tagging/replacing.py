"""Putting an edited file in the place of the old one: at once, or not at all.

The new file is made beside the old one, with the same permissions, owner and extended
attributes, and takes its name when it is known to be right and safe on the disk. Whatever
happens before leaves the old file as it was. Of a link, the file that it leads to is edited;
of a file with several names (hard links), the others keep the old content.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from linernotes.errors import LinernotesError, UnreadableError
from linernotes.library.tagging.errors import (
    ChangedError,
    InUseError,
    NoSpaceError,
    ReadOnlyError,
    TagError,
)
from linernotes.library.tagging.patch import Edit, Fingerprint, fingerprint, patch

_PREFIX, _SUFFIX = ".linernotes-", ".tmp"
_BINARY = getattr(os, "O_BINARY", 0)
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
# Not every system has every one of them.
_NO_SPACE = {getattr(errno, name, None) for name in ("ENOSPC", "EFBIG", "EDQUOT")}
_IN_USE = {getattr(errno, name, None) for name in ("EBUSY", "ETXTBSY", "EAGAIN")}


@contextmanager
def open_target(path: str | os.PathLike[str]) -> Iterator[tuple[Path, BinaryIO]]:
    """Open the file that is to be edited, and keep others that tag with linernotes from it.

    Yields
    ------
    The file's real path, and the file.

    Raises
    ------
    ReadOnlyError, InUseError, UnreadableError
        It is not to be had for writing.
    """
    target = Path(os.path.realpath(path))
    with _told(target):
        status = target.stat()
        # Root may write everything; what nobody may write is meant to stay as it is.
        if not status.st_mode & 0o222:
            raise ReadOnlyError("the file is read-only; allow writing it first")
        if not target.is_file():
            raise UnreadableError("this is no file")
        with target.open("r+b") as file:
            _lock(file)
            yield target, file


def replace_file(
    target: Path,
    source: BinaryIO,
    edits: Sequence[Edit],
    *,
    check: Callable[[Path], None],
    commit: Callable[[Fingerprint, Fingerprint], None],
    mtime_ns: int | None = None,
) -> None:
    """Make the edited file, and put it in the place of the old one.

    Parameters
    ----------
    target, source
        As `open_target` yields them.
    edits
        What to change.
    check
        Called with the path of the new file; raises if it is not right.
    commit
        Called with the fingerprints of the old and the new file when all is ready, right
        before the new one takes the old one's place; raises if it must not.
    mtime_ns
        The new file's time of modification; now, if not given.

    Raises
    ------
    TagError
        The file is as it was; the code says why.
    """
    folder = target.parent
    status = os.fstat(source.fileno())
    temporary = folder / f"{_PREFIX}{uuid.uuid4().hex[:12]}{_SUFFIX}"
    with _told(target):
        _remove_leftovers(folder)
        try:
            number = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        except OSError as error:
            if error.errno in _READ_ONLY:
                message = f"the folder {folder} is read-only; allow writing to it first"
                raise ReadOnlyError(message) from error
            raise
        try:
            with os.fdopen(number, "r+b") as file:
                _lock(file)
                patch(source, file, edits)
                file.flush()
                _copy_status(target, temporary, status)
                check(temporary)
                os.fsync(file.fileno())
                commit(fingerprint(source), fingerprint(file))
                _check_unchanged(target, status)
                if mtime_ns is not None:
                    os.utime(temporary, ns=(status.st_atime_ns, mtime_ns))
                if os.name == "nt":  # where an open file can be neither moved nor replaced
                    file.close()
                    source.close()
                temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(folder)


def has_other_names(source: BinaryIO) -> bool:
    """Tell whether hard links give the file other names, which will keep the old content."""
    return os.fstat(source.fileno()).st_nlink > 1


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Say in a sentence what the system has against it."""
    try:
        yield
    except LinernotesError:
        raise
    except FileNotFoundError as error:
        raise UnreadableError("there is no such file; it was moved or removed") from error
    except OSError as error:
        if error.errno in _READ_ONLY:
            message = f"{target.name} may not be written by you; allow that first"
            raise ReadOnlyError(message) from error
        if error.errno in _NO_SPACE:
            message = "there is no space left for it; the file is as it was"
            raise NoSpaceError(message) from error
        if error.errno in _IN_USE:
            raise InUseError("another program holds the file; close it first") from error
        raise TagError(f"it cannot be written: {error.strerror or error}") from error


def _lock(file: BinaryIO) -> None:
    """Keep other runs from the file; the lock goes with the process, however that ends."""
    try:
        import fcntl
    except ImportError:  # on Windows an open file cannot be replaced anyway
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InUseError("another program holds the file; close it first") from error
    except OSError as error:
        # Some network file systems have no locks.
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise


def _copy_status(target: Path, temporary: Path, status: os.stat_result) -> None:
    new = temporary.stat()
    if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid) and hasattr(os, "chown"):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError as error:
            message = "the file belongs to somebody else, and would change its owner"
            raise ReadOnlyError(message) from error
    shutil.copystat(target, temporary)
    os.utime(temporary)


def _check_unchanged(target: Path, before: os.stat_result) -> None:
    now = target.stat()
    if any(
        getattr(now, name) != getattr(before, name)
        for name in ("st_ino", "st_dev", "st_size", "st_mtime_ns")
    ):
        raise ChangedError("the file changed while its tags were written; try again")


def _remove_leftovers(folder: Path) -> None:
    """Remove what a run that was killed left behind; what is in use is locked."""
    with os.scandir(folder) as items:
        names = [item.name for item in items]
    for name in names:
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
            with suppress(OSError, InUseError), (folder / name).open("r+b") as file:
                _lock(file)
                (folder / name).unlink()


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows, and some network file systems, have nothing to sync
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
