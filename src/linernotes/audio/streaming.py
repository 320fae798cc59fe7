"""Tracks opened to be read block by block, loaded into memory, or probed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from linernotes.audio.audio_stream import AudioStream, check_start, time_out_error
from linernotes.audio.container import Container, sniff
from linernotes.audio.decoding import MemoryStream, Reopened, Stream
from linernotes.audio.opening import SAMPLE_RATES, AudioInfo, describe, open_decoder
from linernotes.audio.signal import Audio
from linernotes.audio.source import Source, open_source, source_name


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
                    raise time_out_error(0.0, name) from error

            opened = Reopened(open_again)
        info = describe(opened.stream, container, name)
        start = info.beginning(start, skip_intro)
        check_start(info, start)
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
