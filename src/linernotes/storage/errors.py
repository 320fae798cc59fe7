"""What can go wrong with files that lie elsewhere."""

from __future__ import annotations

from linernotes.errors import AudioError, LinernotesError


class StorageError(LinernotesError):
    """A place in an object store cannot be listed or written to."""

    code = "storage"


class StoreUnreachableError(AudioError):
    """A place does not answer, or breaks off; a little later it may."""

    code = "unreachable"


class ForbiddenError(AudioError):
    """A place does not let us in, or we do not go there."""

    code = "forbidden"


class TooLargeError(AudioError):
    """The file is larger than one file may be."""

    code = "too-large"
