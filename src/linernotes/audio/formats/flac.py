"""How long a FLAC file is, which its header may not know, and of which files it was joined."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import BinaryIO

from linernotes.audio.formats.section import Span
from linernotes.files import read_at, size_of

_MARK = b"fLaC\x00\x00\x00\x22"
_LENGTH = 18  # where the header holds rate, channels, bits and, in its last 36 bits, the length
_BLOCK = 1 << 20
# The last frame is looked for in so many bytes; few frames are larger than a tenth of it.
_TAIL = 1 << 18
# Nobody joins so many files.
_MAX_PARTS = 1000
_SYNC = re.compile(rb"\xff[\xf8\xf9]")


@dataclass(frozen=True)
class FlacPart:
    """One FLAC stream in a file.

    Parameters
    ----------
    span
        Where it lies.
    properties
        Eight bytes of its header, the length among them.
    present
        Frames up to the end of the last block, or ``None`` if that was not found.
    complete
        Whether the last block is whole.
    """

    span: Span
    properties: int
    present: int | None = None
    complete: bool = False

    @property
    def promised(self) -> int:
        """Frames that the header tells, 0 if it does not."""
        return self.properties & (1 << 36) - 1

    @property
    def channels(self) -> int:
        """Number of channels."""
        return (self.properties >> 41 & 7) + 1

    @property
    def sample_rate(self) -> int:
        """Frames per second."""
        return self.properties >> 44

    def patch(self, frames: int) -> dict[int, bytes]:
        """Return what to change in the header so that it tells this length."""
        return {_LENGTH: (self.properties >> 36 << 36 | frames).to_bytes(8, "big")}


def find_parts(
    file: BinaryIO, start: int, *, deadline: float = float("inf")
) -> tuple[FlacPart, ...]:
    """Return the streams in a FLAC file: one, but for files that were joined.

    Parameters
    ----------
    file
        Its position moves.
    start
        Where the format begins.
    deadline
        When to give up with `TimeoutError`, on the clock of `time.monotonic`.
    """
    joints = list(islice(_joints(file, start + len(_MARK), deadline), _MAX_PARTS))
    starts = [start, *(joints if len(joints) < _MAX_PARTS else [])]
    ends = [*starts[1:], size_of(file)]
    return tuple(_part(file, span) for span in zip(starts, ends, strict=True))


def _joints(file: BinaryIO, offset: int, deadline: float) -> Iterator[int]:
    overlap = 26
    while data := read_at(file, offset, _BLOCK + overlap):
        if time.monotonic() > deadline:
            raise TimeoutError
        place = data.find(_MARK, 0, _BLOCK + len(_MARK) - 1)
        while place >= 0:
            information = data[place + 8 : place + overlap]
            # A size of blocks and a rate that there can be: no accident, and no picture.
            if len(information) == 18 and information[0] and int.from_bytes(information[10:13]):
                yield offset + place
            place = data.find(_MARK, place + 1, _BLOCK + len(_MARK) - 1)
        offset += _BLOCK


def _part(file: BinaryIO, span: Span) -> FlacPart:
    """Look for the last two blocks that follow on one another; the second is the last."""
    first, last = span
    part = FlacPart(span, int.from_bytes(read_at(file, first + _LENGTH, 8), "big"))
    begin = max(first + _LENGTH + 8, last - _TAIL)
    data = read_at(file, begin, last - begin)
    fixed = read_at(file, first + 8, 4)
    size = int.from_bytes(fixed[:2], "big") if fixed[:2] == fixed[2:] else 0
    found = [
        (match.start(), *block)
        for match in _SYNC.finditer(data)
        if (block := _block(data[match.start() : match.start() + 16], part, size))
    ]
    followed = {end for _, _, end in found}
    blocks = [(place, end) for place, begin, end in found if begin in followed or begin == 0]
    if not blocks:
        return part
    place, end = blocks[-1]
    complete = end == part.promised or _crc16(data[place:]) == 0
    return replace(part, present=end, complete=complete)


def _block(header: bytes, part: FlacPart, block: int) -> tuple[int, int] | None:
    """Return the first frame of sound and the one behind the last (RFC 9639, section 9.1)."""
    if len(header) < 16 or header[3] & 1 or not _fits(header, part):
        return None
    # The number is coded as UTF-8 codes characters, but may be longer.
    ones = next((bit for bit in range(8) if not header[4] & 0x80 >> bit), 8)
    place = 4 + max(ones, 1)
    number = header[4] & 0x7F >> ones
    for byte in header[5:place]:
        number = number << 6 | byte & 0x3F
    code = header[2] >> 4
    if code in (6, 7):
        size = int.from_bytes(header[place : place + code - 5], "big") + 1
        place += code - 5
    else:
        size = 192 if code == 1 else 576 << code - 2 if code < 6 else 256 << code - 8
    place += {12: 1, 13: 2, 14: 2}.get(header[2] & 15, 0)
    if place >= len(header) or _crc8(header[:place]) != header[place]:
        return None
    # Blocks of one size are counted, others tell their first frame of sound.
    begin = number if header[1] & 1 else number * (block or size)
    return begin, begin + size


def _fits(header: bytes, part: FlacPart) -> bool:
    """Whether this may be the header of a frame of the stream."""
    channels = header[3] >> 4
    same = channels <= 10 and (channels + 1 if channels < 8 else 2) == part.channels
    return same and header[2] >> 4 != 0 and header[2] & 15 != 15 and header[4] not in (0xFF, 0x80)


@cache
def _crc_table(bits: int, polynomial: int) -> tuple[int, ...]:
    def entry(value: int) -> int:
        value <<= bits - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> bits - 1 else 0)
        return value & (1 << bits) - 1

    return tuple(map(entry, range(256)))


def _crc8(data: bytes) -> int:
    table, value = _crc_table(8, 0x107), 0
    for byte in data:
        value = table[value ^ byte]
    return value


def _crc16(data: bytes) -> int:
    table, value = _crc_table(16, 0x18005), 0
    for byte in data:
        value = (value << 8 & 0xFF00) ^ table[value >> 8 ^ byte]
    return value
