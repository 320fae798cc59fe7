"""The tags that stand before, between and behind the sound: found in order to pass them by."""

from __future__ import annotations

from typing import BinaryIO

from linernotes.audio.formats.section import read_at

_LONGEST_LYRICS = 1 << 18


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
    while size := _tag_size(file, offset):
        offset += size
    return offset


def _tag_size(file: BinaryIO, offset: int) -> int:
    head = read_at(file, offset, 32)
    if head[:3] == b"ID3" and len(head) >= 10 and head[3] < 0xFF:
        footer = 10 if head[3] >= 4 and head[5] & 0x10 else 0
        return 10 + sum((head[6 + i] & 0x7F) << (21 - 7 * i) for i in range(4)) + footer
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
