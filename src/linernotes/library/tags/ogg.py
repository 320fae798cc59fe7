"""Pages and packets of Ogg (RFC 3533)."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.library.tagging.errors import TagDamagedError

_SOUND = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
_MOST_PAGES = 20_000
CONTINUED, FIRST, LAST = 1, 2, 4


@dataclass(frozen=True)
class Page:
    """A page of Ogg: its header's fields and contents, and where it lies."""

    offset: int
    flags: int
    position: bytes
    serial: int
    number: int
    lacing: bytes
    data: bytes

    @property
    def end(self) -> int:
        """Where the next page begins."""
        return self.offset + 27 + len(self.lacing) + len(self.data)

    def __bytes__(self) -> bytes:
        head = b"OggS\0" + bytes([self.flags]) + self.position
        head += struct.pack("<II", self.serial, self.number)
        tail = bytes([len(self.lacing)]) + self.lacing + self.data
        return head + _checksum(head + bytes(4) + tail) + tail


def pages(file: BinaryIO, offset: int) -> Iterator[Page]:
    """Yield the pages from an offset on; a page that is broken or missing raises."""
    while True:
        file.seek(offset)
        head = file.read(27)
        if not head:
            return
        if len(head) < 27 or not head.startswith(b"OggS\0"):
            raise TagDamagedError("its Ogg pages are damaged; repair it first")
        serial, number = struct.unpack_from("<II", head, 14)
        lacing = file.read(head[26])
        data = file.read(sum(lacing))
        if len(lacing) < head[26] or len(data) < sum(lacing):
            raise TagDamagedError("it ends in the middle of a page; repair it first")
        page = Page(offset, head[5], head[6:14], serial, number, lacing, data)
        yield page
        offset = page.end


def packets_of(found: Iterable[Page]) -> Iterator[bytes]:
    """Yield the packets that lie on the pages of one stream; the last one may be cut."""
    packet, whole = bytearray(), True
    for page in found:
        position = 0
        for length in page.lacing:
            if whole:
                packet = bytearray()
            packet += page.data[position : position + length]
            position += length
            whole = length < 255
            if whole:
                yield bytes(packet)
    if not whole:
        yield bytes(packet)


def first_packets(file: BinaryIO, offset: int, count: int, *, largest: int) -> list[bytes]:
    """Return the first packets of the first stream, as far as they can be read."""
    stream = _first_stream(file, offset, largest)
    packets: list[bytes] = []
    for packet in packets_of(stream):
        packets.append(packet)
        if len(packets) == count:
            break
    return packets


def _first_stream(file: BinaryIO, offset: int, largest: int) -> Iterator[Page]:
    serial = None
    try:
        for page in itertools.islice(pages(file, offset), _MOST_PAGES):
            if serial is None and page.data.startswith(_SOUND):
                serial = page.serial
            if page.serial == serial:
                yield page
            if page.end - offset > largest:
                return
    except TagDamagedError:
        return


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _checksum(data: bytes) -> bytes:
    """Return the CRC of Ogg: zlib's polynomial, with the bits the other way round."""
    crc = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return crc.to_bytes(4, "big").translate(_REVERSED)
