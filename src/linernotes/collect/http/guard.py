"""Where requests may go, how long they may take, and that keys never reach a log."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from linernotes.collect.http.errors import RefusedError
from linernotes.collect.http.service import Service

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")
_SHORTEST = 4


def check_place(service: Service, url: str) -> None:
    """See that an address belongs to a service: its own host, or one that it is known to use.

    Raises
    ------
    RefusedError
        It leads elsewhere, or is not encrypted.
    """
    try:
        parts = urlsplit(url)
        place, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise RefusedError(service.title, "it led to an address that is none") from None
    if parts.username is not None or parts.password is not None:
        raise RefusedError(service.title, "it led to an address with a user's name in it")
    if parts.scheme != "https" and not (parts.scheme == "http" and service.trusted):
        raise RefusedError(service.title, f"it led to {place} without encryption")
    default = 443 if parts.scheme == "https" else 80
    ours = urlsplit(service.url)
    home = (ours.hostname or "", ours.port or (443 if ours.scheme == "https" else 80))
    if (place, port or default) == home:
        return
    for host in service.hosts:
        name, _, number = host.partition(":")
        if (port or default) != (int(number) if number else default):
            continue
        if place == name or (name.startswith(".") and place.endswith(name)):
            return
    raise RefusedError(
        service.title, f"it led to {place}, which is not known to be one of its hosts"
    )


def check_address(service: Service, host: str, address: str) -> None:
    """See that a host does not stand for this machine or for its own network.

    Raises
    ------
    RefusedError
        It does, and the user has not named it in the settings.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if not ip.is_global and not service.trusted:
        raise RefusedError(
            service.title, f"{host} stands for {address}, a private address; nothing was sent"
        )


class Watch:
    """Breaks off a request that takes too long, however it goes on dripping.

    The HTTP library bounds the wait for each piece, not for all of them.

    Parameters
    ----------
    service, host
        Whom the request goes to.
    seconds
        How long it may take; ``None`` for as long as bytes keep coming.
    sockets
        Connections by host, kept from request to request.
    """

    def __init__(
        self, service: Service, host: str, seconds: float | None, sockets: dict[str, Any]
    ) -> None:
        self._service, self._host, self._sockets = service, host, sockets
        self._end = None if seconds is None else time.monotonic() + seconds
        self._timer = None if seconds is None else threading.Timer(seconds, self._break_off)
        self._connecting = ""

    @property
    def expired(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and time.monotonic() >= self._end

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Look at a new connection before anything is sent over it (httpx calls this)."""
        if event == "connection.connect_tcp.started":
            self._connecting = str(info["host"])
        elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            stream = info["return_value"]
            self._sockets[self._host] = stream.get_extra_info("socket")
            address = stream.get_extra_info("server_addr")
            # Behind a proxy it is the proxy that connects.
            if address and self._connecting == self._host:
                try:
                    check_address(self._service, self._host, str(address[0]))
                except RefusedError:
                    stream.close()
                    raise

    def _break_off(self) -> None:
        connection = self._sockets.get(self._host)
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Redaction(logging.Filter):
    """Replaces keys by asterisks, in texts and in what the HTTP library logs."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these from now on, as they are and as they look within an address."""
        from urllib.parse import quote, quote_plus

        for secret in secrets:
            forms = (secret, quote(secret, safe=""), quote_plus(secret))
            # Shorter ones are no keys, and would maim other words.
            self._secrets |= {form for form in forms if len(form) >= _SHORTEST}

    def __call__(self, text: str) -> str:
        """Return a text without the keys."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def in_bytes(self, body: bytes) -> bytes:
        """Return a body without the keys, should the service repeat them."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            body = body.replace(secret.encode(), b"***")
        return body

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record of the HTTP library; every record passes."""
        if self._secrets:
            record.msg, record.args = self(record.getMessage()), None
        return True

    def attach(self) -> None:
        """Clean what the HTTP library logs."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Leave the loggers as they were."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)
