"""Decoding by libsndfile: the fastest, and gapless, for what it can read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import soundfile

from linernotes.audio.decoding import DecodingError, Stream
from linernotes.audio.signal import Samples

# An MP3 frame borrows bits from those before it; a seek that lands on it misses them.
_RUN_UP = 8 * 1152
# Damage can make libsndfile take the middle of a file for its end.
_ENDS_EARLY = 0.5
# libsndfile logs "data : 1000 (should be 500)" where a header promises more than there is.
_TRUNCATED = "(should be "


class _Sequential(soundfile.SoundFile):
    """A file that is read from front to back.

    soundfile seeks after each read of a file that can, which makes MP3 decoders forget
    the bits that the next frame borrows: a glitch at every block's beginning.
    """

    begun = False

    def seekable(self) -> bool:
        return False


@dataclass(frozen=True)
class LibsndfileStream(Stream):
    """A file opened by libsndfile."""

    handle: _Sequential

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        try:
            run_up = min(start, _RUN_UP)
            if start or self.handle.begun:
                self.handle.seek(min(start - run_up, self.handle.frames))
                self.handle.read(run_up, dtype="float32")
            self.handle.begun = True
            position = start
            while True:
                block = self.handle.read(frames_per_block, dtype="float32", always_2d=True)
                if len(block) == 0:
                    break
                position += len(block)
                yield block
        except (soundfile.LibsndfileError, OSError) as error:
            raise DecodingError(str(error)) from error
        if position + _ENDS_EARLY * self.sample_rate < (self.frames or 0):
            raise DecodingError("the file ended early")


@contextmanager
def open_libsndfile(file: BinaryIO) -> Iterator[LibsndfileStream]:
    """Open a file with libsndfile, or raise `DecodingError`."""
    file.seek(0)
    try:
        # The descriptor spares a call into Python for every read.
        descriptor = file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        descriptor = None
    try:
        handle = _Sequential(file if descriptor is None else descriptor, closefd=False)
    except (soundfile.SoundFileError, TypeError, ValueError, OSError) as error:
        raise DecodingError(str(error)) from error
    present = int(handle.frames) if 0 < handle.frames < 2**62 else None
    with handle:
        yield LibsndfileStream(
            decoder="libsndfile",
            codec=handle.subtype.lower(),
            sample_rate=handle.samplerate,
            channels=handle.channels,
            frames=present,
            missing=max(0, (_declared_frames(handle) or 0) - (present or 0)),
            exact=present is not None,
            # Vorbis and Opus may begin before what is counted as the first frame.
            again_from=1 if handle.format == "OGG" else 0,
            handle=handle,
        )


def _declared_frames(handle: soundfile.SoundFile) -> int | None:
    """Frames that the header promises; libsndfile itself says how many there can be."""
    frames = int(handle.frames)
    if _TRUNCATED not in handle.extra_info:
        return frames if 0 < frames < 2**62 else None
    for line in handle.extra_info.splitlines():
        word = line.split(":")[0].strip().lower()
        if word in ("data", "ssnd") and _TRUNCATED in line:
            promised, present = (
                int("".join(filter(str.isdigit, part))) for part in line.split(_TRUNCATED)
            )
            # Streamed files carry the largest possible size in place of the real one.
            if present and promised < 2**31 - 1:
                return frames * promised // present
    return frames
