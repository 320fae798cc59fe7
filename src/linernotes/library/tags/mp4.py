"""MP4: where its atoms lie (ISO 14496-12), and what the list of tags says, as iTunes writes it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tags.id3v1 import GENRES
from linernotes.library.tags.texts import Tag, collect, utf_8, utf_16

FREE = "----:"
TEXT, INTEGER = 1, 21
_UTF_16 = 2
_LARGEST_MOOV = LARGEST * 4
_LONGEST = 1 << 16
_MOST_ATOMS = 100_000


@dataclass(frozen=True)
class Atom:
    """Where an atom lies: its header, its contents, its end."""

    name: bytes
    start: int
    contents: int
    end: int


def read_mp4(file: BinaryIO) -> Iterator[Tag]:
    """Yield the list of tags of an MP4 file."""
    data, items = listed_items(file)
    yield collect(_texts(data, items))


def listed_items(file: BinaryIO) -> tuple[bytes, Iterator[Atom]]:
    """Return the index of an MP4 file, and where the items of its list of tags lie there."""
    length = file.seek(0, os.SEEK_END)
    for atom in top_atoms(file, length):
        if atom.name == b"moov":
            data = read_at(file, atom.start, atom.end - atom.start, largest=_LARGEST_MOOV)
            return data, _items(data, Atom(b"moov", 0, atom.contents - atom.start, len(data)))
    return b"", iter(())


def _items(data: bytes, moov: Atom) -> Iterator[Atom]:
    for udta in _named(data, moov, b"udta"):
        for meta in _named(data, udta, b"meta"):
            for ilst in _named(data, meta, b"ilst"):
                yield from atoms(data, ilst.contents, ilst.end)


def _texts(data: bytes, items: Iterator[Atom]) -> Iterator[tuple[str, str | bytes]]:
    for item in items:
        for value in _values(data, item):
            yield item_name(data, item), value


def _named(data: bytes, parent: Atom, name: bytes) -> Iterator[Atom]:
    for atom in atoms(data, parent.contents + version_bytes(data, parent), parent.end):
        if atom.name == name:
            yield atom


def item_name(data: bytes, atom: Atom) -> str:
    """Return the name of an item of the list, as in `linernotes.library.tag_names.MP4`."""
    if atom.name != b"----":
        return atom.name.decode("latin-1")
    parts = {
        inner.name: data[inner.contents + 4 : inner.end].decode("utf-8", "replace")
        for inner in atoms(data, atom.contents, atom.end)
        if inner.name in (b"mean", b"name")
    }
    return f"{FREE}{parts.get(b'mean', '')}:{parts.get(b'name', '')}"


def _values(data: bytes, item: Atom) -> Iterator[str | bytes]:
    for value in atoms(data, item.contents, item.end):
        if value.name != b"data" or value.end - value.contents < 8:
            continue
        kind = int.from_bytes(data[value.contents + 1 : value.contents + 4], "big")
        payload = data[value.contents + 8 : min(value.end, value.contents + _LONGEST)]
        if item.name in (b"trkn", b"disk"):
            number, total = struct.unpack(">HH", payload[2:6].ljust(4, b"\0"))
            if number:
                yield f"{number}/{total}" if total else str(number)
        elif item.name == b"gnre":
            number = int.from_bytes(payload[:2], "big")
            if 0 < number <= len(GENRES):
                yield GENRES[number - 1]
        elif kind == INTEGER or item.name == b"tmpo":
            if number := int.from_bytes(payload[:8], "big", signed=True):
                yield str(number)
        elif kind == _UTF_16:
            yield utf_16(b"\xfe\xff" + payload)
        elif kind == TEXT or (kind == 0 and item.name == b"----"):
            yield utf_8(payload)


def version_bytes(data: bytes, atom: Atom) -> int:
    """Return how many bytes come before the atoms inside: a meta atom has a version, or not."""
    if atom.name != b"meta" or data[atom.contents + 4 : atom.contents + 8] == b"hdlr":
        return 0
    return 4


def atoms(data: bytes, position: int, end: int) -> Iterator[Atom]:
    """Yield the atoms between two places; one that cannot be raises."""
    for _ in range(_MOST_ATOMS):
        if position + 8 > end:
            return
        size, name = struct.unpack_from(">I4s", data, position)
        if size == 0 and name == bytes(4):
            return  # the zero that ends a udta atom
        header = 8
        if size == 1:
            size, header = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        elif size == 0:
            size = end - position
        if size < header or position + size > end:
            raise TagDamagedError("the atoms of its index are damaged; repair it first")
        yield Atom(name, position, position + header, position + size)
        position += size


def top_atoms(file: BinaryIO, length: int) -> Iterator[Atom]:
    """Yield the atoms that a file consists of; one that cannot be raises."""
    position = 0
    for _ in range(_MOST_ATOMS):
        if position + 8 > length:
            return
        file.seek(position)
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        elif size == 0:
            if name == b"moov":
                raise TagFormatError("its index has no size of its own, which is not kept here")
            size = length - position
        if size < header or (name == b"moov" and position + size > length):
            raise TagDamagedError("its atoms are damaged; repair it first")
        yield Atom(name, position, position + header, min(position + size, length))
        position += size
