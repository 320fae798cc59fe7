"""The pages of an ogg file: whether it is whole, and which streams it is chained of.

Decoders jump over missing pages without a word, and many stop where one stream ends and the next
begins, as they do in recordings of radio stations.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.audio.formats.section import Span
from linernotes.files import read_at, size_of

_HEADER = 27
_BLOCK = 1 << 16
_FIRST_PAGE, _LAST_PAGE = 2, 4
_NO_GRANULE = b"\xff" * 8


@dataclass(frozen=True)
class OggLink:
    """One stream, or several at the same time, from its first page to its last.

    Parameters
    ----------
    span
        Where it lies in the file.
    whole
        Whether none of its pages is missing.
    granule
        Position that its last page tells, in frames for most codecs.
    """

    span: Span
    whole: bool
    granule: int


def find_links(
    file: BinaryIO, start: int = 0, *, deadline: float = float("inf")
) -> tuple[OggLink, ...]:
    """Return the links of which an ogg file is chained; most files have one.

    Pages must follow one another without a gap (RFC 3533), numbered without a gap, and the last
    one of the file must be marked as such. A few bytes of each page are read, which costs
    milliseconds.

    Parameters
    ----------
    file
        Its position moves.
    start
        Where the first page begins.
    deadline
        When to give up with `TimeoutError`, on the clock of `time.monotonic`.
    """
    end = size_of(file)
    links: list[OggLink] = []
    offset = first = start
    numbers: dict[bytes, int] = {}
    open_streams: set[bytes] = set()
    beginning, whole, count, granule = True, True, 0, 0
    while offset < end:
        file.seek(offset)
        page = file.read(_HEADER + 255)
        if len(page) < _HEADER or not page.startswith(b"OggS"):
            offset = _next_page(file, offset + 1, end)
            whole = whole and not open_streams
            continue
        flags, serial, number = page[5], page[14:18], int.from_bytes(page[18:22], "little")
        if flags & _FIRST_PAGE and not beginning:
            # Stations that change the title do not always mark the last page.
            links.append(OggLink((first, offset), whole, granule))
            first, numbers, whole = offset, {}, True
            open_streams.clear()
        beginning = bool(flags & _FIRST_PAGE)
        # Behind a gap, a page goes on with a stream that nobody began.
        expected = numbers[serial] + 1 if serial in numbers else number if beginning else -1
        whole = whole and number == expected
        numbers[serial] = number
        (open_streams.discard if flags & _LAST_PAGE else open_streams.add)(serial)
        if page[6:14] != _NO_GRANULE:
            granule = int.from_bytes(page[6:14], "little")
        segments = page[_HEADER - 1]
        offset += _HEADER + segments + sum(page[_HEADER : _HEADER + segments])
        count += 1
        if not count % 1000 and time.monotonic() > deadline:
            raise TimeoutError
    ended = bool(numbers) and offset <= end and not open_streams
    return (*links, OggLink((first, end), whole and ended, granule))


def _next_page(file: BinaryIO, offset: int, end: int) -> int:
    """Return where the next page begins; a tag may stand before it, or behind the last."""
    while block := read_at(file, offset, _BLOCK):
        place = block.find(b"OggS\0")
        if place >= 0:
            return offset + place
        offset += max(1, len(block) - 4)
    return end
