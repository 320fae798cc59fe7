"""Reading compressed files: as they are, and line by line in memory that does not grow."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

DAMAGE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""Errors of reading a compressed file that is damaged or ends early."""

LONGEST = 64 * 2**20
"""Bytes of the longest line that is read; longer ones are passed over."""

_DAMAGE = (*DAMAGE, tarfile.TarError)


def decompressed(raw: IO[bytes]) -> IO[bytes]:
    """Return what a file holds: plain, gzip, bzip2 or xz, as its first bytes say.

    Examples
    --------
    >>> import io
    >>> decompressed(io.BytesIO(gzip.compress(b"text"))).read()
    b'text'
    """
    magic = raw.read(6)
    raw.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if magic.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(raw)
    return raw


@dataclass(frozen=True)
class Line:
    """A line of a file.

    Parameters
    ----------
    content
        Its bytes without the line's end; ``None`` if it is longer than ``LONGEST``.
    position
        Bytes of the file on disk that were read so far.
    cut_off
        The file ends here, and should not.
    """

    content: bytes | None
    position: int
    cut_off: bool = False


def read_lines(file: Path) -> Iterator[Line]:
    r"""Read a file line by line: plain, .gz, .bz2, .xz, or any of these of a tar.

    The files of a tar are read one after the other, except those named in capital letters, such
    as its licence. Empty lines are left out. A file that ends in the middle gives the lines that
    it has, and then one that is ``cut_off``.

    Raises
    ------
    OSError
        The file cannot be opened.

    Examples
    --------
    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "lines.gz"
    ...     _ = file.write_bytes(gzip.compress(b"one\ntwo"))
    ...     [line.content for line in read_lines(file)]
    [b'one', b'two']
    """
    try:
        with file.open("rb") as raw, _contents(file, decompressed(raw)) as contents:
            for content in contents:
                for line in _split(content):
                    yield Line(line, raw.tell())
    except _DAMAGE:
        yield Line(None, file.stat().st_size, cut_off=True)


@contextmanager
def _contents(file: Path, stream: IO[bytes]) -> Iterator[Iterator[IO[bytes]]]:
    """Look into a tar; anything else is what it is."""
    with file.open("rb") as raw:
        head = decompressed(raw).read(512)
    if head[257:262] != b"ustar":
        yield iter([stream])
        return
    with tarfile.open(fileobj=stream, mode="r|", bufsize=2**16) as tar:
        yield _files(tar)


def _files(tar: tarfile.TarFile) -> Iterator[IO[bytes]]:
    for member in tar:
        name = member.name.rpartition("/")[2]
        if member.isreg() and not name.isupper() and (content := tar.extractfile(member)):
            yield content


def _split(content: IO[bytes]) -> Iterator[bytes | None]:
    while line := content.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(b"\n"):
            while (rest := content.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif line := line.strip():
            yield line
