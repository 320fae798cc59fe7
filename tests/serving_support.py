"""A server that runs, on loopback, for as long as a test needs it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from support import LONG, wait_until


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    app: FastAPI
    address: str
    port: int

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=LONG, **options)


@contextmanager
def serve(app: FastAPI, *, scheme: str = "http", **options: Any) -> Iterator[Served]:
    """Serve an application until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="error",
                ws="none",
                timeout_graceful_shutdown=1,
                # A connection that closes while a client asks again on it is no answer.
                timeout_keep_alive=LONG,
                **options,
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield Served(app, f"{scheme}://127.0.0.1:{port}", port)
        finally:
            server.should_exit = True
            thread.join(timeout=LONG)
            assert not thread.is_alive()
