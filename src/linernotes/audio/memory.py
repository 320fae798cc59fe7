"""Audio that is decoded already, read like a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linernotes.audio.decoding import Stream
from linernotes.audio.signal import Audio, Samples


@dataclass(frozen=True)
class MemoryStream(Stream):
    """Audio in memory."""

    audio: Audio

    @classmethod
    def of(cls, audio: Audio) -> MemoryStream:
        """Present audio in memory as if a decoder had opened it."""
        return cls(
            decoder="memory",
            codec="float32",
            sample_rate=audio.sample_rate,
            channels=audio.channels,
            frames=audio.samples.shape[1],
            again_from=0,
            audio=audio,
        )

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        frames = self.audio.samples.T
        for first in range(start, len(frames), frames_per_block):
            yield frames[first : first + frames_per_block]
