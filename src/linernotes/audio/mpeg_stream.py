"""MPEG audio and AAC decoded by FFmpeg, frame by frame as the walk found them.

FFmpeg is given the frames and nothing else, so that no frame is lost beside a tag, and any place
is entered exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING, BinaryIO

from linernotes.audio.decoding import Stream
from linernotes.audio.formats.mpeg import ENTRY_EVERY, MpegPart
from linernotes.audio.formats.mpeg_headers import length_header
from linernotes.audio.formats.section import section
from linernotes.audio.signal import Samples
from linernotes.files import read_at

if TYPE_CHECKING:
    from linernotes.audio.ffmpeg import FfmpegStream

# Frames borrow bits from those before them, and overlap with them.
_RUN_UP = 12


@dataclass(frozen=True)
class MpegStream(Stream):
    """Frames of one format, decoded by FFmpeg."""

    file: BinaryIO
    part: MpegPart
    before: int
    deadline: float

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        samples = self.part.format.samples * self.sample_rate // self.part.format.sample_rate
        wanted = start + self.before
        entry = max(0, wanted // samples - _RUN_UP) // ENTRY_EVERY
        # FFmpeg would take the header of a file that was joined for the beginning.
        while entry and length_header(read_at(self.file, self.part.entries[entry], 200)):
            entry -= 1
        with _open(self.file, self.part, self.deadline, entry=entry) as opened:
            left = (self.frames or 0) - start
            for block in opened.blocks(wanted - entry * ENTRY_EVERY * samples, frames_per_block):
                yield block[:left]
                left -= len(block)
                if left <= 0:
                    return


@contextmanager
def open_mpeg(
    file: BinaryIO,
    part: MpegPart,
    *,
    trim: tuple[int, int] = (0, 0),
    missing: float = 0.0,
    damaged: bool = False,
    deadline: float = float("inf"),
) -> Iterator[MpegStream]:
    """Open frames that were found in a file, or raise `DecodingError`.

    Parameters
    ----------
    file
        The whole file.
    part
        Frames of one format.
    trim
        Frames of sound to leave out at the beginning and at the end.
    missing
        Seconds that are known to be lost.
    damaged
        Whether some are.
    deadline
        When to give up with `TimeoutError`, on the clock of `time.monotonic`.
    """
    with _open(file, part, deadline) as opened:
        codec, rate, channels = opened.codec, opened.sample_rate, opened.channels
    yield MpegStream(
        decoder="ffmpeg",
        codec=codec,
        sample_rate=rate,
        channels=channels,
        frames=max(0, round(part.seconds * rate) - sum(trim)),
        missing=round(missing * rate),
        damaged=damaged,
        exact=True,
        again_from=0,
        file=file,
        part=part,
        before=trim[0],
        deadline=deadline,
    )


def _open(
    file: BinaryIO, part: MpegPart, deadline: float, *, entry: int = 0
) -> AbstractContextManager[FfmpegStream]:
    from linernotes.audio.ffmpeg import open_ffmpeg

    offset = part.entries[entry]
    later = dropwhile(lambda span: span[1] <= offset, part.spans)
    spans = [(max(first, offset), last) for first, last in later]
    return open_ffmpeg(section(file, spans), deadline=deadline, demuxer=part.format.kind)
