"""Errors between a browser and the library."""

from __future__ import annotations

from typing import ClassVar

from linernotes.errors import LinernotesError


class WebError(LinernotesError):
    """A request cannot be answered."""

    code = "web"
    status: ClassVar[int] = 400


class SetupError(WebError):
    """The server cannot be started as it was asked to."""

    code = "web-setup"


class ForeignHostError(WebError):
    """The request was made to a name that is not this server's."""

    code = "foreign-host"
    status = 403


class ForeignOriginError(WebError):
    """The request was made by a page of somebody else."""

    code = "foreign-origin"
    status = 403


class TokenError(WebError):
    """The request does not bear the token."""

    code = "token"
    status = 401


class NotThereError(WebError):
    """There is nothing at this address, or no longer."""

    code = "not-there"
    status = 404


class FolderError(WebError):
    """A folder may not be chosen, or is not there."""

    code = "folder"
    status = 404


class NotReadyError(WebError):
    """The work that is asked for is still going on."""

    code = "not-ready"
    status = 409


class StoppedError(WebError):
    """The work was stopped by whoever had asked for it."""

    code = "stopped"
    status = 409


class UploadTooLargeError(WebError):
    """More was sent than is taken."""

    code = "too-large"
    status = 413


class TooSlowError(WebError):
    """The upload did not arrive in time."""

    code = "too-slow"
    status = 408


class TooManyError(WebError):
    """There is more to do already than can be done soon."""

    code = "too-many"
    status = 429


class NoMapError(WebError):
    """There are too few tracks to draw a map of."""

    code = "no-map"
    status = 409


class NameTakenError(WebError):
    """Something else is called so already."""

    code = "name-taken"
    status = 409
