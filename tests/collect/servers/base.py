"""A service on loopback that answers over real HTTP, and misbehaves as it is told to.

    with StandIn() as server:
        server.fault("/track", status(503), times=3)
        server.fault("", drip(), times=1)

A service is a subclass whose ``answer`` turns what is asked into a ``Reply``.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

# However badly a fault behaves, it ends.
LONGEST = 120.0


@dataclass(frozen=True)
class Asked:
    """What came in: path (unquoted), first value of each parameter, headers in lower case."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    time: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    body: bytes = b""
    kind: str = "application/json; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(data: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(json.dumps(data, ensure_ascii=False).encode(), status=status, headers=headers)


def as_file(asked: Asked, body: bytes, kind: str) -> Reply:
    """A file with an entity tag, of which a part may be asked for."""
    headers = {"ETag": f'"{len(body)}-{body[:4].hex()}"', "Accept-Ranges": "bytes"}
    wanted = asked.headers.get("range", "")
    if (
        wanted.startswith("bytes=")
        and asked.headers.get("if-range", headers["ETag"]) == (headers["ETag"])
    ):
        first = int(wanted[6:].partition("-")[0])
        if first >= len(body):
            return Reply(b"", kind, 416, headers)
        headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        return Reply(body[first:], kind, 206, headers)
    return Reply(body, kind, 200, headers)


Fault = Callable[["Handler", Reply], None]


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Another status; headers are named with underscores: ``Retry_After="2"``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.reply(Reply(body, "text/plain", code, named))


def instead(body: bytes, kind: str = "application/json") -> Fault:
    """Another body."""
    return lambda handler, _: handler.reply(Reply(body, kind))


def html() -> Fault:
    return instead(b"<!DOCTYPE html><html><body>Please log in</body></html>", "text/html")


def redirect(url: str, code: int = 302) -> Fault:
    return status(code, Location=url)


def truncated() -> Fault:
    """Half of the body, declared as if it were all."""
    return lambda handler, reply: handler.reply(
        Reply(reply.body[: len(reply.body) // 2], reply.kind, reply.status, reply.headers)
    )


def cut(after: int = 100) -> Fault:
    """The connection is reset after so many bytes of the body."""

    def act(handler: Handler, reply: Reply) -> None:
        handler.head(reply, len(reply.body))
        handler.wfile.write(reply.body[:after])
        handler.wfile.flush()
        # Let the bytes arrive before the reset throws away what is under way.
        time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # The socket closes with the last of the three.
        handler.rfile.close()
        handler.wfile.close()
        handler.connection.close()

    return act


def endless() -> Fault:
    """A body that never ends."""

    def act(handler: Handler, reply: Reply) -> None:
        handler.head(reply, None)
        piece = b" " * 65536
        while handler.may_go_on():
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    return act


def drip(*, head: bool = False) -> Fault:
    """Byte after byte, each in good time: of the body, or of the head."""

    def act(handler: Handler, reply: Reply) -> None:
        if head:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.head(reply, 10**6)
        while handler.may_go_on():
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)

    return act


def hang() -> Fault:
    """No answer at all."""

    def act(handler: Handler, _: Reply) -> None:
        while handler.may_go_on():
            time.sleep(0.02)

    return act


class StandIn:
    """A service that is not real, on a port of its own; use it in a ``with`` statement."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._faults: list[list[Any]] = []
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.stand_in = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def fault(self, path: str, fault: Fault, *, times: int = 1) -> None:
        """Misbehave so many times when a path that contains this is asked for."""
        with self._lock:
            self._faults.append([path, fault, times])

    def paths(self) -> list[str]:
        """Every path asked for, in order."""
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Reply:
        return as_json({"path": asked.path, "params": asked.params})

    def handle(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        params = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(unquote(parts.path), params, headers)
        with self._lock:
            self.asked.append(asked)
            fault = None
            for entry in self._faults:
                if entry[0] in asked.path and entry[2] > 0:
                    entry[2] -= 1
                    fault = entry[1]
                    break
        reply = self.answer(asked)
        if fault is None:
            handler.reply(reply)
        else:
            fault(handler, reply)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Head and body go out together, or the client waits for its own acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._began = time.monotonic()
        try:
            self.server.stand_in.handle(self)  # type: ignore[attr-defined]
        except (OSError, ValueError):
            # The client went away, or we broke the connection ourselves.
            self.close_connection = True

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            super().handle()

    def reply(self, reply: Reply) -> None:
        self.head(reply, len(reply.body))
        self.wfile.write(reply.body)
        self.wfile.flush()

    def head(self, reply: Reply, length: int | None) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def may_go_on(self) -> bool:
        stopping = self.server.stand_in.stopping.is_set()  # type: ignore[attr-defined]
        return not stopping and time.monotonic() - self._began < LONGEST

    def log_message(self, *_: object) -> None:
        pass
