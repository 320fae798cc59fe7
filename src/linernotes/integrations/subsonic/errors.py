"""Errors in the protocol's own form: a number and a sentence."""

from __future__ import annotations

from typing import ClassVar

from linernotes.errors import LinernotesError


class SubsonicError(LinernotesError):
    """A request of an app cannot be answered."""

    code = "subsonic"
    #: What the protocol calls it.
    number: ClassVar[int] = 0


class MissingParameterError(SubsonicError):
    """The request lacks what it has to say, or says it in a way that makes no sense."""

    code = "subsonic-parameter"
    number = 10


class WrongPasswordError(SubsonicError):
    """The user or the password is wrong."""

    code = "subsonic-password"
    number = 40


class ConflictingKeysError(SubsonicError):
    """The request shows who it is in several ways at once."""

    code = "subsonic-conflict"
    number = 43


class WrongKeyError(SubsonicError):
    """The API key is wrong."""

    code = "subsonic-key"
    number = 44


class NotAllowedError(SubsonicError):
    """An app must not do that."""

    code = "subsonic-forbidden"
    number = 50


class NoSuchItemError(SubsonicError):
    """There is no such track, album, artist or playlist."""

    code = "subsonic-not-found"
    number = 70
