"""Answers to requests: JSON as the command line prints it, and errors in one form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from linernotes.errors import AudioError, LinernotesError
from linernotes.library.errors import LibraryBusyError, LibraryError
from linernotes.web.errors import WebError

Handler = Callable[[Request, Any], Awaitable[Response]]

_NOT_FOUND = frozenset(
    {"track-not-found", "model-not-found", "folder-not-found", "playlist-not-found"}
)
_SENTENCES = {
    404: ("not-there", "there is nothing at this address"),
    405: ("method", "this address does not take this method"),
    413: ("too-large", "this is more than is taken"),
}


class Json(JSONResponse):
    """JSON in plain ASCII, so that names of files that are no text can be told as well."""

    def render(self, content: Any) -> bytes:
        """Spell a value."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def failure(status: int, code: str, message: str) -> Json:
    """Return the answer to a request that cannot be fulfilled.

    Examples
    --------
    >>> failure(404, "not-there", "there is no such track").body
    b'{"error":{"code":"not-there","message":"there is no such track"}}'
    """
    answer = Json({"error": {"code": code, "message": message}}, status_code=status)
    if status == 429:
        answer.headers["Retry-After"] = "10"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def status_of(error: LinernotesError) -> int:
    """Return the HTTP status that tells what went wrong.

    Examples
    --------
    >>> from linernotes.errors import ModelNotFoundError, NotAudioError
    >>> status_of(ModelNotFoundError("no")), status_of(NotAudioError("no"))
    (404, 422)
    """
    if isinstance(error, WebError):
        return error.status
    if error.code in _NOT_FOUND:
        return 404
    if isinstance(error, LibraryBusyError) or error.code == "playlist-changed":
        return 409
    if isinstance(error, LibraryError):
        return 503
    return 422 if isinstance(error, AudioError) else 400


def answer_errors(app: FastAPI, lost: Callable[[Request], Response | None]) -> None:
    """Have an application tell all errors in one form.

    Parameters
    ----------
    app
        The application.
    lost
        Returns a page for a person who asked for what is not there.
    """

    async def known(_: Request, error: LinernotesError) -> Response:
        return failure(status_of(error), error.code, getattr(error, "message", str(error)))

    async def plain(request: Request, error: HTTPException) -> Response:
        page = lost(request) if error.status_code == 404 else None
        if page is not None:
            return page
        code, message = _SENTENCES.get(error.status_code, ("web", str(error.detail)))
        answer = failure(error.status_code, code, message)
        answer.headers.update(error.headers or {})
        return answer

    async def invalid(_: Request, error: RequestValidationError) -> Response:
        said = [
            f"{'.'.join(str(part) for part in each['loc'][1:]) or 'the request'}: {each['msg']}"
            for each in error.errors()[:3]
        ]
        return failure(422, "invalid", "; ".join(said))

    async def unknown(_: Request, __: Exception) -> Response:
        return failure(500, "error", "something unexpected happened; the server's log tells more")

    handlers: dict[Any, Handler] = {
        LinernotesError: known,
        HTTPException: plain,
        RequestValidationError: invalid,
        Exception: unknown,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
