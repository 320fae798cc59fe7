"""Streams of blocks of a track: decoding within limits, mixing, resampling, excerpts."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable, Iterator

import numpy as np

from linernotes.audio.decoding import DecodingError, Reopened
from linernotes.audio.opening import AudioInfo
from linernotes.audio.pieces import Pieces, Tap
from linernotes.audio.signal import Audio, Samples, mix_to_mono, resample_blocks, silence_absurd
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
    file
        The open file, which is entered where it is asked for.
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

        Returns
        -------
        AudioStream
            Valid as long as this one.

        Raises
        ------
        TooShortError
            The track ends before.

        Examples
        --------
        >>> with stream("song.mp3") as blocks:  # doctest: +SKIP
        ...     loudest = max(abs(block).max() for block in blocks.part(60.0, 10.0))
        """
        check_start(self.info, start)
        return AudioStream(
            self._file, info=self.info, sample_rate=None, mono=False, start=start,
            duration=duration, deadline=self._deadline,
        )  # fmt: skip

    def read(self) -> Audio:
        """Return all of the sound.

        Returns
        -------
        Audio
            With the warnings about the file.

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
                raise time_out_error(self.decoded, self.info.name)
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
            raise time_out_error(self.decoded, self.info.name) from error

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


def time_out_error(heard: float, name: str | None) -> TimeOutError:
    """Return the error that tells how far decoding came before its time was over."""
    return TimeOutError(
        f"decoding took too long and was stopped after {heard:.0f} s of sound; "
        "allow more time or check the file",
        name,
    )


def check_start(info: AudioInfo, start: float) -> None:
    """Raise `TooShortError` if a track ends before the second to begin at."""
    if info.duration is not None and start >= info.duration:
        raise TooShortError(
            f"the track ends at {info.duration:.1f} s, before the {start:.1f} s to begin at",
            info.name,
        )
