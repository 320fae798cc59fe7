"""Decoding by FFmpeg (through PyAV): what libsndfile cannot read, and damaged files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import av.container
import av.logging
import numpy as np

from linernotes.audio.decoding import DecodingError, NoSoundError, Stream, UnknownCodecError
from linernotes.audio.signal import Samples

# Titles in some old 8-bit code must not stop anybody; from PyAV 19 on they never do.
_LENIENT: dict[str, Any] = (
    {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
)
_FULL_SCALE = {"u1": 2.0**7, "i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}
# Seeking lands near, not on, the place asked for; decoders also need a run-up.
_RUN_UP_SECONDS = 2.0
# A demuxer that yields nothing but errors for so many packets is going in circles.
_MAX_BAD_PACKETS = 20_000


@dataclass(frozen=True)
class FfmpegStream(Stream):
    """A file opened by FFmpeg."""

    container: av.container.InputContainer
    deadline: float
    seekable: bool

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        """Yield the samples from frame ``start`` on, shape (n, channels)."""
        parts: list[Samples] = []
        count = 0
        for part in self._from(start):
            parts.append(part)
            count += len(part)
            if count >= frames_per_block:
                yield np.concatenate(parts)
                parts, count = [], 0
        if parts:
            yield np.concatenate(parts)

    def _from(self, start: int) -> Iterator[Samples]:
        position: int | None = 0
        seconds = start / self.sample_rate - _RUN_UP_SECONDS
        if self.seekable and seconds > 0:
            try:
                self.container.seek(int(seconds * av.time_base))
                position = None
            except (av.FFmpegError, OSError):
                position = 0
        for frame in self._frames():
            if frame.sample_rate != self.sample_rate or frame.layout.nb_channels != self.channels:
                continue
            samples = _as_float32(frame)
            if position is None:
                position = start if frame.time is None else round(frame.time * self.sample_rate)
            skip = max(0, start - position)
            position += len(samples)
            if skip < len(samples):
                yield samples[skip:]

    def _frames(self) -> Iterator[av.AudioFrame]:
        stream = self.container.streams.audio[0]
        bad = 0
        packets = self.container.demux(stream)
        while bad < _MAX_BAD_PACKETS:
            if time.monotonic() > self.deadline:
                raise TimeoutError
            try:
                packet = next(packets)
                yield from packet.decode()
                bad = 0
            except StopIteration:
                return
            except (av.FFmpegError, OSError, ValueError, ZeroDivisionError):
                bad += 1


@contextmanager
def open_ffmpeg(
    file: BinaryIO, *, deadline: float = float("inf"), seekable: bool = False
) -> Iterator[FfmpegStream]:
    """Open a file with FFmpeg, or raise `DecodingError`.

    Parameters
    ----------
    file
        An open binary file. Never a name: FFmpeg takes some names for addresses.
    deadline
        When to give up with `TimeoutError`, on the clock of `time.monotonic`.
    seekable
        Whether time stamps can be trusted; if not, excerpts are found by counting.
    """
    av.logging.set_level(None)
    file.seek(0)
    try:
        container = av.open(file, "r", **_LENIENT)
    except (av.FFmpegError, OSError, ValueError, ZeroDivisionError) as error:
        raise DecodingError(str(error)) from error
    with container:
        if not container.streams.audio:
            raise NoSoundError("no audio stream")
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None or not context.sample_rate or not context.layout.nb_channels:
            raise UnknownCodecError("no decoder for the audio stream")
        if stream.duration and stream.time_base:
            seconds: float | None = float(stream.duration * stream.time_base)
        else:
            seconds = container.duration / av.time_base if container.duration else None
        yield FfmpegStream(
            decoder="ffmpeg",
            codec=context.name,
            sample_rate=context.sample_rate,
            channels=context.layout.nb_channels,
            frames=round(seconds * context.sample_rate) if seconds else None,
            container=container,
            deadline=deadline,
            seekable=seekable,
        )


def _as_float32(frame: av.AudioFrame) -> Samples:
    """Return the samples of a frame on a scale of -1 to 1, shape (n, channels)."""
    samples = frame.to_ndarray()
    channels = frame.layout.nb_channels
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, channels)
    kind = samples.dtype.str[1:]
    if kind == "u1":
        samples = samples.astype(np.float32) - _FULL_SCALE[kind]
    scale = _FULL_SCALE.get(kind, 1.0)
    return samples.astype(np.float32) / np.float32(scale)
