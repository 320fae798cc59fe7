"""Windows Media: the objects of the header that tell of the content (ASF specification, 3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tags.texts import Tag, collect

_DESCRIPTION = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
_EXTENDED = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
_METADATA = bytes.fromhex("eacbf8c5af5b77488467aa8c44fa4cca")
_LIBRARY = bytes.fromhex("941c23449894d149a1411d134e457054")
_NAMES = ("Title", "Author", "Copyright", "Description", "Rating")
_TEXT, _FLAG, _NUMBERS = 0, 2, {3: 4, 4: 8, 5: 2}
_DEEPEST = 2


def read_asf(file: BinaryIO) -> Iterator[Tag]:
    """Yield what the header of a file tells."""
    texts = (_told(name, kind, data) for name, kind, data in attributes(file))
    yield collect(item for found in texts for item in found)


def attributes(file: BinaryIO) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, kind and value of what the header of a file tells; what is broken raises."""
    head = read_at(file, 0, 30)
    (size,) = struct.unpack_from("<Q", head, 16)
    yield from _objects(read_at(file, 30, min(size - 30, LARGEST)), _DEEPEST)


def _objects(data: bytes, deep: int) -> Iterator[tuple[str, int, bytes]]:
    position = 0
    extension = b""
    while position + 24 <= len(data):
        (size,) = struct.unpack_from("<Q", data, position + 16)
        kind, contents = data[position : position + 16], data[position + 24 : position + size]
        if kind == _DESCRIPTION:
            yield from _description(contents)
        elif kind == _EXTENDED:
            yield from _extended(contents)
        elif kind in (_METADATA, _LIBRARY):
            yield from _metadata(contents)
        elif kind == _EXTENSION and deep:
            extension = contents[22:]
        if size < 24:
            break
        position += size
    # Wherever it lies: it holds what the other objects have no room for.
    if extension:
        yield from _objects(extension, deep - 1)


def _description(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    position = 10
    for name, size in zip(_NAMES, struct.unpack_from("<5H", data), strict=True):
        yield name, _TEXT, data[position : position + size]
        position += size


def _extended(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    (count,) = struct.unpack_from("<H", data)
    position = 2
    for _ in range(count):
        (size,) = struct.unpack_from("<H", data, position)
        name = text_in(data[position + 2 : position + 2 + size])
        kind, length = struct.unpack_from("<HH", data, position + 2 + size)
        position += 6 + size
        yield name, kind, data[position : position + length]
        position += length


def _metadata(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    (count,) = struct.unpack_from("<H", data)
    position = 2
    for _ in range(count):
        _, _, size, kind, length = struct.unpack_from("<4HI", data, position)
        position += 12
        name = text_in(data[position : position + size])
        position += size
        yield name, kind, data[position : position + length]
        position += length


def _told(name: str, kind: int, data: bytes) -> Iterator[tuple[str, str]]:
    if kind == _TEXT:
        yield name, text_in(data)
    elif kind in _NUMBERS:
        number = int.from_bytes(data[: _NUMBERS[kind]], "little")
        # The zeroth track of old Windows Media counts from 0, unlike everybody else.
        yield name, str(number + 1 if name == "WM/Track" else number)


def text_in(data: bytes) -> str:
    """Return a text as these headers hold it."""
    return data[: len(data) // 2 * 2].decode("utf-16-le", "replace").rstrip("\0")
