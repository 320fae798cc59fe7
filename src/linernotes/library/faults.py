"""What goes wrong below a library, said so that a person knows what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from linernotes.library.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryFullError,
    LibraryReadOnlyError,
)
from linernotes.library.location import is_url

#: What LanceDB raises where the matter is with the files.
FAULTS = (RuntimeError, OSError, ValueError)

_FULL_DISK = (
    "No space left", "os error 28", "File too large", "os error 27", "Quota", "os error 122",
)  # fmt: skip
_READ_ONLY = ("Permission denied", "os error 13", "Read-only", "os error 30", "not permitted")


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
        if any(sign in text for sign in _READ_ONLY):
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
        if any(sign in text for sign in _FULL_DISK):
            raise LibraryFullError(
                f"there is no space left for the library in {location}; make room and "
                "scan again, what was written is kept"
            ) from error
        if any(sign in text for sign in _READ_ONLY):
            raise LibraryReadOnlyError(
                f"the library in {location} cannot be written to; check its permissions"
            ) from error
        raise LibraryError(f"{location} cannot be written to: {text}") from error


def _first_line(error: BaseException) -> str:
    """Return what LanceDB says, without the places in its sources."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.split(", /")[0]
