"""HTTPS on the port of the pages, where plain HTTP is told to come again encrypted.

The first byte tells which of the two a browser speaks: people type an address without ``https``,
and would see nothing but a connection that breaks.
"""

from __future__ import annotations

import asyncio
import html
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from linernotes.errors import LinernotesError

if TYPE_CHECKING:
    from linernotes.web.certificates import HouseCertificate

_PATIENCE = 10.0
_HOUR = 3600.0
_HANDSHAKE = b"\x16"
# Of a plain request: more is not read.
_LONGEST = 8192
_REQUEST = re.compile(
    rb"(?:GET|HEAD) (?P<path>/[\x21-\x7e]*) HTTP/1\.[01]\r\n(?:.*\r\n)*?"
    rb"[Hh][Oo][Ss][Tt]:[ \t]*(?P<host>[A-Za-z0-9._:\[\]-]{1,300})[ \t]*\r\n"
)


def kept_fresh(
    certificate: HouseCertificate, renew: Callable[[], HouseCertificate]
) -> Callable[[], ssl.SSLContext]:
    """Return what gives the context of a certificate, which is looked after once an hour.

    A server may run for longer than its certificate is good, or get another address.

    Parameters
    ----------
    certificate
        The one to begin with.
    renew
        Returns it as it should be now.
    """
    context, looked = certificate.context(), time.monotonic()

    def now() -> ssl.SSLContext:
        nonlocal certificate, context, looked
        if time.monotonic() > looked + _HOUR:
            looked = time.monotonic()
            with suppress(LinernotesError, OSError):  # the one that there is still serves
                fresh = renew()
                if fresh.fingerprint != certificate.fingerprint:
                    certificate, context = fresh, fresh.context()
        return context

    return now


def encrypted(context: Callable[[], ssl.SSLContext]) -> type[asyncio.Protocol]:
    """Return the protocol of a server whose pages come encrypted alone.

    Parameters
    ----------
    context
        Returns what holds the certificate.

    Returns
    -------
    type
        To be given to uvicorn as its ``http``.
    """

    class Encrypted(_FirstByte):
        _context = staticmethod(context)

    return Encrypted


class _FirstByte(asyncio.Protocol):
    """Looks at the first byte, and hands the connection over."""

    _context: Callable[[], ssl.SSLContext]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        make: Callable[..., asyncio.Protocol] = AutoHTTPProtocol
        self._inner = make(
            config=config, server_state=server_state, app_state=app_state, _loop=_loop
        )
        self._task: asyncio.Task[None] | None = None
        self._plain = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of TCP
        self._transport = transport
        transport.pause_reading()
        self._task = self._loop.create_task(self._greet(transport))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Take a plain request, and say where to go instead."""
        self._plain += data
        if b"\r\n\r\n" in self._plain or len(self._plain) > _LONGEST:
            self._transport.write(_answer(self._plain))
            self._transport.close()

    async def _greet(self, transport: asyncio.Transport) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                first = await _look(self._loop, transport)
        except (TimeoutError, OSError):
            transport.abort()
            return
        if first != _HANDSHAKE:
            self._timer = self._loop.call_later(_PATIENCE, transport.abort)
            transport.resume_reading()
            return
        held = _Held()
        try:
            encrypted = await self._loop.start_tls(
                transport, held, self._context(), server_side=True, ssl_handshake_timeout=_PATIENCE
            )
        except (OSError, TimeoutError):  # a browser that does not trust the certificate hangs up
            transport.abort()
            return
        if encrypted is None:
            return
        encrypted.set_protocol(self._inner)
        self._inner.connection_made(encrypted)
        held.hand_over(self._inner)


class _Held(asyncio.Protocol):
    """Keeps what comes right after the handshake."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._lost: list[Exception | None] = []

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.append(exc)

    def hand_over(self, inner: asyncio.Protocol) -> None:
        """Give what was kept to whom it is for."""
        for piece in self._pieces:
            inner.data_received(piece)
        for error in self._lost:
            inner.connection_lost(error)


async def _look(loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> bytes:
    """Return the first byte of a connection, and leave it there."""
    with transport.get_extra_info("socket").dup() as beside:
        handle, came = beside.fileno(), asyncio.Event()
        try:
            loop.add_reader(handle, came.set)
        except NotImplementedError:  # on Windows; there plain requests are not told
            return _HANDSHAKE
        try:
            await came.wait()
        finally:
            loop.remove_reader(handle)
        first: bytes = beside.recv(1, socket.MSG_PEEK)
        return first


def _answer(request: bytes) -> bytes:
    """Return the answer to a plain request: where it is to be sent instead, if that is known."""
    found = _REQUEST.match(request)
    if found is None:
        lines = ["HTTP/1.1 400 Bad Request"]
        said = "This server speaks HTTPS: begin its address with https://"
    else:
        address = f"https://{found['host'].decode()}{found['path'].decode()}"
        lines = ["HTTP/1.1 307 Temporary Redirect", f"Location: {address}"]
        said = f"This server speaks HTTPS: {address}"
    body = f"<!doctype html><title>linernotes</title><p>{html.escape(said)}</p>\n".encode()
    lines += [
        "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}",
        "Cache-Control: no-store", "Content-Security-Policy: default-src 'none'",
        "X-Content-Type-Options: nosniff", "Connection: close", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body
