"""Errors of services, told apart so that a caller knows what to do next."""

from __future__ import annotations

from typing import ClassVar

from linernotes.errors import SourceError


class ServiceError(SourceError):
    """A service did not give what it was asked for.

    Parameters
    ----------
    service
        The name that people know the service by.
    message
        One sentence for a person, without the service's name and without keys.
    retry_after
        Seconds that the service asks to be left alone, if it said so.
    """

    code = "service"
    passing: ClassVar[bool] = False
    """Whether the same request may well succeed a little later."""

    def __init__(self, service: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(service, message)
        self.service = service
        self.message = message
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.service}: {self.message}"


class NotFoundError(ServiceError):
    """The service works, and has nothing of this kind."""

    code = "service-not-found"


class RefusedError(ServiceError):
    """The service refuses, or leads to where linernotes does not go."""

    code = "service-refused"


class BusyError(ServiceError):
    """The service asks for patience: too many requests, a used-up quota, an overload."""

    code = "service-busy"
    passing = True


class UnreachableError(ServiceError):
    """The service cannot be reached, or breaks off, or takes too long."""

    code = "service-unreachable"
    passing = True


class AnswerError(ServiceError):
    """The answer does not look as such an answer does."""

    code = "service-answer"
    passing = True


class ResponseTooLargeError(AnswerError):
    """There is more of it than there should be."""

    code = "service-too-large"
    passing = False


class NotTheFileError(AnswerError):
    """A file came that is not the one that was asked for."""

    code = "service-not-the-file"
    passing = False


class OfflineError(ServiceError):
    """The answer is not kept here, and nobody may be asked."""

    code = "service-offline"


class SettingsError(SourceError):
    """The settings for services are missing, malformed, or readable by others."""

    code = "source-settings"
