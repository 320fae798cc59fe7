"""Fetching a file: whole or not at all, going on where it broke off."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from linernotes.collect.http.connection import Connection, Incoming, Request
from linernotes.collect.http.errors import AnswerError, NotTheFileError, ResponseTooLargeError
from linernotes.collect.http.service import Service

_ANYTHING = ("", "application/octet-stream", "binary/octet-stream")


class Download:
    """One file to fetch; see `Session.download` for the parameters."""

    def __init__(
        self,
        service: Service,
        url: str,
        target: Path,
        *,
        largest: int,
        check: Callable[[Path], object] | None,
        accept: tuple[str, ...],
        sha256: str | None,
        resume: bool,
        total: float | None,
        progress: Callable[[int, int | None], None] | None,
    ) -> None:
        self._service, self._url, self._target = service, url, target
        self._largest, self._check, self._accept = largest, check, accept
        self._sha256, self._resume, self._total = sha256, resume, total
        self._progress = progress
        self._partial = target.with_name(f"{target.name}.partial")
        self._beside = target.with_name(f"{target.name}.partial.json")
        self._gained = False

    def gained(self) -> bool:
        """Whether the last attempt brought us nearer, though it failed."""
        return self._gained

    def attempt(self, connection: Connection) -> None:
        """Fetch what is missing, check the whole, and give it its name."""
        self._gained = False
        self._target.parent.mkdir(parents=True, exist_ok=True)
        have, validator = self._before()
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
            if validator:
                headers["If-Range"] = validator
        with connection.send(Request(self._service, self._url, headers, self._total)) as incoming:
            self._see(incoming)
            if incoming.status != 206:
                have = 0
            elif not str(incoming.headers.get("content-range", "")).startswith(f"bytes {have}-"):
                self._drop()
                raise AnswerError(self._service.title, "it went on at another place than asked for")
            whole = self._whole(incoming, have)
            self._note(incoming)
            self._write(incoming, have, whole)
        self._finish()

    def _before(self) -> tuple[int, str | None]:
        """Bytes of an earlier attempt that may be kept, and what proves them to be the same."""
        if not self._resume:
            return 0, None
        try:
            note = json.loads(self._beside.read_text(encoding="utf-8"))
            size = self._partial.stat().st_size
            validator = note["validator"]
            if note["url"] != _place(self._url) or not isinstance(validator, str):
                return 0, None
        except (OSError, ValueError, KeyError, TypeError):
            return 0, None
        # A checksum proves it as well, at the end.
        return (size, validator or None) if validator or self._sha256 else (0, None)

    def _see(self, incoming: Incoming) -> None:
        kind = incoming.kind
        if self._accept and kind not in _ANYTHING and not kind.startswith(self._accept):
            raise NotTheFileError(self._service.title, f"it sent {kind} instead of a file")
        if incoming.headers.get("content-encoding", "identity") != "identity":
            raise AnswerError(self._service.title, "it packed the file, though asked not to")

    def _whole(self, incoming: Incoming, have: int) -> int | None:
        length = str(incoming.headers.get("content-length", ""))
        whole = have + int(length) if length.isascii() and length.isdigit() else None
        if whole is not None and whole > self._largest:
            message = f"the file has {whole / 2**20:.1f} MiB, more than it should"
            raise ResponseTooLargeError(self._service.title, message)
        return whole

    def _note(self, incoming: Incoming) -> None:
        if self._resume:
            tag = str(incoming.headers.get("etag", ""))
            # A weak tag does not promise the same bytes.
            validator = tag if tag.startswith('"') else incoming.headers.get("last-modified", "")
            note = {"url": _place(self._url), "validator": validator}
            self._beside.write_text(json.dumps(note), encoding="utf-8")

    def _write(self, incoming: Incoming, have: int, whole: int | None) -> None:
        with self._partial.open("ab" if have else "wb") as file:
            for piece in incoming.pieces(largest=self._largest - have):
                file.write(piece)
                self._gained = self._resume
                if self._progress is not None:
                    self._progress(file.tell(), whole)
            file.flush()
            os.fsync(file.fileno())

    def _finish(self) -> None:
        try:
            if self._sha256 is not None and _sha256(self._partial) != self._sha256.lower():
                raise NotTheFileError(
                    self._service.title, f"{self._target.name} has not the checksum it should have"
                )
            if self._check is not None:
                self._check(self._partial)
        except BaseException:
            self._gained = False
            self._drop()
            raise
        self._partial.replace(self._target)
        self._beside.unlink(missing_ok=True)

    def _drop(self) -> None:
        self._partial.unlink(missing_ok=True)
        self._beside.unlink(missing_ok=True)


def _place(url: str) -> str:
    """Tell addresses apart without keeping what may be a key in them."""
    return hashlib.sha256(url.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
