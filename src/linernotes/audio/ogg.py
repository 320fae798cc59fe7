"""Whether an ogg file is whole: decoders jump over missing pages without a word."""

from __future__ import annotations

import io
from typing import BinaryIO

_HEADER = 27
_LAST_PAGE = 4


def is_whole(file: BinaryIO) -> bool:
    """Tell whether pages follow one another without a gap up to one marked as the last.

    The file is left where it was. The check reads a few bytes of each page only
    (RFC 3533), so that it costs milliseconds.
    """
    before = file.tell()
    end = file.seek(0, io.SEEK_END)
    try:
        offset, flags = 0, 0
        while offset < end:
            file.seek(offset)
            page = file.read(_HEADER + 255)
            if len(page) < _HEADER or not page.startswith(b"OggS"):
                # Players ignore a tag behind the last page, and so do we.
                return bool(flags & _LAST_PAGE)
            flags, segments = page[5], page[_HEADER - 1]
            offset += _HEADER + segments + sum(page[_HEADER : _HEADER + segments])
        return offset == end and bool(flags & _LAST_PAGE)
    finally:
        file.seek(before)
