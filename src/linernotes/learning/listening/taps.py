"""Taps of a stream while it flows: sections, the track as a whole, clips."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from linernotes.audio import Audio, AudioStream, load
from linernotes.engine.threads import Background
from linernotes.features.extraction import (
    PIECE_SECONDS,
    Measured,
    extract_sets,
    measure_sets,
    reduce_sets,
)
from linernotes.learning.input_spec import Clips
from linernotes.learning.inputs import FROM_NETWORKS
from linernotes.learning.listening.cuts import SECTION, clip_spans
from linernotes.learning.listening.rows import Floats, Taggrams, analyses_for
from linernotes.learning.listening.tracks import hear_clips
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import FULL, TrackAnalysis
from linernotes.library.analysis import (
    EXCERPT_WINDOW,
    analyse_track,
    analyse_windows,
    excerpt_starts,
    length_of,
    summarise,
)

Inputs = tuple[str, ...]

# Decoders of these fill up with noise of their own, other noise wherever they begin: windows and
# clips are entered as a library and training enter them, to give the same numbers.
NOISE_OF_THEIR_OWN = {"aac", "aac_latm", "ac3", "eac3"}
_ROUNDING = 1e-3


class Sections:
    """Feature sets of section after section.

    Parameters
    ----------
    blocks
        The stream.
    inputs
        What to measure; what the networks give is passed over.
    background
        Threads that measure.
    seconds
        Of a section.
    """

    def __init__(
        self,
        blocks: AudioStream,
        inputs: Inputs,
        background: Background,
        *,
        seconds: float = SECTION,
    ) -> None:
        self._sets = _sets(inputs)
        self._background = background
        self._measured: list[Future[dict[str, Floats]]] = []
        self._last: Audio | None = None
        if self._sets:
            blocks.tap(self._take, seconds=seconds)

    def _take(self, section: Audio) -> None:
        # What is left over after the last section may not be wanted.
        self._measure_last()
        self._last = section

    def _measure_last(self) -> None:
        if self._last is not None:
            self._measured.append(self._background.run(extract_sets, self._last, self._sets))
            self._last = None

    def values(self, count: int) -> list[dict[str, Floats]]:
        """Return the values of the first sections, fewer if there are no more."""
        if len(self._measured) < count:
            self._measure_last()
        return [measured.result() for measured in self._measured[:count]]


def tap_track(
    blocks: AudioStream,
    inputs: Inputs,
    background: Background,
    *,
    duration: float | None,
    usual_windows: bool,
) -> Callable[[Taggrams], TrackAnalysis | None]:
    """Have a track heard as a library hears it.

    Parameters
    ----------
    blocks
        The stream.
    inputs
        What to hear.
    background
        Threads that work.
    duration
        Seconds that the stream has at most.
    usual_windows
        Whether the networks hear the windows of the stream that a library has them hear.

    Returns
    -------
    later
        When the stream has ended, returns what was heard, given what the networks heard of the
        stream; ``None`` where the stream could not serve.
    """
    length = length_of(blocks, duration)
    if length is not None and excerpt_starts(blocks.start, length):
        if blocks.info.codec in NOISE_OF_THEIR_OWN:
            return _nothing
        return _tap_excerpt(blocks, inputs, length, background)
    if usual_windows or set(FROM_NETWORKS).isdisjoint(inputs):
        return _tap_whole(blocks, inputs, background)
    return _nothing


def _tap_whole(
    blocks: AudioStream, inputs: Inputs, background: Background
) -> Callable[[Taggrams], TrackAnalysis]:
    sets = _sets(inputs)
    pieces: list[Future[Measured]] = []

    def take(piece: Audio) -> None:
        pieces.append(background.run(measure_sets, piece, sets))

    def later(taggrams: Taggrams) -> TrackAnalysis:
        values = reduce_sets([piece.result() for piece in pieces], sets) if sets else {}
        descriptors = values.pop("descriptors", None)
        networks = None if set(FROM_NETWORKS).isdisjoint(inputs) else summarise(taggrams)
        return TrackAnalysis(blocks.decoded, FULL, blocks.warnings, networks, descriptors, values)

    if sets:
        blocks.tap(take, seconds=PIECE_SECONDS)
    return later


def _tap_excerpt(
    blocks: AudioStream, inputs: Inputs, length: float, background: Background
) -> Callable[[Taggrams], TrackAnalysis | None]:
    starts = excerpt_starts(blocks.start, length)
    windows: list[Audio] = []
    found: list[Future[TrackAnalysis | None]] = []

    def take(window: Audio) -> None:
        windows.append(window)
        if len(windows) == len(starts):
            sounds = [partial(load, window) for window in windows]
            found.append(
                background.run(
                    analyse_windows,
                    list(zip(starts, sounds, strict=True)),
                    length=length,
                    **analyses_for(inputs),
                )
            )

    def later(_: Taggrams) -> TrackAnalysis | None:
        whole = all(map(is_whole, windows))
        if blocks.warnings or len(windows) != len(starts) or not whole:
            return None
        return found[0].result()

    for begin in starts:
        blocks.tap(take, seconds=EXCERPT_WINDOW, start=begin, duration=EXCERPT_WINDOW)
    return later


def tap_clips(
    blocks: AudioStream,
    clips: Clips,
    inputs: Inputs,
    background: Background,
    *,
    first: float,
    duration: float | None,
) -> Callable[[], TrackFeatures | None]:
    """Have all clips of a track heard.

    Parameters
    ----------
    blocks, inputs, background, duration
        As in `tap_track`.
    clips
        How to cut it.
    first
        Second of the track at which what is cut begins.

    Returns
    -------
    later
        When the stream has ended, returns the rows; ``None`` where it could not serve.
    """
    info = blocks.info
    first = round(first * info.sample_rate) / info.sample_rate
    if (
        info.codec in NOISE_OF_THEIR_OWN
        or clips.seconds > PIECE_SECONDS
        or info.duration is None
        or first >= info.duration
    ):
        return _no_rows
    left = info.duration - first
    length = left if duration is None else min(duration, left)
    spans = clip_spans(first, length, clips, every=True)
    if not all(blocks.holds(*span) for span in spans):
        return _no_rows
    heard: dict[tuple[float, float], list[Future[TrackAnalysis]]] = {span: [] for span in spans}

    def take(span: tuple[float, float], clip: Audio) -> None:
        heard[span].append(
            background.run(analyse_track, clip, extent="full", **analyses_for(inputs))
        )

    def later() -> TrackFeatures | None:
        if blocks.warnings or any(len(pieces) != 1 for pieces in heard.values()):
            return None
        return hear_clips(spans, inputs, lambda *span: heard[span][0].result())

    for begin, seconds in spans:
        blocks.tap(partial(take, (begin, seconds)), seconds=seconds, start=begin, duration=seconds)
    return later


def is_whole(window: Audio) -> bool:
    """Whether a window of an excerpt is as long as it should be."""
    return window.duration > EXCERPT_WINDOW - _ROUNDING


def _nothing(_: Taggrams) -> None:
    """Say that the stream cannot serve."""


def _no_rows() -> None:
    """Say that the stream cannot serve."""


def _sets(inputs: Inputs) -> Inputs:
    return tuple(name for name in inputs if name not in FROM_NETWORKS)
