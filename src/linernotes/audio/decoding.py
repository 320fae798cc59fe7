"""Base of the decoders, and audio in memory read as if one had opened it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from linernotes.audio.signal import Audio, Samples


class DecodingError(Exception):
    """A decoder gave up; another one may not. Never leaves the audio room."""


class UnknownCodecError(DecodingError):
    """The file is fine, but coded in a way that the decoder does not know."""


class NoSoundError(DecodingError):
    """The file is fine, but there is no sound in it."""


@dataclass(frozen=True)
class Stream(ABC):
    """An open file, as a decoder describes it.

    Parameters
    ----------
    decoder
        ``"libsndfile"`` or ``"ffmpeg"``.
    codec
        The decoder's own name of the codec.
    sample_rate
        Frames per second.
    channels
        Number of channels.
    frames
        Length as far as it can be told without decoding, or ``None``.
    missing
        Frames that the file promises, or once held, beyond those.
    damaged
        Whether some of the sound is known to be lost.
    exact
        Whether decoding yields as many frames as ``frames`` says, if nothing is damaged.
    again_from
        First frame from which `blocks` may be called again, and then yields what it yields of a
        file just opened; ``None`` if it may be called once.
    """

    decoder: str
    codec: str
    sample_rate: int
    channels: int
    frames: int | None
    missing: int = field(default=0, kw_only=True)
    damaged: bool = field(default=False, kw_only=True)
    exact: bool = field(default=False, kw_only=True)
    again_from: int | None = field(default=None, kw_only=True)

    @abstractmethod
    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on as float32 arrays (n, channels).

        Raises
        ------
        DecodingError
            At the end, if it was reached too early or over damage; what was yielded is right.
        """


class Reopened:
    """An open file that is read from several places, opened anew only where it has to be.

    Parameters
    ----------
    opener
        Opens the file; what it returned before is not read any more then.
    """

    def __init__(self, opener: Callable[[], Stream]) -> None:
        self._opener = opener
        self.stream = opener()
        self._fresh = True

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, see `Stream.blocks`; one call at a time."""
        again_from = self.stream.again_from
        if not self._fresh and (again_from is None or start < again_from):
            self.stream = self._opener()
        self._fresh = False
        try:
            yield from self.stream.blocks(start, frames_per_block)
        except DecodingError:
            # A decoder that lost its way is not asked for the way again.
            self.stream = replace(self.stream, again_from=None)
            raise


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
