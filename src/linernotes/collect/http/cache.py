"""Answers kept on disk, so that nothing is asked for twice."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linernotes.files import write_atomically

_STRIPES = 64


@dataclass(frozen=True)
class Kept:
    """An answer as it is kept.

    Parameters
    ----------
    url
        What was asked, without keys.
    status
        Of HTTP.
    body
        Unpacked.
    time
        When it came, in seconds since 1970.
    """

    url: str
    status: int
    body: bytes
    time: float


class ResponseCache:
    """A folder of answers.

    An entry is a line of JSON that tells what it is, and the body. It appears under its
    name only when it is whole; one that is damaged counts as absent.

    Parameters
    ----------
    folder
        Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, service: str, key: str) -> Kept | None:
        """Return what is kept, however old."""
        try:
            head, body = self._path(service, key).read_bytes().split(b"\n", 1)
            entry = json.loads(head)
            if entry["sha256"] != hashlib.sha256(body).hexdigest() or entry["key"] != key:
                return None
            return Kept(str(entry["url"]), int(entry["status"]), body, float(entry["time"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, service: str, key: str, url: str, status: int, body: bytes) -> None:
        """Keep an answer."""
        entry = {"url": url, "key": key, "status": status, "time": round(time.time(), 3),
                 "sha256": hashlib.sha256(body).hexdigest()}  # fmt: skip
        path = self._path(service, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(entry).encode() + b"\n" + body, durable=False)

    @contextmanager
    def only_one(self, service: str, key: str) -> Iterator[None]:
        """Let one process at a time fetch this, so that the next finds it kept."""
        from filelock import FileLock

        folder = self.folder / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        stripe = int(_digest(service, key)[:8], 16) % _STRIPES
        with FileLock(folder / f"{stripe}.lock"):
            yield

    def _path(self, service: str, key: str) -> Path:
        digest = _digest(service, key)
        return self.folder / "answers" / service / digest[:2] / digest[2:]


def _digest(service: str, key: str) -> str:
    return hashlib.sha256(f"{service}\n{key}".encode()).hexdigest()
