"""Everything that can go wrong, as one small tree of exceptions.

Every exception carries a stable ``code`` for programs and one sentence that
tells a person what to do. Codes never change their meaning between versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self


class LinernotesError(Exception):
    """Base of every error that linernotes raises on purpose."""

    code: ClassVar[str] = "error"


class AudioError(LinernotesError):
    """A track cannot be listened to.

    Parameters
    ----------
    message
        One sentence for a person, without the file's name.
    file
        Name of the file, or ``None`` for bytes and arrays without a name.
    """

    code = "audio"

    def __init__(self, message: str, file: str | None = None) -> None:
        super().__init__(message, file)
        self.message = message
        self.file = file

    def __str__(self) -> str:
        return f"{self.file}: {self.message}" if self.file else self.message


class EmptyFileError(AudioError):
    """The file holds no bytes."""

    code = "empty"


class NotAudioError(AudioError):
    """The file is something else than audio."""

    code = "not-audio"


class TooShortError(AudioError):
    """There is less than one second of sound to listen to."""

    code = "too-short"


class SilentError(AudioError):
    """The audio decodes, but nothing is to be heard."""

    code = "silent"


class CorruptError(AudioError):
    """The file is audio, but too damaged for any of it to be usable."""

    code = "corrupt"


class UnsupportedError(AudioError):
    """The audio is copy-protected or coded in a way that no decoder here reads."""

    code = "unsupported"


class UnreadableError(AudioError):
    """The file cannot be opened: it is missing, a folder, or not ours to read."""

    code = "unreadable"


class TimeOutError(AudioError):
    """The work on the file took longer than its time limit."""

    code = "time-out"


class CrashError(AudioError):
    """The work on the file ended the process that did it."""

    code = "crash"


class FeatureSetNotFoundError(LinernotesError):
    """No feature set has this name."""

    code = "feature-set-not-found"


class TableError(LinernotesError):
    """A table of features cannot be written as it was asked for."""

    code = "table"


class ModelError(LinernotesError):
    """A model cannot be used."""

    code = "model"


class ModelNotFoundError(ModelError):
    """No model has this name, and no file this path."""

    code = "model-not-found"


class ModelFileError(ModelError):
    """The model file is damaged, hostile, or from a version that this one cannot read."""

    code = "model-file"


class SourceError(LinernotesError):
    """Something from outside, such as sample music, is not to be had."""

    code = "source"


@dataclass(frozen=True)
class Failure:
    """A failure that a file caused, as a value: one odd file never ends the work on many.

    Parameters
    ----------
    file
        Name of the file.
    code, message
        The error's stable code and its sentence.

    Examples
    --------
    >>> Failure.of("a.mp3", EmptyFileError("the file is empty")).as_dict()
    {'file': 'a.mp3', 'error': {'code': 'empty', 'message': 'the file is empty'}}
    """

    file: str | None
    code: str
    message: str

    @classmethod
    def of(cls, file: str | None, error: BaseException | None) -> Self:
        """Describe whatever ended the work on a file."""
        if isinstance(error, TimeoutError):
            message = "this file took too long and was given up; check the file"
            return cls(file, TimeOutError.code, message)
        if isinstance(error, ProcessLookupError):
            message = "reading this file crashed the decoder; check the file"
            return cls(file, CrashError.code, message)
        if isinstance(error, LinernotesError):
            return cls(file, error.code, getattr(error, "message", str(error)))
        return cls(
            file,
            LinernotesError.code,
            f"something unexpected happened ({type(error).__name__}: {error}); please report it",
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        return {"file": self.file, "error": {"code": self.code, "message": self.message}}
