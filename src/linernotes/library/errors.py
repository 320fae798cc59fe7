"""Errors of a library."""

from __future__ import annotations

from linernotes.errors import AudioError, Failure, LinernotesError, UnreadableError


class LibraryError(LinernotesError):
    """A library cannot be used."""

    code = "library"


class LibraryNotFoundError(LibraryError):
    """There is no library, or something else where it should be."""

    code = "library-not-found"


class LibraryBusyError(LibraryError):
    """Another process is scanning into the library."""

    code = "library-busy"


class LibraryReadOnlyError(LibraryError):
    """The library's folder may not be written to."""

    code = "library-read-only"


class LibraryFullError(LibraryError):
    """There is no space left for the library to grow."""

    code = "library-full"


class LibraryVersionError(LibraryError):
    """The library was written by a newer version of linernotes."""

    code = "library-version"


class LibraryDamagedError(LibraryError):
    """Files of the library are damaged or gone."""

    code = "library-damaged"


class FolderNotFoundError(LibraryError):
    """A folder that is to be scanned is not there, or seems to be gone for the moment."""

    code = "folder-not-found"


class ExportError(LibraryError):
    """The library's table cannot be written as it was asked for."""

    code = "export"


class MemoryLimitError(AudioError):
    """The work on the file needed more memory than it is allowed."""

    code = "memory"


class ChangingError(AudioError):
    """The file changed while it was being read."""

    code = "changing"


def failure_of(file: str, error: BaseException | None) -> Failure:
    """Describe whatever ended the work on a file.

    Examples
    --------
    >>> failure_of("a.mp3", MemoryError()).code
    'memory'
    """
    if isinstance(error, MemoryError):
        return Failure(
            file,
            MemoryLimitError.code,
            "this file needs more memory than one file is allowed; check the file",
        )
    if isinstance(error, OSError) and not isinstance(error, TimeoutError | ProcessLookupError):
        reason = error.strerror or type(error).__name__
        message = f"this file cannot be read ({reason}); check its drive, and scan again"
        return Failure(file, UnreadableError.code, message)
    return Failure.of(file, error)
