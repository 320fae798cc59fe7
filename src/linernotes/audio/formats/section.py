"""Parts of a file, presented as a file."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import BinaryIO, cast

Span = tuple[int, int]
"""First byte, and the byte behind the last one."""


class Section(io.RawIOBase):
    """Spans of a seekable file, one after the other, as a file to read.

    Decoders are handed one where something else stands before, between or behind the
    sound, and where a header is known to be wrong.

    Parameters
    ----------
    file
        The whole file; its position moves.
    spans
        In rising order.
    patches
        Bytes that replace those at an offset of the section.

    Examples
    --------
    >>> Section(io.BytesIO(b"tag: sound, tag"), [(5, 10)], {0: b"S"}).read()
    b'Sound'
    """

    def __init__(
        self, file: BinaryIO, spans: Sequence[Span], patches: Mapping[int, bytes] | None = None
    ) -> None:
        self._file = file
        self._spans = [span for span in spans if span[1] > span[0]]
        self._ends = list(accumulate(last - first for first, last in self._spans))
        self._patches = dict(patches or {})
        self._position = 0

    def readable(self) -> bool:
        """Yes, it can be read."""
        return True

    def seekable(self) -> bool:
        """Yes, any place can be read."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position, and return it."""
        size = self._ends[-1] if self._ends else 0
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: size}[whence]
        if base + offset < 0:
            raise OSError("a position before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        """Read as many bytes as there are room for, and return their number."""
        target = memoryview(cast(bytearray, buffer)).cast("B")
        begin, filled = self._position, 0
        while filled < len(target):
            index = bisect_right(self._ends, self._position)
            if index == len(self._ends):
                break
            left = self._ends[index] - self._position
            self._file.seek(self._spans[index][1] - left)
            part = self._file.read(min(left, len(target) - filled))
            if not part:
                break
            target[filled : filled + len(part)] = part
            filled += len(part)
            self._position += len(part)
        for offset, patch in self._patches.items():
            first, last = max(offset, begin), min(offset + len(patch), begin + filled)
            if first < last:
                target[first - begin : last - begin] = patch[first - offset : last - offset]
        return filled


def section(
    file: BinaryIO, spans: Sequence[Span], patches: Mapping[int, bytes] | None = None
) -> BinaryIO:
    """Return a `Section`, as the kind of file that functions here take."""
    return cast(BinaryIO, Section(file, spans, patches))
