"""Files at web addresses, fetched within limits.

Whatever an address leads to, nothing is sent to private addresses: whoever names what is
fetched may not be who runs the fetching.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from typing import BinaryIO
from urllib.parse import quote, urljoin, urlsplit

from linernotes import __version__
from linernotes.collect.http.errors import RefusedError
from linernotes.collect.http.guard import check_address
from linernotes.collect.http.service import Service
from linernotes.errors import UnreadableError
from linernotes.storage.addresses import WEB
from linernotes.storage.errors import ForbiddenError, StoreUnreachableError, TooLargeError

_REDIRECTS = 5
_PIECE = 1 << 16
# Seconds to wait for a connection, and for the next bytes.
_WAIT = 20.0
_GONE = (401, 403, 404, 410)
# What stays as it is in the path of an address; percent signs are there already.
_PLAIN = "/?%:@!$&'()*+,;=~-._[]"


def fetch_address(
    uri: str, target: BinaryIO, *, largest: int, seconds: float, private: bool = False
) -> str | None:
    """Write what is at a web address to a file, and return its ETag.

    Parameters
    ----------
    uri
        ``http`` or ``https``.
    target
        Written to from where it is.
    largest, seconds
        Bytes that may come, and how long that may take.
    private
        Whether the address may be one of this machine or of its network.

    Raises
    ------
    UnreadableError, ForbiddenError, TooLargeError, StoreUnreachableError
    """
    deadline = time.monotonic() + seconds
    try:
        for _ in range(_REDIRECTS + 1):
            with closing(_Connection(uri, private, deadline)) as connection:
                answer = connection.ask()
                if 300 <= answer.status < 400 and answer.headers["Location"]:
                    uri = urljoin(uri, answer.headers["Location"])
                    continue
                if answer.status in _GONE:
                    raise UnreadableError(f"the server does not give it ({answer.status})")
                if answer.status != http.client.OK:
                    raise StoreUnreachableError(
                        f"the server answers with {answer.status}; try later"
                    )
                _write(answer, target, largest, deadline)
                return answer.headers["ETag"]
    except RefusedError as error:
        raise ForbiddenError(f"{error.message}") from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise StoreUnreachableError(
            f"the server cannot be reached, or breaks off ({reason})"
        ) from error
    raise UnreadableError("the address leads in circles")


def _write(
    answer: http.client.HTTPResponse, target: BinaryIO, largest: int, deadline: float
) -> None:
    left = largest
    if int(answer.headers["Content-Length"] or 0) > largest:
        left = -1
    while left >= 0 and (piece := answer.read1(_PIECE)):
        target.write(piece)
        left -= len(piece)
        if time.monotonic() > deadline:
            raise StoreUnreachableError("the server is too slow; try later")
    if left < 0:
        raise TooLargeError(f"this file is larger than {largest / 2**20:.0f} MiB")
    if answer.length:
        raise StoreUnreachableError("the server broke off in this file; try later")


class _Connection:
    """A connection to the host of an address; nothing is sent before it is known where that is.

    However slowly the answer drips, it is broken off at the deadline.
    """

    def __init__(self, uri: str, private: bool, deadline: float) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in WEB or not parts.hostname:
            raise RefusedError("web", f"it leads to {parts.scheme or uri}, which is no web address")
        query = f"?{parts.query}" if parts.query else ""
        self._path = quote(f"{parts.path or '/'}{query}", safe=_PLAIN)
        host = parts.hostname
        port = parts.port or (443 if parts.scheme == "https" else 80)
        service = Service("web", host, f"{parts.scheme}://{host}", trusted=private)
        connected = socket.create_connection((host, port), timeout=_WAIT)
        try:
            check_address(service, host, str(connected.getpeername()[0]))
            if parts.scheme == "https":
                context = ssl.create_default_context()
                connected = context.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise
        self._socket = connected
        self._connection = http.client.HTTPConnection(host, port)
        self._connection.sock = connected
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._break_off)
        self._timer.daemon = True
        self._timer.start()

    def ask(self) -> http.client.HTTPResponse:
        """Ask for the file."""
        headers = {"User-Agent": f"linernotes/{__version__}", "Accept-Encoding": "identity"}
        self._connection.request("GET", self._path, headers=headers)
        return self._connection.getresponse()

    def close(self) -> None:
        """Close it."""
        self._timer.cancel()
        self._connection.close()

    def _break_off(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
