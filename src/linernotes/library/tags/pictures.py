"""Pictures in tags: where each format keeps them, and what they are said to show.

ID3v2 (APIC, PIC), FLAC (PICTURE), Vorbis comments (METADATA_BLOCK_PICTURE, COVERART), MP4 (covr),
Windows Media (WM/Picture) and APE (Cover Art). Bytes are taken as they lie; whether they are a
picture is seen by whoever opens them.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tags.ape import find_ape, items_in
from linernotes.library.tags.asf import attributes
from linernotes.library.tags.chunks import top_chunks
from linernotes.library.tags.comments import blocks, ogg_comments, raw_comments
from linernotes.library.tags.id3v2 import (
    HEADER,
    UNSYNCHRONISED,
    contents_of,
    frames_in,
    header_in,
    resynchronised,
    tags_at,
)
from linernotes.library.tags.mp4 import atoms, listed_items
from linernotes.library.tags.ogg import first_packets

OTHER, ICON, OTHER_ICON, FRONT = 0, 1, 2, 3
_BLOCK = 6
_MOST_PACKETS = 16
_MOST_ITEMS = 4096
_LINK = "-->"


@dataclass(frozen=True)
class Picture:
    """A picture as it lies in a file.

    Parameters
    ----------
    shows
        What it is said to show, by the numbers of ID3v2: 3 is the front of the cover.
    data
        Its bytes, whatever they are.
    """

    shows: int
    data: bytes


def flac_pictures(file: BinaryIO, begin: int, end: int) -> Iterator[Picture]:
    """Yield the pictures of a FLAC file that lies between two places."""
    for kind, start, size in blocks(file, begin):
        if kind == _BLOCK and start < end:
            yield from _in_block(read_at(file, start, size))


def ogg_pictures(file: BinaryIO, begin: int, _: int) -> Iterator[Picture]:
    """Yield the pictures of an Ogg file that begins at a place."""
    for name, value in raw_comments(ogg_comments(file, begin)):
        if name.upper() == "METADATA_BLOCK_PICTURE":
            yield from _in_block(_decoded(value))
        elif name.upper() == "COVERART":
            yield Picture(FRONT, _decoded(value))


def ogg_flac_pictures(file: BinaryIO, begin: int, end: int) -> Iterator[Picture]:
    """Yield the pictures of FLAC in Ogg: in packets of their own, or in its comments."""
    for packet in first_packets(file, begin, _MOST_PACKETS, largest=LARGEST * 2)[1:]:
        if packet[:1] and packet[0] & 0x7F == _BLOCK:
            yield from _in_block(packet[4:])
    yield from ogg_pictures(file, begin, end)


def mp4_pictures(file: BinaryIO, _: int, __: int) -> Iterator[Picture]:
    """Yield the pictures of an MP4 file."""
    data, items = listed_items(file)
    for item in items:
        if item.name == b"covr":
            for value in atoms(data, item.contents, item.end):
                if value.name == b"data":
                    yield Picture(FRONT, data[value.contents + 8 : value.end])


def asf_pictures(file: BinaryIO, _: int, __: int) -> Iterator[Picture]:
    """Yield the pictures of a Windows Media file."""
    for name, _kind, value in attributes(file):
        if name == "WM/Picture" and len(value) > 9:
            (size,) = struct.unpack_from("<I", value, 1)
            kind_end = _end_of_text(value, 5)
            start = _end_of_text(value, kind_end)
            if value[5:kind_end].decode("utf-16-le", "replace").rstrip("\0") != _LINK:
                yield Picture(value[0], value[start : start + size])


def chunk_pictures(file: BinaryIO, begin: int, end: int) -> Iterator[Picture]:
    """Yield the pictures of the ID3 tags in the chunks of a WAV or AIFF file."""
    for name, start, size in top_chunks(file, begin, end):
        if name in ("id3 ", "ID3 "):
            yield from _in_tags_at(file, start, min(start + size, end))


def id3_pictures(file: BinaryIO, _: int, end: int) -> Iterator[Picture]:
    """Yield the pictures of the ID3 tags before a file's sound and behind it."""
    yield from _in_tags_at(file, 0, end)
    footer = header_in(read_at(file, end - HEADER, HEADER), b"3DI")
    if footer is not None:
        yield from _in_tags_at(file, end - footer.size - 2 * HEADER, end)


def ape_pictures(file: BinaryIO, begin: int, end: int) -> Iterator[Picture]:
    """Yield the pictures of an APE tag."""
    place = find_ape(file, begin, end)
    if place is None:
        return
    data = read_at(file, place.start, place.end - place.start)
    items, _ = items_in(data, min(place.count, _MOST_ITEMS))
    for item in items:
        key = item.key.casefold()
        if key.startswith("cover art") and not item.is_text:
            _, _, picture = item.value.partition(b"\0")  # behind the name of a file
            yield Picture(FRONT if "front" in key else OTHER, picture)


def _in_tags_at(file: BinaryIO, place: int, end: int) -> Iterator[Picture]:
    for header, found in tags_at(file, place, end):
        if header.version not in (2, 3, 4):
            continue
        whole = header.version < 4 and header.flags & UNSYNCHRONISED
        body = resynchronised(found) if whole else found
        frames, _, _ = frames_in(body, header)
        for frame in frames:
            if frame.name.strip(" \0") in ("APIC", "PIC"):
                yield from _in_frame(contents_of(body, frame, header), header.version)


def _in_frame(contents: bytes, version: int) -> Iterator[Picture]:
    """Yield the picture of a frame: how texts are written, kind, what it shows, description."""
    wide = contents[:1] in (b"\1", b"\2")
    kind_end = 4 if version == 2 else contents.find(b"\0", 1) + 1
    if not kind_end or len(contents) <= kind_end:
        return
    kind = contents[1:kind_end].rstrip(b"\0").decode("latin-1")
    start = kind_end + 1
    # Some programs end an empty description with one zero where there should be two.
    wide = wide and not (contents[start : start + 1] == b"\0" != contents[start + 1 : start + 2])
    start = _end_of_text(contents, start) if wide else contents.find(b"\0", start) + 1
    if start and kind != _LINK:
        yield Picture(contents[kind_end], contents[start:].lstrip(b"\0"))


def _in_block(data: bytes) -> Iterator[Picture]:
    """Yield the picture of a FLAC block; its sizes are believed as far as it reaches."""
    (shows, kind_size) = struct.unpack_from(">II", data)
    kind = data[8 : 8 + kind_size].decode("latin-1")
    (words_size,) = struct.unpack_from(">I", data, 8 + kind_size)
    start = 12 + kind_size + words_size + 16
    (size,) = struct.unpack_from(">I", data, start)
    if kind != _LINK:
        yield Picture(shows, data[start + 4 : start + 4 + size])


def _decoded(value: bytes) -> bytes:
    return base64.b64decode(value[: LARGEST * 4 // 3])


def _end_of_text(data: bytes, start: int) -> int:
    """Return the place behind a text of UTF-16 and its zero."""
    position = data.find(b"\0\0", start)
    while position >= 0 and (position - start) % 2:
        position = data.find(b"\0\0", position + 1)
    return position + 2 if position >= 0 else len(data)
