"""Streams heard as one track: parts of a file, or a decoder and the one that takes over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from linernotes.audio.decoding import DecodingError, Stream
from linernotes.audio.signal import Samples, resample_blocks, with_channels

Opener = Callable[[], AbstractContextManager[Stream]]


@dataclass(frozen=True)
class ChainedStream(Stream):
    """Streams one after the other, in the rate and with the channels of the first.

    Parameters
    ----------
    links
        What opens each stream, and its length in frames of the whole if that is exact; others
        are decoded in order to count them.
    """

    links: tuple[tuple[Opener, int | None], ...]
    deadline: float

    @classmethod
    def of(cls, openers: Sequence[Opener], *, deadline: float) -> ChainedStream:
        """Look at each stream once; they are opened again when their turn comes.

        Raises
        ------
        DecodingError
            None of them can be opened.
        TimeoutError
            The deadline has passed.
        """
        first: Stream | None = None
        links: list[tuple[Opener, int | None]] = []
        frames: int | None = 0
        missing, damaged = 0.0, False
        for opener in openers:
            _check_time(deadline)
            try:
                with opener() as stream:
                    first = first or stream
                    scale = first.sample_rate / stream.sample_rate
                    length = None if stream.frames is None else round(stream.frames * scale)
                    missing += stream.missing * scale
                    damaged, exact = damaged or stream.damaged, stream.exact
            except DecodingError:
                damaged = True
                continue
            links.append((opener, length if exact else None))
            frames = None if frames is None or length is None else frames + length
        if first is None:
            raise DecodingError("none of the streams can be read")
        return cls(
            decoder=first.decoder,
            codec=first.codec,
            sample_rate=first.sample_rate,
            channels=first.channels,
            frames=frames,
            missing=round(missing),
            damaged=damaged,
            again_from=0,
            links=tuple(links),
            deadline=deadline,
        )

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        damaged = False
        for opener, length in self.links:
            _check_time(self.deadline)
            if length is not None and start >= length:
                start -= length
                continue
            try:
                with opener() as stream:
                    first = 0
                    if length is not None:
                        first, start = round(start * stream.sample_rate / self.sample_rate), 0
                    for block in as_in(self, stream, stream.blocks(first, frames_per_block)):
                        skip = min(start, len(block))
                        start -= skip
                        if skip < len(block):
                            yield block[skip:]
            except DecodingError:
                damaged = True
        if damaged:
            raise DecodingError("one of the streams is damaged")


def _check_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError


def as_in(target: Stream, stream: Stream, blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Bring the blocks of one stream to the rate and the channels of another."""
    return resample_blocks(
        (with_channels(block, target.channels) for block in blocks),
        from_rate=stream.sample_rate,
        to_rate=target.sample_rate,
        channels=target.channels,
    )


@dataclass(frozen=True)
class RecoveringStream(Stream):
    """A stream that is read by one decoder, and from where that fails by another.

    Both count the same frames.

    Parameters
    ----------
    first, rest
        The stream, and what opens it with the other decoder.
    intact
        Whether the file is known to be whole, so that a failure is the decoder's.
    """

    first: Stream
    rest: Opener
    intact: bool

    @classmethod
    def of(cls, first: Stream, rest: Opener, *, intact: bool = False) -> RecoveringStream:
        """Take over what the first decoder says of the stream."""
        return cls(
            decoder=first.decoder,
            codec=first.codec,
            sample_rate=first.sample_rate,
            channels=first.channels,
            frames=first.frames,
            missing=first.missing,
            damaged=first.damaged,
            exact=first.exact,
            again_from=first.again_from,
            first=first,
            rest=rest,
            intact=intact,
        )

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        position = start
        try:
            for block in self.first.blocks(start, frames_per_block):
                position += len(block)
                yield block
        except DecodingError as error:
            with self.rest() as other:
                yield from as_in(self, other, other.blocks(position, frames_per_block))
            if not self.intact:
                raise DecodingError("the first decoder failed") from error
