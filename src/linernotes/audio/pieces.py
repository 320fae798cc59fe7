"""Blocks of sound put together to pieces of a length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from linernotes.audio.signal import Audio, Samples


class Pieces:
    """Puts blocks together. Whoever lets go of a piece before the next never holds two of them.

    Parameters
    ----------
    size
        Samples of a piece.
    channels, sample_rate, name
        Of the blocks, and so of the pieces.

    Examples
    --------
    >>> pieces = Pieces(3, channels=1, sample_rate=8000)
    >>> block = np.ones((1, 8), np.float32)
    >>> [piece.samples.shape[1] for piece in pieces.add(block)]
    [3, 3]
    >>> [piece.samples.shape[1] for piece in pieces.rest()]
    [2]
    """

    def __init__(
        self, size: int, *, channels: int, sample_rate: int, name: str | None = None
    ) -> None:
        self._size = size
        self._channels = channels
        self._sample_rate = sample_rate
        self._name = name
        self._piece: Samples | None = None
        self._filled = 0

    def add(self, block: Samples) -> Iterator[Audio]:
        """Take float32 of shape (channels, n), and yield the pieces that it completes."""
        taken = 0
        while taken < block.shape[1]:
            if self._piece is None:
                self._piece = np.empty((self._channels, self._size), np.float32)
            count = min(self._size - self._filled, block.shape[1] - taken)
            self._piece[:, self._filled : self._filled + count] = block[:, taken : taken + count]
            self._filled, taken = self._filled + count, taken + count
            if self._filled == self._size:
                yield from self.rest()

    def rest(self) -> Iterator[Audio]:
        """Yield what there is of the piece that was begun."""
        if self._piece is not None:
            # Side by side in memory, or everybody who measures it would have to copy it.
            samples = np.ascontiguousarray(self._piece[:, : self._filled])
            self._piece, self._filled = None, 0
            yield Audio(samples, self._sample_rate, self._name)


@dataclass(frozen=True, eq=False)
class Tap:
    """Who has a stretch of the sound, beside whom it flows to.

    Parameters
    ----------
    first, last
        Frames of the track; ``None`` for its end.
    pieces
        What the stretch is put together to.
    take
        Called with each piece as soon as it is there.
    """

    first: int
    last: int | None
    pieces: Pieces
    take: Callable[[Audio], None]

    def add(self, position: int, block: Samples) -> None:
        """Take what belongs to the stretch of a block of shape (n, channels)."""
        end = len(block) if self.last is None else max(0, self.last - position)
        for piece in self.pieces.add(block[max(0, self.first - position) : end].T):
            self.take(piece)
        if end <= len(block) and self.last is not None:
            self.end()

    def end(self) -> None:
        """Hand over the last piece, which may be shorter."""
        for piece in self.pieces.rest():
            self.take(piece)
