"""A track as a stream of blocks: decoding with limits, mixing, resampling, excerpts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from linernotes.audio.container import Container, sniff
from linernotes.audio.decoding import DecodingError, Stream
from linernotes.audio.memory import MemoryStream
from linernotes.audio.opening import SAMPLE_RATES, AudioInfo, describe, open_decoder
from linernotes.audio.repair import silence_absurd
from linernotes.audio.resample import resample_blocks
from linernotes.audio.signal import Audio, Samples, mix_to_mono
from linernotes.audio.source import Source, open_source, source_name
from linernotes.errors import (
    CorruptError,
    SilentError,
    TimeOutError,
    TooShortError,
)

SHORTEST = 1.0
"""Seconds of sound below which nothing can be said of a track."""

# Peak to peak, -80 dB below full scale: less than that is silence, an offset included.
_QUIETEST = 1e-4
# Decoders and headers differ by some codec frames on where a track ends.
_LENGTH_TOLERANCE = 0.5
_WORTH_SAYING = 0.05
# A second of stereo stays in the processor's cache from the decoder to the resampler, which
# makes the whole a quarter faster than blocks of ten seconds.
_BLOCK_SECONDS = 1.0
_BLOCK_SAMPLES = 4 * 2**20
_PIECE_SAMPLES = 2**24


class AudioStream:
    """Blocks of one track, decoded as they are asked for.

    Made by `stream`. Iterate over it once; `warnings` and `decoded` are complete
    when the iteration has ended.

    Attributes
    ----------
    info : AudioInfo
        What the file says of itself.
    sample_rate, channels : int
        Of the blocks that come out.
    start : float
        Second of the track at which the first block begins.
    decoded : float
        Seconds decoded so far.
    warnings : tuple of str
        What was wrong with the file so far, one sentence each.
    """

    def __init__(
        self,
        decoder: Stream,
        *,
        info: AudioInfo,
        sample_rate: int | None,
        mono: bool,
        start: float,
        duration: float | None,
        deadline: float,
    ) -> None:
        self.info = info
        self.sample_rate = sample_rate or info.sample_rate
        self.channels = 1 if mono else info.channels
        self._decoder = decoder
        self._mono = mono
        self._deadline = deadline
        self._first = round(start * info.sample_rate)
        self._end = None if duration is None else self._first + round(duration * info.sample_rate)
        self._position = self._first
        self._absurd = 0
        self._heard = False
        self._damaged = decoder.damaged

    @property
    def start(self) -> float:
        """Second of the track at which the first block begins."""
        return self._first / self.info.sample_rate

    @property
    def decoded(self) -> float:
        """Seconds decoded so far."""
        return (self._position - self._first) / self.info.sample_rate

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the file so far, one sentence each."""
        lost, declared = self._lost / self.info.sample_rate, self._declared
        if lost >= _WORTH_SAYING:
            of = f" of {declared / self.info.sample_rate:.1f} s" if declared else ""
            return (f"the file is damaged: {lost:.1f} s{of} were lost; the rest was used",)
        if lost or self._damaged:
            return ("the file is damaged in places; what could be decoded was used",)
        return ()

    @property
    def _declared(self) -> int | None:
        """Frames that there should be in the excerpt, if the file tells."""
        if self._decoder.frames is None:
            return None
        frames = self._decoder.frames + self._decoder.missing
        end = frames if self._end is None else min(frames, self._end)
        return max(0, end - self._first)

    @property
    def _lost(self) -> int:
        missing = (self._declared or 0) - (self._position - self._first)
        tolerance = 0.0 if self._damaged else _LENGTH_TOLERANCE * self.info.sample_rate
        return (missing if missing > tolerance else 0) + self._absurd

    def __iter__(self) -> Iterator[Samples]:
        """Yield float32 arrays of shape (channels, n).

        Raises
        ------
        TooShortError, SilentError, CorruptError
            At the end, when it turns out that nothing usable was in it.
        TimeOutError
            As soon as the time limit has passed.
        """
        blocks = self._mixed(self._clean())
        for block in resample_blocks(
            blocks,
            from_rate=self.info.sample_rate,
            to_rate=self.sample_rate,
            channels=self.channels,
        ):
            if len(block):
                yield np.ascontiguousarray(block.T)
        self._judge()

    def pieces(self, seconds: float) -> Iterator[Audio]:
        """Yield the track in pieces that fit into memory, the last one shorter.

        Whoever lets go of a piece before asking for the next never holds two of them.

        Parameters
        ----------
        seconds
            Length of a piece; shorter where many channels or a high rate would make it
            larger than 64 MiB.

        Raises
        ------
        TooShortError, SilentError, CorruptError, TimeOutError
            As iterating does.
        """
        size = max(1, min(round(seconds * self.sample_rate), _PIECE_SAMPLES // self.channels))
        piece, filled = np.empty((self.channels, size), np.float32), 0
        for block in self:
            taken = 0
            while taken < block.shape[1]:
                count = min(size - filled, block.shape[1] - taken)
                piece[:, filled : filled + count] = block[:, taken : taken + count]
                filled, taken = filled + count, taken + count
                if filled == size:
                    whole = Audio(piece, self.sample_rate, self.info.name)
                    del piece
                    yield whole
                    del whole
                    piece, filled = np.empty((self.channels, size), np.float32), 0
        if filled:
            yield Audio(piece[:, :filled], self.sample_rate, self.info.name)

    def _mixed(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        for block in blocks:
            yield mix_to_mono(block)[:, np.newaxis] if self._mono else block

    def _clean(self) -> Iterator[Samples]:
        for block in self._excerpt():
            clean, absurd = silence_absurd(block, position=self._position)
            self._absurd += absurd
            self._heard = self._heard or any(np.ptp(channel) > _QUIETEST for channel in clean.T)
            self._position += len(block)
            yield clean

    def _excerpt(self) -> Iterator[Samples]:
        for block in self._raw():
            if time.monotonic() > self._deadline:
                raise _time_out(self.decoded, self.info.name)
            left = len(block) if self._end is None else self._end - self._position
            if left > 0:
                yield block[:left]
            if left <= len(block) and self._end is not None:
                return

    def _raw(self) -> Iterator[Samples]:
        seconds, samples = int(_BLOCK_SECONDS * self.info.sample_rate), _BLOCK_SAMPLES
        size = min(seconds, samples // self.info.channels)
        try:
            yield from self._decoder.blocks(self._first, size)
        except DecodingError:
            self._damaged = True
        except TimeoutError as error:
            raise _time_out(self.decoded, self.info.name) from error

    def _judge(self) -> None:
        name = self.info.name
        usable = (self._position - self._first - self._absurd) / self.info.sample_rate
        if usable < SHORTEST:
            if self._lost or self._damaged:
                raise CorruptError(
                    f"the file is too damaged: only {max(usable, 0):.1f} s of it can be used; "
                    "fetch or copy it again",
                    name,
                )
            raise TooShortError(
                f"there are only {usable:.1f} s of sound; at least {SHORTEST:.0f} s are needed",
                name,
            )
        if not self._heard:
            raise SilentError("nothing is to be heard: the track is silent throughout", name)


def _time_out(heard: float, name: str | None) -> TimeOutError:
    return TimeOutError(
        f"decoding took too long and was stopped after {heard:.0f} s of sound; "
        "allow more time or check the file",
        name,
    )


@contextmanager
def stream(
    source: Source | Audio,
    *,
    sample_rate: int | None = None,
    mono: bool = False,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> Iterator[AudioStream]:
    """Open a track to read it block by block, in bounded memory whatever its length.

    Parameters
    ----------
    source
        Path, bytes, binary file object (read from its beginning), or `Audio` that is
        decoded already and passes through the same checks.
    sample_rate
        Resample to this rate in Hz; ``None`` keeps the file's.
    mono
        Average all channels into one; otherwise they are kept.
    start
        Seconds to begin at.
    duration
        Seconds to read at most; ``None`` reads to the end.
    skip_intro
        Seconds to leave out before ``start`` counts, but only of tracks at least
        twice as long: a short one is heard from its beginning.
    timeout
        Seconds after which decoding is given up.

    Yields
    ------
    AudioStream

    Raises
    ------
    EmptyFileError, UnreadableError, NotAudioError, UnsupportedError, CorruptError
        On opening.
    TooShortError, SilentError, CorruptError, TimeOutError
        While iterating.

    Examples
    --------
    >>> with stream("song.mp3", sample_rate=16000, mono=True) as blocks:  # doctest: +SKIP
    ...     peak = max(abs(block).max() for block in blocks)
    """
    if start < 0 or skip_intro < 0 or (duration is not None and duration <= 0):
        raise ValueError("start and skip_intro must be 0 or more, duration more than 0 seconds")
    if sample_rate is not None and not SAMPLE_RATES[0] <= sample_rate <= SAMPLE_RATES[1]:
        raise ValueError(f"sample_rate must be between {SAMPLE_RATES[0]} and {SAMPLE_RATES[1]}")
    deadline = float("inf") if timeout is None else time.monotonic() + timeout
    with ExitStack() as stack:
        if isinstance(source, Audio):
            name = source.name
            container = Container("memory", declares_length=True)
            decoder: Stream = MemoryStream.of(source)
        else:
            name = source_name(source)
            file = stack.enter_context(open_source(source))
            container = sniff(file, name)
            try:
                decoder = stack.enter_context(
                    open_decoder(file, container, name=name, deadline=deadline)
                )
            except TimeoutError as error:
                raise _time_out(0.0, name) from error
        info = describe(decoder, container, name)
        if info.duration is not None and info.duration >= 2 * skip_intro:
            start += skip_intro
        if info.duration is not None and start >= info.duration:
            raise TooShortError(
                f"the track ends at {info.duration:.1f} s, before the {start:.1f} s to begin at",
                info.name,
            )
        yield AudioStream(
            decoder,
            info=info,
            sample_rate=sample_rate,
            mono=mono,
            start=start,
            duration=duration,
            deadline=deadline,
        )


def load(
    source: Source,
    *,
    sample_rate: int | None = None,
    mono: bool = False,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> Audio:
    """Decode a track, or an excerpt of it, into memory.

    The options, and what can go wrong, are those of `stream`. A damaged file whose
    usable part is at least a second long is returned with a warning.

    Returns
    -------
    Audio
        samples float32 of shape (channels, n).

    Examples
    --------
    >>> load("song.mp3", start=60, duration=30).samples.shape  # doctest: +SKIP
    (2, 1323000)
    """
    with stream(
        source,
        sample_rate=sample_rate,
        mono=mono,
        start=start,
        duration=duration,
        skip_intro=skip_intro,
        timeout=timeout,
    ) as blocks:
        samples = np.concatenate(list(blocks), axis=1)
        return Audio(samples, blocks.sample_rate, blocks.info.name, blocks.warnings)


def probe(source: Source) -> AudioInfo:
    """Tell what a file holds without decoding it.

    Raises
    ------
    EmptyFileError, UnreadableError, NotAudioError, UnsupportedError, CorruptError

    Examples
    --------
    >>> probe("song.m4a").codec  # doctest: +SKIP
    'aac'
    """
    with stream(source) as blocks:
        return blocks.info
