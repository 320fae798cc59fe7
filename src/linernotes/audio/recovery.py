"""Going on with another decoder where the first one gives up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linernotes.audio.chain import Opener, as_in
from linernotes.audio.decoding import DecodingError, Stream
from linernotes.audio.signal import Samples


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
