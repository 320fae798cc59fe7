"""Why the tags of a file were not written; the file is as it was then."""

from __future__ import annotations

from linernotes.errors import LinernotesError


class TagError(LinernotesError):
    """The tags of a file cannot be read for writing, written, or restored."""

    code = "tag"


class TagFormatError(TagError):
    """The tags of this format, or this rare form of it, are not written here."""

    code = "tag-unsupported"


class TagDamagedError(TagError):
    """The file is damaged where its tags are, so that nothing may be put there."""

    code = "tag-damaged"


class ReadOnlyError(TagError):
    """The file, or the folder it is in, may not be written."""

    code = "read-only"


class NoSpaceError(TagError):
    """The disk is full, or the file would be larger than is allowed."""

    code = "no-space"


class InUseError(TagError):
    """Another program holds the file."""

    code = "in-use"


class ChangedError(TagError):
    """The file is no longer what it was."""

    code = "changed"


class NotVerifiedError(TagError):
    """The tags that were written do not read back as they should."""

    code = "not-verified"


class UndoLogError(TagError):
    """The undo log cannot be kept or read."""

    code = "undo-log"


class NothingToUndoError(TagError):
    """The undo log knows nothing of this file."""

    code = "nothing-to-undo"
