"""Headers written before the length was known, or in a dialect, put right: wav, aiff, au, mp4.

Whoever streams a recording cannot go back to its header, and leaves a length of zero in it. FFmpeg
and players then read to the end; libsndfile does if the header says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

from linernotes.files import read_at, size_of

_LARGEST = 0xFFFFFFFF
_MOST_CHUNKS = 10_000


def patches(file: BinaryIO, kind: str, start: int) -> dict[int, bytes]:
    r"""Return what to change in the header of a wav, aiff or au file, by offset from ``start``.

    Examples
    --------
    >>> import io
    >>> patches(io.BytesIO(b".snd" + bytes(20) + b"sound"), "au", 0)
    {8: b'\xff\xff\xff\xff'}
    """
    if kind == "wav":
        return _wav_patches(file, start)
    if kind == "aiff":
        return _aiff_patches(file, start)
    if kind == "au":
        offset, size = (int.from_bytes(read_at(file, start + at, 4), "big") for at in (4, 8))
        longer = start + offset + size < size_of(file)
        return {8: _LARGEST.to_bytes(4, "big")} if longer else {}
    return {}


def mp4_is_cut(file: BinaryIO) -> bool:
    r"""Tell whether an mp4 file ends before its last box does.

    Examples
    --------
    >>> import io
    >>> mp4_is_cut(io.BytesIO(b"\0\0\0\x10mdat" + bytes(7)))
    True
    """
    offset, end = 0, size_of(file)
    while offset < end:
        header = read_at(file, offset, 16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size == 0:  # up to the end
            return False
        if size < 8:
            return True
        offset += size
    return offset > end


def _wav_patches(file: BinaryIO, start: int) -> dict[int, bytes]:
    form, end = read_at(file, start, 4), size_of(file)
    patched = {0: b"RF64"} if form == b"BW64" else {}
    sizes = None
    for name, place, size in chunks_in(file, start + 12, end, order="little"):
        offset = place - start
        if name == b"ds64":
            sizes = offset
        if name == b"data":
            left = end - start - offset
            if form != b"RIFF" and sizes is not None:
                told = int.from_bytes(read_at(file, start + sizes + 8, 8), "little")
                if size == _LARGEST and not told:
                    patched[sizes] = (end - start - 8).to_bytes(8, "little")
                    patched[sizes + 8] = left.to_bytes(8, "little")
            elif size == 0 and not _is_chunk(file, start + offset):
                patched[offset - 4] = min(left, _LARGEST - 1).to_bytes(4, "little")
            break
    return patched


def _aiff_patches(file: BinaryIO, start: int) -> dict[int, bytes]:
    end = size_of(file)
    for name, place, size in chunks_in(file, start + 12, end, order="big"):
        if name == b"SSND":
            left = end - place
            if size == 0 and left > 8 and not _is_chunk(file, place):
                return {place - start - 4: min(left, _LARGEST).to_bytes(4, "big")}
            break
    return {}


def chunks_in(
    file: BinaryIO, offset: int, end: int, *, order: Literal["little", "big"]
) -> Iterator[tuple[bytes, int, int]]:
    r"""Yield name, offset and size of the contents of chunks that follow one another.

    Parameters
    ----------
    file
        Its position moves.
    offset, end
        Where the first chunk begins, and behind which none does.
    order
        Of the bytes of a size: little in RIFF, big in AIFF.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"abcd\x01\0\0\0x\0efgh\x02\0\0\0yz")
    >>> list(chunks_in(file, 0, 20, order="little"))
    [(b'abcd', 8, 1), (b'efgh', 18, 2)]
    """
    for _ in range(_MOST_CHUNKS):
        header = read_at(file, offset, 8)
        if len(header) < 8 or offset + 8 > end:
            return
        size = int.from_bytes(header[4:], order)
        yield header[:4], offset + 8, size
        offset += 8 + size + size % 2


def _is_chunk(file: BinaryIO, offset: int) -> bool:
    """Whether an empty chunk ends here, since another one or nothing follows."""
    name = read_at(file, offset, 4)
    return not name or (len(name) == 4 and name.isalnum() and name.isascii())
