"""Servers for what lies elsewhere: one that speaks S3, and one before it that has faults."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from support import LONG

from linernotes.storage import object_store


class FaultyProxy:
    """A server before one that speaks S3, which throttles, forbids, or is not there at all.

    Attributes
    ----------
    url
        Its address.
    throttled
        How many of the next requests are answered with 503 SlowDown.
    forbidden
        Whether all are answered as if the credentials had expired.
    unfetchable
        Whether files are refused so, and listings are not.
    silent
        Whether all wait for an answer, until it may `speak_again`.
    asked
        The paths that were asked for.
    """

    def __init__(self, behind: str) -> None:
        self.behind = behind.removeprefix("http://")
        self.throttled, self.forbidden, self.silent = 0, False, False
        self.unfetchable = False
        self._may_speak = threading.Event()
        self.asked: list[tuple[str, str]] = []
        self._server = self._start(0)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _start(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server

    def leave(self) -> None:
        """Be there no more."""
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        """Be there again, at the same address."""
        self._server = self._start(self.port)

    def speak_again(self) -> None:
        """Answer again; who waited for an answer gets none any more."""
        self.silent = False
        self._may_speak.set()
        self._may_speak = threading.Event()

    def wait_to_speak(self) -> None:
        """Wait until it may answer."""
        self._may_speak.wait(LONG)


def _handler(proxy: FaultyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            proxy.asked.append((self.command, self.path))
            if proxy.silent:
                proxy.wait_to_speak()
                self.close_connection = True
                return
            if proxy.forbidden or (proxy.unfetchable and "list-type" not in self.path):
                self._tell(403, b"<Error><Code>ExpiredToken</Code></Error>")
                return
            if proxy.throttled > 0:
                proxy.throttled -= 1
                self._tell(503, b"<Error><Code>SlowDown</Code></Error>")
                return
            connection = http.client.HTTPConnection(proxy.behind)
            connection.request(self.command, self.path, body, dict(self.headers))
            found = connection.getresponse()
            data = found.read()
            self.send_response(found.status)
            for name, value in found.headers.items():
                if name.lower() not in ("connection", "transfer-encoding", "server", "date"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
            connection.close()

        def _tell(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def s3_server() -> Iterator[FaultyProxy]:
    """Start a server that speaks S3, and one before it."""
    server_module = pytest.importorskip("moto.server")
    pytest.importorskip("obstore")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    proxy = FaultyProxy(f"http://{host}:{port}")
    try:
        yield proxy
    finally:
        proxy.leave()
        server.stop()


def reach(proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the environment tell how the server is reached."""
    for name, value in {
        "AWS_ENDPOINT": proxy.url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
    }.items():
        monkeypatch.setenv(name, value)


def make_bucket(proxy: FaultyProxy, name: str) -> str:
    """Make a bucket, and return its address."""
    urlopen(Request(f"{proxy.url}/{name}", method="PUT")).close()
    return f"s3://{name}"


def upload(folder: Path, uri: str) -> list[str]:
    """Put the files of a folder into an object store, and return their addresses."""
    from linernotes.storage.object_store import put_object

    addresses = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        addresses.append(f"{uri}/{path.relative_to(folder).as_posix()}")
        put_object(addresses[-1], path.read_bytes())
    return addresses


def path_of_tests() -> str:
    """Return the path by which other processes import what tests define."""
    return os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyProxy]:
    """Return a server that speaks S3, with a proxy before it that may have faults."""
    with s3_server() as proxy:
        yield proxy


@pytest.fixture
def bucket(
    server: FaultyProxy, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Return the address of a new bucket; the server has no faults before and after."""
    reach(server, monkeypatch)
    object_store._opened.cache_clear()
    server.asked.clear()
    yield make_bucket(server, request.node.name.replace("_", "-")[5:45].strip("-"))
    server.throttled, server.forbidden, server.unfetchable = 0, False, False
    server.speak_again()
    object_store._opened.cache_clear()
