"""A track as a stream of blocks: decoding with limits, mixing, resampling, excerpts."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import numpy as np

from linernotes.audio.container import Container, sniff
from linernotes.audio.decoding import DecodingError, Reopened, Stream
from linernotes.audio.memory import MemoryStream
from linernotes.audio.opening import SAMPLE_RATES, AudioInfo, describe, open_decoder
from linernotes.audio.pieces import Pieces, Tap
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

    Parameters
    ----------
    decoder
        The samples of the file, as they are read.
    info
        The file's own account of what it holds.
    sample_rate
        In Hz; ``None`` for that of the file.
    mono
        Whether channels are mixed.
    start
        Second of the track to begin at.
    duration
        Seconds to read; ``None`` for all.
    deadline
        When to give up, by `time.monotonic`.

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
        file: Reopened,
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
        self._file = file
        self._decoder = file.stream
        self._mono = mono
        self._deadline = deadline
        self._first, self._end = self._frames(start, duration)
        self._position = self._first
        self._absurd = 0
        self._heard = False
        self._damaged = self._decoder.damaged
        self._taps: list[Tap] = []
        self._open: list[Tap] = []

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
        """Faults of the file so far, one sentence each."""
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

        Yields
        ------
        Audio
            The next piece; together they are what the blocks are.

        Raises
        ------
        TooShortError, SilentError, CorruptError, TimeOutError
            As iterating does.
        """
        pieces = self._pieces(seconds, self.sample_rate, self.channels)
        for block in self:
            yield from pieces.add(block)
        yield from pieces.rest()

    def part(self, start: float, duration: float | None = None) -> AudioStream:
        """Return a stretch of the same track, to be read without opening the file again.

        All its channels, at its own sample rate, as `stream` yields them. One stretch at a time.

        Parameters
        ----------
        start, duration
            In seconds of the track.

        Raises
        ------
        TooShortError
            The track ends before.

        Examples
        --------
        >>> with stream("song.mp3") as blocks:  # doctest: +SKIP
        ...     loudest = max(abs(block).max() for block in blocks.part(60.0, 10.0))
        """
        _check_start(self.info, start)
        return AudioStream(
            self._file, info=self.info, sample_rate=None, mono=False, start=start,
            duration=duration, deadline=self._deadline,
        )  # fmt: skip

    def read(self) -> Audio:
        """Return all of the sound.

        Raises
        ------
        TooShortError, SilentError, CorruptError, TimeOutError
            As iterating does.
        """
        samples = np.concatenate(list(self), axis=1)
        return Audio(samples, self.sample_rate, self.info.name, self.warnings)

    def holds(self, start: float, duration: float | None = None) -> bool:
        """Whether a stretch of the track, in seconds, is part of what is read here.

        Parameters
        ----------
        start
            Where the stretch begins, in seconds of the track.
        duration
            Its length in seconds; ``None`` for the rest of the track.

        Returns
        -------
        bool
            ``True`` where all of it will be read.
        """
        first, last = self._frames(start, duration)
        return self._first <= first and (
            self._end is None or (last is not None and last <= self._end)
        )

    def tap(
        self,
        take: Callable[[Audio], None],
        *,
        seconds: float,
        start: float | None = None,
        duration: float | None = None,
    ) -> None:
        """Have a stretch of the sound as the track holds it, beside what iterating yields.

        All its channels, at its own sample rate. Whoever needs a track in several forms thus
        has it decoded once.

        Parameters
        ----------
        take
            Called with piece after piece, while the stream is iterated over.
        seconds
            Length of a piece, as in `pieces`; the last one of the stretch may be shorter.
        start, duration
            The stretch, in seconds of the track; all that is read if not given.

        Examples
        --------
        >>> with stream("song.mp3", sample_rate=16000, mono=True) as blocks:  # doctest: +SKIP
        ...     blocks.tap(print, seconds=10.0, start=60.0, duration=10.0)
        ...     networks = listen(block[0] for block in blocks)
        """
        first, last = self._frames(self.start if start is None else start, duration)
        pieces = self._pieces(seconds, self.info.sample_rate, self.info.channels)
        insort(self._taps, Tap(first, last, pieces, take), key=lambda tap: tap.first)

    def _frames(self, start: float, duration: float | None) -> tuple[int, int | None]:
        """Return the first frame of a stretch of the track, and that behind the last."""
        first = round(start * self.info.sample_rate)
        return first, None if duration is None else first + round(duration * self.info.sample_rate)

    def _pieces(self, seconds: float, sample_rate: int, channels: int) -> Pieces:
        size = max(1, min(round(seconds * sample_rate), _PIECE_SAMPLES // channels))
        return Pieces(size, channels=channels, sample_rate=sample_rate, name=self.info.name)

    def _mixed(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        for block in blocks:
            yield mix_to_mono(block)[:, np.newaxis] if self._mono else block

    def _clean(self) -> Iterator[Samples]:
        for block in self._excerpt():
            clean, absurd = silence_absurd(block, position=self._position)
            self._absurd += absurd
            self._heard = self._heard or any(np.ptp(channel) > _QUIETEST for channel in clean.T)
            self._hand_over(clean)
            self._position += len(block)
            yield clean
        for tap in self._open:
            tap.end()

    def _hand_over(self, block: Samples) -> None:
        """Give a block to the taps whose stretches it belongs to."""
        end = self._position + len(block)
        while self._taps and self._taps[0].first < end:
            self._open.append(self._taps.pop(0))
        for tap in self._open:
            tap.add(self._position, block)
        self._open = [tap for tap in self._open if tap.last is None or tap.last > end]

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
            yield from self._file.blocks(self._first, size)
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


def _check_start(info: AudioInfo, start: float) -> None:
    if info.duration is not None and start >= info.duration:
        raise TooShortError(
            f"the track ends at {info.duration:.1f} s, before the {start:.1f} s to begin at",
            info.name,
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
            opened = Reopened(partial(MemoryStream.of, source))
        else:
            name = source_name(source)
            file = stack.enter_context(open_source(source))
            container = sniff(file, name)

            def open_again() -> Stream:
                try:
                    return stack.enter_context(
                        open_decoder(file, container, name=name, deadline=deadline)
                    )
                except TimeoutError as error:
                    raise _time_out(0.0, name) from error

            opened = Reopened(open_again)
        info = describe(opened.stream, container, name)
        start = info.beginning(start, skip_intro)
        _check_start(info, start)
        yield AudioStream(
            opened,
            info=info,
            sample_rate=sample_rate,
            mono=mono,
            start=start,
            duration=duration,
            deadline=deadline,
        )


def load(
    source: Source | Audio,
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

    Parameters
    ----------
    source
        Path, bytes, or binary file object.
    sample_rate, mono, start, duration, skip_intro, timeout
        As in `stream`.

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
        return blocks.read()


def probe(source: Source) -> AudioInfo:
    """Tell what a file holds without decoding it.

    Parameters
    ----------
    source
        Path, bytes, or binary file object.

    Returns
    -------
    AudioInfo
        Format, length, sample rate and channels, as the file claims them.

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
