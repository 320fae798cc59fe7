"""Reading compressed files as they are."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from typing import IO

DAMAGE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""Errors of reading a compressed file that is damaged or ends early."""


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
