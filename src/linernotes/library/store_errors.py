"""Errors below a library, said so that a person knows what to do."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from linernotes.library.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryFullError,
    LibraryReadOnlyError,
)
from linernotes.library.location import is_url

#: What Lance raises where the matter is with the files.
FAULTS = (RuntimeError, OSError, ValueError)

# Lance has no types for what the system refuses. It passes on the system's number, in the words of
# Rust's standard library: so in all of pylance 14, to which pyproject.toml keeps it, and
# test_faults.py sees it done.
_NUMBER = re.compile(r"\(os error (\d+)\)")
if sys.platform == "win32":
    _FULL = {39, 112}  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
    _FORBIDDEN = {5, 19}  # ERROR_ACCESS_DENIED, ERROR_WRITE_PROTECT
else:
    _FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
    _FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def reading(location: str) -> Iterator[None]:
    """Say what is wrong with a library that cannot be read.

    Raises
    ------
    LibraryReadOnlyError, LibraryDamagedError, LibraryError
    """
    try:
        yield
    except FAULTS as error:
        text = _first_line(error)
        if is_url(location):
            raise LibraryError(f"{location} cannot be read: {text}") from error
        if _number(error) in _FORBIDDEN:
            raise LibraryReadOnlyError(
                f"you are not allowed to read the library in {location}"
            ) from error
        raise LibraryDamagedError(
            f"the library in {location} is damaged; scan with --repair to save what "
            f"can be read and to analyse the rest again ({text})"
        ) from error


@contextmanager
def writing(location: str) -> Iterator[None]:
    """Say why a library cannot be written to.

    Raises
    ------
    LibraryFullError, LibraryReadOnlyError, LibraryError
    """
    try:
        yield
    except FAULTS as error:
        text = _first_line(error)
        if _number(error) in _FULL:
            raise LibraryFullError(
                f"there is no space left for the library in {location}; make room and "
                "scan again, what was written is kept"
            ) from error
        if _number(error) in _FORBIDDEN:
            raise LibraryReadOnlyError(
                f"the library in {location} cannot be written to; check its permissions"
            ) from error
        raise LibraryError(f"{location} cannot be written to: {text}") from error


def _number(error: BaseException) -> int | None:
    """Return the system's number of an error, if it was the system that refused."""
    found = _NUMBER.search(str(error))
    if found:
        return int(found[1])
    if isinstance(error, OSError):
        return getattr(error, "winerror", None) or error.errno
    return None


def _first_line(error: BaseException) -> str:
    """Return what Lance says, without the places in its sources."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.split(", /")[0]
