"""Taking what visitors send to a file of our own, and not more of it than is agreed."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import threading
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path

from linernotes.errors import EmptyFileError
from linernotes.web.errors import TooManyError, TooSlowError, UploadTooLargeError
from linernotes.web.limits import Limits

_NAME_LENGTH = 200


class Uploads:
    """A folder that holds uploads while they are listened to, and nothing afterwards.

    Parameters
    ----------
    limits
        How large, how slow and how many uploads may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sizes: dict[Path, int] = {}
        self._receiving = 0
        self._lock = threading.Lock()

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        """Made when the first upload comes: a server that never runs leaves nothing behind."""
        return tempfile.TemporaryDirectory(prefix="linernotes-", ignore_cleanup_errors=True)

    async def receive(self, body: AsyncIterator[bytes], announced: int | None) -> Path:
        """Write what comes to a new file.

        Parameters
        ----------
        body
            The pieces, as they come.
        announced
            Bytes that are said to come, if that is said.

        Raises
        ------
        TooLargeError, TooSlowError, TooManyError
            It goes beyond the limits; nothing of it is left.
        EmptyFileError
            Nothing came.
        """
        self._check_room(announced or 0)
        # The name is ours: what visitors call their files never touches the disk.
        path = Path(self._folder.name) / secrets.token_hex(16)
        whole = False
        with self._lock:
            self._receiving += 1
            self._sizes[path] = announced or 0
        try:
            async with asyncio.timeout(self._limits.upload_seconds):
                size = await self._write(path, body)
            if not size:
                raise EmptyFileError("the file is empty (0 bytes); choose another one")
            whole = True
        except TimeoutError as error:
            raise TooSlowError("the upload took too long and was given up; try again") from error
        finally:
            with self._lock:
                self._receiving -= 1
            if not whole:
                self.delete(path)
        return path

    def delete(self, path: Path) -> None:
        """Remove an upload."""
        path.unlink(missing_ok=True)
        with self._lock:
            self._sizes.pop(path, None)

    def close(self) -> None:
        """Remove everything."""
        if "_folder" in self.__dict__:
            self._folder.cleanup()

    async def _write(self, path: Path, body: AsyncIterator[bytes]) -> int:
        size = 0
        pieces = body.__aiter__()
        with path.open("xb") as file:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), self._limits.stall_seconds)
                except StopAsyncIteration:
                    return size
                size += len(piece)
                self._check_size(size)
                with self._lock:
                    self._sizes[path] = max(self._sizes[path], size)
                file.write(piece)

    def _check_room(self, announced: int) -> None:
        self._check_size(announced)
        with self._lock:
            full = sum(self._sizes.values()) + announced > self._limits.waiting_bytes
            if full or self._receiving >= self._limits.uploads_at_once:
                raise TooManyError("too many uploads at once; try again in a minute")

    def _check_size(self, size: int) -> None:
        if size > self._limits.upload_bytes:
            most = self._limits.upload_bytes // 10**6
            raise UploadTooLargeError(f"files of up to {most} MB are taken; choose a smaller one")


def shown_name(name: str) -> str:
    r"""Return the last part of a name that a visitor gave, to be shown and for nothing else.

    Examples
    --------
    >>> shown_name("../../etc/passwd"), shown_name("C:\\music\\So What.mp3")
    ('passwd', 'So What.mp3')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    legible = "".join(c if c.isprintable() else "\ufffd" for c in last).strip()
    return legible[-_NAME_LENGTH:] or "untitled"
