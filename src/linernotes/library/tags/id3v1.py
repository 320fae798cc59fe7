"""ID3v1: the last 128 bytes of a file, in a code page that they do not tell.

After id3.org's description, with the track's number of ID3v1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from linernotes.files import read_at
from linernotes.library.tags.genres import GENRES
from linernotes.library.tags.texts import Tag, collect, until_zero

SIZE = 128


def read_id3v1(file: BinaryIO, end: int) -> Iterator[Tag]:
    """Yield the tag that lies before an offset, if there is one, by the frames of ID3v2.4."""
    data = read_at(file, end - SIZE, SIZE)
    if len(data) == SIZE and data.startswith(b"TAG"):
        yield collect(_fields(data))


def _fields(data: bytes) -> Iterator[tuple[str, str | bytes]]:
    for name, begin, end in (("TIT2", 3, 33), ("TPE1", 33, 63), ("TALB", 63, 93)):
        yield name, until_zero(data[begin:end])
    yield "TDRC", until_zero(data[93:97]).decode("ascii", "ignore")
    numbered = data[125] == 0 and data[126] != 0
    # Programs that know of no numbers pad comments with blanks.
    yield "COMM", until_zero(data[97 : 125 if numbered else 127])
    if numbered:
        yield "TRCK", str(data[126])
    if data[127] < len(GENRES):
        yield "TCON", GENRES[data[127]]
