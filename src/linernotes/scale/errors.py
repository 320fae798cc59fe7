"""What ends the work on many files as a whole."""

from __future__ import annotations

from typing import ClassVar

from linernotes.errors import LinernotesError


class WorkerVersionError(LinernotesError):
    """Workers have another version of linernotes, or none."""

    code: ClassVar[str] = "worker-version"


class NothingReadableError(LinernotesError):
    """Of many files in a row none could be fetched."""

    code: ClassVar[str] = "nothing-readable"
