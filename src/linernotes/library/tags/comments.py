"""Vorbis comments: in a block of FLAC, and in a packet of Ogg Vorbis, Opus, Speex and FLAC."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tags.ogg import first_packets
from linernotes.library.tags.texts import Tag, collect, utf_8

COMMENTS = 4
_MOST_BLOCKS = 1000
_LONGEST = 1 << 16
_PICTURE = "METADATA_BLOCK_PICTURE"
_MARKS = (b"\x03vorbis", b"OpusTags")


def read_flac(file: BinaryIO, place: int) -> Iterator[Tag]:
    """Yield the comments of a FLAC file that begins at a place."""
    for kind, start, size in blocks(file, place):
        if kind == COMMENTS:
            # Some programs tell a size that is too small; the list itself tells where it ends.
            yield comments_in(read_at(file, start, size + _LONGEST))


def blocks(file: BinaryIO, place: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, offset and size of the contents of a FLAC file's blocks of metadata."""
    place += 4
    for _ in range(_MOST_BLOCKS):
        header = read_at(file, place, 4)
        if len(header) < 4:
            return
        size = int.from_bytes(header[1:], "big")
        yield header[0] & 0x7F, place + 4, size
        if header[0] & 0x80:
            return
        place += 4 + size


def read_ogg(file: BinaryIO, place: int) -> Iterator[Tag]:
    """Yield the comments of an Ogg file that begins at a place."""
    if data := ogg_comments(file, place):
        yield comments_in(data)


def ogg_comments(file: BinaryIO, place: int) -> bytes:
    """Return the list of comments of an Ogg file that begins at a place; none if it has none."""
    packets = first_packets(file, place, 2, largest=LARGEST * 2)
    if len(packets) < 2:
        return b""
    first, data = packets
    for mark in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :]
    if first.startswith(b"\x7fFLAC"):
        return data[4:] if data[:1] and data[0] & 0x7F == COMMENTS else b""
    return data if first.startswith(b"Speex   ") else b""


def comments_in(data: bytes) -> Tag:
    r"""Read a list of comments.

    Examples
    --------
    >>> block = struct.pack("<III", 0, 1, 10) + b"genre=Folk"
    >>> comments_in(block).get("Genre")
    ['Folk']
    """
    return collect(_texts(data))


def raw_comments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the names and values of a list of comments; what is broken raises `struct.error`."""
    (vendor,) = struct.unpack_from("<I", data)
    (count,) = struct.unpack_from("<I", data, 4 + vendor)
    position = 8 + vendor
    for _ in range(count):
        (size,) = struct.unpack_from("<I", data, position)
        key, mark, value = data[position + 4 : position + 4 + size].partition(b"=")
        if mark:
            yield key.decode("ascii", "replace"), value
        position += 4 + size


def _texts(data: bytes) -> Iterator[tuple[str, str | bytes]]:
    for key, value in raw_comments(data):
        if key.upper() != _PICTURE:
            yield key, utf_8(value[:_LONGEST])
