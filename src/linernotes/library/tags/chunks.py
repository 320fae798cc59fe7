"""Chunks of WAV and AIFF: an ID3 tag, the INFO list of WAV, and the text chunks of AIFF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from linernotes.audio.formats.headers import chunks_in
from linernotes.files import read_at
from linernotes.library.tags.id3v2 import read_id3v2
from linernotes.library.tags.texts import Tag, collect, until_zero, utf_8

# No list of names in a WAV file is longer than that.
_MAX_INFO = 1 << 20
_LONGEST = 1 << 14
_TEXTS = ("NAME", "AUTH", "(c) ", "ANNO")


def read_chunk_id3(file: BinaryIO, place: int, end: int) -> Iterator[Tag]:
    """Yield the ID3 tags in the chunks of a file that begins at a place."""
    for name, start, size in top_chunks(file, place, end):
        if name in ("id3 ", "ID3 "):
            yield from read_id3v2(file, start, min(start + size, end))


def read_chunk_texts(file: BinaryIO, place: int, end: int) -> Iterator[Tag]:
    """Yield the INFO list of WAV, or the text chunks of AIFF; none says how it is encoded."""
    yield collect(_texts(file, place, end))


def _texts(file: BinaryIO, place: int, end: int) -> Iterator[tuple[str, str | bytes]]:
    for name, start, size in top_chunks(file, place, end):
        if name in _TEXTS:
            yield name, utf_8(until_zero(read_at(file, start, min(size, _LONGEST))))
        elif name == "LIST" and size <= _MAX_INFO and read_at(file, start, 4) == b"INFO":
            for inner, begin, length in _named(
                chunks_in(file, start + 4, start + size, order="little")
            ):
                yield inner, utf_8(until_zero(read_at(file, begin, min(length, _LONGEST))))


def top_chunks(file: BinaryIO, place: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield name, offset and size of the contents of a file's chunks."""
    little = read_at(file, place, 4) in (b"RIFF", b"RF64")
    return _named(chunks_in(file, place + 12, end, order="little" if little else "big"))


def _named(chunks: Iterator[tuple[bytes, int, int]]) -> Iterator[tuple[str, int, int]]:
    return ((name.decode("latin-1"), start, size) for name, start, size in chunks)
