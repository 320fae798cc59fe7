"""Files: bytes read where they lie, and whole new content in the place of the old."""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

LARGEST = 1 << 24
"""Bytes that are read at once, at most; a size beyond them is not to be believed."""


def read_at(file: BinaryIO, offset: int, size: int, *, largest: int = LARGEST) -> bytes:
    """Read bytes from an offset on: fewer where the file ends, none where the size is absurd.

    Parameters
    ----------
    file
        Its position moves.
    offset, size
        In bytes, as a file may claim them; negative ones count as absurd.
    largest
        Beyond which a size is.

    Examples
    --------
    >>> read_at(io.BytesIO(b"RIFF size WAVE"), 10, 100)
    b'WAVE'
    """
    if offset < 0 or not 0 <= size <= largest:
        return b""
    file.seek(offset)
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def size_of(file: BinaryIO) -> int:
    """Return the bytes of a file; its position moves."""
    return file.seek(0, io.SEEK_END)


@contextmanager
def atomic_path(path: str | os.PathLike[str], *, durable: bool = True) -> Iterator[Path]:
    """Give the name of a new file, which takes the place of the old one when all is written.

    Whatever happens before leaves the old file as it was, and no new one behind. Where a link
    lies, the file that it leads to is replaced.

    Parameters
    ----------
    path
        The file.
    durable
        Wait until the content is safe on the disk. What can be made again need not wait.

    Yields
    ------
    Where to write meanwhile: a hidden file in the same folder.

    Raises
    ------
    OSError
        It cannot be written, flushed or replaced.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_path(Path(folder) / "a.txt") as part:
    ...         _ = part.write_text("whole")
    ...     [(file.name, file.read_text()) for file in Path(folder).iterdir()]
    [('a.txt', 'whole')]
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f".linernotes-{uuid.uuid4().hex[:12]}.part")
    try:
        yield part
        if durable:
            with part.open("r+b") as file:
                os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def write_atomically(path: str | os.PathLike[str], data: bytes, *, durable: bool = True) -> None:
    """Write a file, whole or not at all; see `atomic_path`."""
    with atomic_path(path, durable=durable) as part:
        part.write_bytes(data)
