"""APE tags of both versions: at the end of a file, before an ID3v1 tag, or at the beginning.

After the description at wiki.hydrogenaudio.org. Items are UTF-8 in version 2, and of a code page
that they do not tell in version 1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tags.id3v1 import SIZE as ID3V1
from linernotes.library.tags.texts import Tag, collect, utf_8

FOOTER = 32
MARK = b"APETAGEX"
HAS_HEADER, IS_HEADER = 1 << 31, 1 << 29
_KIND = 0b110
_LYRICS = b"LYRICS200"
_MOST_ITEMS = 4096


@dataclass(frozen=True)
class Place:
    """Where an APE tag lies.

    Parameters
    ----------
    start, end
        Of its items.
    header, footer
        Where these lie, if they do.
    version, count, flags
        What they say.
    """

    start: int
    end: int
    header: int | None
    footer: int | None
    version: int
    count: int
    flags: int


@dataclass(frozen=True)
class Item:
    """One item, and where it lies in the bytes of all of them."""

    key: str
    is_text: bool
    value: bytes
    start: int
    end: int


def find_ape(file: BinaryIO, begin: int, end: int) -> Place | None:
    """Find the tag of a file that goes from a place to another: first at its end."""
    for place in _ends(file, end):
        data = read_at(file, place - FOOTER, FOOTER)
        if data.startswith(MARK) and len(data) == FOOTER:
            version, size, count, flags = struct.unpack_from("<4I", data, 8)
            start = place - size
            if FOOTER <= size <= LARGEST and start >= begin and not flags & IS_HEADER:
                header = start - FOOTER if flags & HAS_HEADER else None
                return Place(start, place - FOOTER, header, place - FOOTER, version, count, flags)
    data = read_at(file, begin, FOOTER)
    if data.startswith(MARK) and len(data) == FOOTER:
        version, size, count, flags = struct.unpack_from("<4I", data, 8)
        if FOOTER <= size <= LARGEST and flags & IS_HEADER:
            stop = begin + FOOTER + size - FOOTER
            has_footer = read_at(file, stop, 8) == MARK
            footer = stop if has_footer else None
            return Place(begin + FOOTER, stop, begin, footer, version, count, flags)
    return None


def _ends(file: BinaryIO, end: int) -> Iterator[int]:
    """Yield where a tag may end: with the file, or before older tags."""
    yield end
    if read_at(file, end - ID3V1, 3) == b"TAG":
        end -= ID3V1
        yield end
    tail = read_at(file, end - 15, 15)
    if tail.endswith(_LYRICS) and tail[:6].isdigit():
        yield end - 15 - int(tail[:6])


def items_in(data: bytes, count: int) -> tuple[list[Item], bool]:
    """Return the items, and whether all of them are sound."""
    items: list[Item] = []
    position = 0
    while position + 9 <= len(data) and len(items) < count:
        size, flags = struct.unpack_from("<2I", data, position)
        zero = data.find(b"\0", position + 8, position + 8 + 256)
        if zero < 0 or zero + 1 + size > len(data):
            return items, False
        key, value = data[position + 8 : zero].decode("latin-1"), data[zero + 1 : zero + 1 + size]
        items.append(Item(key, flags & _KIND == 0, value, position, zero + 1 + size))
        position = zero + 1 + size
    return items, len(items) == count and position == len(data)


def read_ape(file: BinaryIO, begin: int, end: int) -> Iterator[Tag]:
    """Yield the tag of a file that goes from a place to another, if it has one."""
    place = find_ape(file, begin, end)
    if place is None:
        return
    data = read_at(file, place.start, place.end - place.start)
    items, _ = items_in(data, min(place.count, _MOST_ITEMS))
    # Binary values and links are no texts.
    yield collect((item.key, utf_8(item.value)) for item in items if item.is_text)
