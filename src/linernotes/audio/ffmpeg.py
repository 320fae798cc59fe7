"""Decoding by FFmpeg (through PyAV): what libsndfile cannot read, and damaged files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, BinaryIO

import av
import av.container
import av.logging
import numpy as np

from linernotes.audio.decoding import DecodingError, NoSoundError, Stream, UnknownCodecError
from linernotes.audio.signal import Samples, resample_blocks, with_channels

# Titles in some old 8-bit code must not stop anybody; from PyAV 19 on they never do.
_LENIENT: dict[str, Any] = (
    {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
)
_FULL_SCALE = {"u1": 2.0**7, "i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}
# Seeking lands near, not on, the place asked for; decoders also need a run-up.
_RUN_UP_SECONDS = 2.0
# A demuxer that yields nothing but errors for so many packets is going in circles.
_MAX_BAD_PACKETS = 20_000
# Durations in milliseconds are cut off, of packets of 20 ms and more.
_PAUSES = 1.05
# PyAV counts the planes of a frame up to a null, which is not there if they are so many.
_PLANES = 8
_ERRORS = (av.FFmpegError, OSError, ValueError, ZeroDivisionError)


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
        position = 0
        frames = self._frames()
        seconds = start / self.sample_rate - _RUN_UP_SECONDS
        if self.seekable and seconds > 0:
            try:
                self.container.seek(int(seconds * av.time_base))
            except (av.FFmpegError, OSError):
                pass
            else:
                first = next(frames, None)
                if first is None:
                    return
                position = start if first.time is None else self._position_at(first.time)
                frames = chain([first], frames)
        for samples in self._converted(frames):
            skip = max(0, start - position)
            position += len(samples)
            if skip < len(samples):
                yield samples[skip:]

    def _position_at(self, seconds: float) -> int:
        """Frames from the first one to a time stamp; some streams begin later than at 0."""
        stream = self.container.streams.audio[0]
        if stream.start_time and stream.time_base:
            seconds -= float(stream.start_time * stream.time_base)
        return round(seconds * self.sample_rate)

    def _converted(self, frames: Iterator[av.AudioFrame]) -> Iterator[Samples]:
        """Bring frames of other rates and channels, as in joined files, to the first's."""
        for (rate, _), alike in groupby(
            frames, key=lambda frame: (frame.sample_rate, frame.layout.nb_channels)
        ):
            yield from resample_blocks(
                (with_channels(_as_float32(frame), self.channels) for frame in _packed(alike)),
                from_rate=rate,
                to_rate=self.sample_rate,
                channels=self.channels,
            )

    def _frames(self) -> Iterator[av.AudioFrame]:
        for packet in self.packets():
            try:
                yield from packet.decode()
            except _ERRORS:
                continue

    def packets(self) -> Iterator[av.Packet[av.AudioStream]]:
        """Yield the packets of the first audio stream.

        Raises
        ------
        TimeoutError
            As soon as the deadline has passed.
        """
        stream = self.container.streams.audio[0]
        bad = count = 0
        # More packets than bytes are none.
        most = _MAX_BAD_PACKETS + max(0, self.container.size)
        packets = self.container.demux(stream)
        while bad < _MAX_BAD_PACKETS and count < most:
            if time.monotonic() > self.deadline:
                raise TimeoutError
            try:
                packet = next(packets)
            except StopIteration:
                return
            except _ERRORS:
                bad += 1
                packets = self.container.demux(stream)
            else:
                bad, count = 0, count + 1
                yield packet


@contextmanager
def open_ffmpeg(
    file: BinaryIO,
    *,
    deadline: float = float("inf"),
    seekable: bool = False,
    demuxer: str | None = None,
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
    demuxer
        FFmpeg's name of the format, where it need not guess.
    """
    av.logging.set_level(None)
    file.seek(0)
    try:
        container = av.open(file, "r", format=demuxer, **_LENIENT)
    except _ERRORS as error:
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


def measure(file: BinaryIO, *, deadline: float = float("inf")) -> float | None:
    """Return the seconds that the packets of a file say they last, without decoding them.

    For streams whose header does not tell: FFmpeg guesses from their size.

    Raises
    ------
    DecodingError, TimeoutError
        As `open_ffmpeg`.
    """
    with open_ffmpeg(file, deadline=deadline) as opened:
        base = opened.container.streams.audio[0].time_base
        if base is None:
            return None
        total, first, end = 0, None, 0
        for packet in opened.packets():
            duration = packet.duration or 0
            total += duration
            if packet.pts is not None:
                first = packet.pts if first is None else first
                end = max(end, packet.pts + duration)
        is_ogg = opened.container.format.name == "ogg"
    span = total if first is None else end - first
    # Where packets last much shorter than their time stamps say, there are pauses between them,
    # which are not decoded. In ogg, some packets do not tell how long they last.
    return float((total if span > _PAUSES * total and not is_ogg else span) * base)


def _packed(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Let FFmpeg put the channels of frames of one kind side by side, if they are many."""
    resampler: av.AudioResampler | None = None
    for frame in frames:
        if not frame.format.is_planar or frame.layout.nb_channels < _PLANES:
            yield frame
            continue
        frame.pts = None
        resampler = resampler or av.AudioResampler(
            format=frame.format.packed, layout=frame.layout, rate=frame.sample_rate
        )
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _as_float32(frame: av.AudioFrame) -> Samples:
    """Return the samples of a frame on a scale of -1 to 1, shape (n, channels)."""
    samples = frame.to_ndarray()
    channels = frame.layout.nb_channels
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, channels)
    kind = samples.dtype.str[1:]
    if kind == "u1":
        samples = samples.astype(np.float32) - _FULL_SCALE[kind]
    samples = samples.astype(np.float32)
    return samples / np.float32(_FULL_SCALE[kind]) if kind in _FULL_SCALE else samples
