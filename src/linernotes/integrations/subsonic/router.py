"""The addresses of the protocol: who asks is checked, and every answer is one of the protocol's."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from linernotes.errors import LinernotesError
from linernotes.integrations.subsonic import (
    browsing,
    likes,
    lists,
    media,
    playlists,
    searching,
    similar,
    system,
)
from linernotes.integrations.subsonic.answers import spell, spell_error
from linernotes.integrations.subsonic.authentication import check
from linernotes.integrations.subsonic.errors import (
    SubsonicError,
    WrongKeyError,
    WrongPasswordError,
)
from linernotes.integrations.subsonic.parameters import RequestParameters
from linernotes.integrations.subsonic.server import Call, Method, SubsonicServer

#: Where the protocol's addresses begin.
PREFIX = "/rest"

_LOG = logging.getLogger(__name__)
_METHODS: dict[str, Method] = {
    **system.METHODS, **browsing.METHODS, **lists.METHODS, **searching.METHODS, **similar.METHODS,
    **playlists.METHODS, **likes.METHODS,
}  # fmt: skip
METHOD_NAMES = frozenset({*_METHODS, *media.METHODS})
"""All methods that are answered."""

# What an app may know before it shows who it is.
_OPEN = frozenset({"getOpenSubsonicExtensions"})


def make_router(server: SubsonicServer) -> APIRouter:
    """Return the addresses of the protocol.

    Parameters
    ----------
    server
        What they give access to.

    Returns
    -------
    APIRouter
        ``/rest/ping``, ``/rest/ping.view`` and so on, for GET and for forms that are posted.
    """
    router = APIRouter()

    @router.api_route(
        f"{PREFIX}/{{method}}", methods=["GET", "HEAD", "POST"], include_in_schema=False
    )
    async def answer(method: str, request: Request) -> Response:
        asked = RequestParameters({})
        try:
            form = await request.body() if request.method == "POST" else b""
            asked = RequestParameters.read(request.scope["query_string"], form)
            return await _answer(server, method.removesuffix(".view"), asked, request)
        except LinernotesError as error:
            return _spelled(*spell_error(error, asked.text("f") or "xml"))
        except HTTPException:
            raise  # more was sent than is taken
        except Exception:
            _LOG.exception("an app asked for %.40r", method)
            unknown = SubsonicError("something unexpected happened; the server's log tells more")
            return _spelled(*spell_error(unknown, asked.text("f") or "xml"))

    return router


async def _answer(
    server: SubsonicServer, name: str, asked: RequestParameters, request: Request
) -> Response:
    if name not in _OPEN:
        _let_in(server, asked, request.client.host if request.client else "")
    call = Call(server, asked)
    if (give := media.METHODS.get(name)) is not None:
        await run_in_threadpool(call.catalog.prepare)
        return await give(call, request.method)
    method = _METHODS.get(name)
    if method is None:
        raise SubsonicError(f"there is no method {name[:40]!r} here")
    tree = await run_in_threadpool(method, call)
    return _spelled(*await run_in_threadpool(spell, tree, asked.text("f") or "xml"))


def _let_in(server: SubsonicServer, asked: RequestParameters, address: str) -> None:
    """See that an app may come in, and that nobody tries many passwords."""
    if server.attempts.are_too_many(address):
        raise WrongPasswordError("too many wrong passwords; wait a minute")
    known = server.password.read()
    if known is None:
        raise WrongPasswordError("there is no password any more; linernotes subsonic makes one")
    try:
        check(asked.first(), known)
    except (WrongPasswordError, WrongKeyError):
        server.attempts.failed(address)
        raise


def _spelled(body: bytes, media_type: str) -> Response:
    return Response(body, media_type=media_type)
