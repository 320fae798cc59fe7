"""The door: which requests are let in, and under which rules pages may run.

A page on another site must not be able to use this server, whosever browser it runs in:

* Requests to a name that is not ours are refused, since a name can be made to lead to any
  address (DNS rebinding). An address itself cannot.
* Requests that another page caused are refused by their ``Origin`` and ``Sec-Fetch-Site``; a
  link to a page may be followed.
* Beyond this machine, everything but the code of the pages wants a token.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linernotes.web.errors import ForeignHostError, ForeignOriginError, TokenError, WebError
from linernotes.web.responses import failure

COOKIE = "linernotes"
API = "/api/"
LOGIN = "/api/v1/session"
#: What may be had without the token: the code of the pages, which tells nothing.
STATIC = "/static/"
#: So can what a device installs to trust this server.
CERTIFICATE = "/certificate"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}

_SAFE = frozenset({"GET", "HEAD"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True)
class AccessKey:
    """The token, and the sessions of browsers that have shown it.

    Parameters
    ----------
    token
        What has to be shown; ``None`` where nothing has to.
    session
        What a browser keeps instead of it, good until the server ends.
    """

    token: str | None
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def fits(self, token: str) -> bool:
        """Whether this is the token."""
        return self.token is not None and _same(token, self.token)

    def is_known(self, headers: Headers) -> bool:
        """Whether a request bears the token, or belongs to a session."""
        if self.token is None:
            return True
        kind, _, value = headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer" and self.fits(value.strip()):
            return True
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self.session)


@dataclass(frozen=True)
class Hosts:
    """The names of this server.

    Parameters
    ----------
    names
        In small letters.
    any_address
        Whether any IP address is a name of it: when it listens on all that it has.

    Examples
    --------
    >>> home = Hosts(frozenset({"localhost", "127.0.0.1"}))
    >>> home.include("localhost:8000"), home.include("evil.example:8000")
    (True, False)
    """

    names: Collection[str]
    any_address: bool = False

    def include(self, host: str) -> bool:
        """Whether a ``Host`` header names this server."""
        found = _HOST.fullmatch(host.casefold())
        if found is None:
            return False
        name = found["name"].rstrip(".").strip("[]")
        return name in self.names or (
            self.any_address and is_address(name) and not ipaddress.ip_address(name).is_unspecified
        )


def is_address(name: str) -> bool:
    """Whether a name is an IP address.

    Examples
    --------
    >>> is_address("::1"), is_address("localhost")
    (True, False)
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Refuses what must not come in, and says under which rules what goes out may run."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Hosts,
        key: AccessKey,
        body: int,
        uploads: str,
        apps: str | None = None,
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.key = key
        self.body = body
        self.uploads = uploads
        self.apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        try:
            self._check(headers, scope["method"], scope["path"])
        except WebError as error:
            answer = failure(error.status, error.code, str(error))
            if isinstance(error, TokenError) and not scope["path"].startswith(API):
                scope = {**scope, "path": "/login", "raw_path": b"/login"}
                await self.app(scope, receive, _with_headers(send, status=401))
                return
            await answer(scope, receive, _with_headers(send))
            return
        limited = receive if scope["path"] == self.uploads else _limited(receive, self.body)
        await self.app(scope, limited, _with_headers(send))

    def _check(self, headers: Headers, method: str, path: str) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.hosts.include(hosts[0]):
            raise ForeignHostError(
                "this is not a name of this server; use the address that linernotes serve printed, "
                "or start it with --name"
            )
        origins = headers.getlist("origin")
        if origins and [origin.partition("://")[2] for origin in origins] != hosts:
            raise ForeignOriginError("only the pages of this server may do this")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            followed = (
                method in _SAFE
                and headers.get("sec-fetch-mode") == "navigate"
                and headers.get("sec-fetch-dest", "document") == "document"
                and not path.startswith(API)
            )
            if not followed:
                raise ForeignOriginError("only the pages of this server may do this")
        open_to_all = (
            path.startswith(STATIC) or path == CERTIFICATE or (path == LOGIN and method == "POST")
        )
        # Apps show something else with each request, which is looked at behind the door.
        open_to_all |= self.apps is not None and path.startswith(self.apps)
        if not open_to_all and not self.key.is_known(headers):
            raise TokenError("this server wants its token; it was printed when it was started")


def names_of(hosts: Iterable[str]) -> frozenset[str]:
    """Return names as they are compared.

    Examples
    --------
    >>> sorted(names_of(["MUSIC.local."]))
    ['music.local']
    """
    return frozenset(host.casefold().rstrip(".").strip("[]") for host in hosts)


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(errors="replace"), other.encode())


def _limited(receive: Receive, most: int) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return limited


def _with_headers(send: Send, status: int | None = None) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            if status is not None and message["status"] == 200:
                message["status"] = status
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return with_headers
