"""The tags that stand before, between and behind the sound: found in order to pass them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from linernotes.files import read_at

_LONGEST_LYRICS = 1 << 18
# Some editors put a tag before another one; nobody a thousand.
_MOST_TAGS = 1000


def behind_tags(file: BinaryIO, offset: int) -> int:
    """Return the offset behind all tags that follow one another from an offset on.

    Known are ID3v2 (with its padding and footer), ID3v1 and its extension, APE 1 and 2, and
    Lyrics3.

    Examples
    --------
    >>> import io
    >>> behind_tags(io.BytesIO(b"ID3" + bytes([4, 0, 0, 0, 0, 0, 5]) + b"tag: " + b"sound"), 0)
    15
    """
    return _behind(file, offset, _tag_size)


def behind_id3v2(file: BinaryIO) -> int:
    """Return the offset behind the ID3v2 tags that a file begins with.

    Examples
    --------
    >>> import io
    >>> behind_id3v2(io.BytesIO(b"ID3" + bytes([4, 0, 0, 0, 0, 0, 5]) + b"tag: " + b"TAG"))
    15
    """
    return _behind(file, 0, _id3v2_size)


def _behind(file: BinaryIO, offset: int, size_at: Callable[[BinaryIO, int], int]) -> int:
    for _ in range(_MOST_TAGS):
        size = size_at(file, offset)
        if not size:
            break
        offset += size
    return offset


def _id3v2_size(file: BinaryIO, offset: int) -> int:
    head = read_at(file, offset, 10)
    if head[:3] != b"ID3" or len(head) < 10 or head[3] == 0xFF:
        return 0
    footer = 10 if head[3] >= 4 and head[5] & 0x10 else 0
    return 10 + sum((head[6 + i] & 0x7F) << (21 - 7 * i) for i in range(4)) + footer


def _tag_size(file: BinaryIO, offset: int) -> int:
    if size := _id3v2_size(file, offset):
        return size
    head = read_at(file, offset, 32)
    if head[:4] == b"TAG+":
        return 227
    if head[:3] == b"TAG":
        return 128
    if head[:8] == b"APETAGEX" and len(head) == 32:
        # The size counts the footer, not the header. Without either flag it is the footer.
        is_header = head[23] & 0x20
        return 32 + int.from_bytes(head[12:16], "little") if is_header else 32
    if head[:11] == b"LYRICSBEGIN":
        lyrics = read_at(file, offset, _LONGEST_LYRICS)
        ends = [lyrics.find(end) for end in (b"LYRICS200", b"LYRICSEND")]
        found = [end for end in ends if end >= 0]
        return min(found) + 9 if found else 0
    return 0
