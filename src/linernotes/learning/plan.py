"""The plan of a track: inputs that several models want, served while it is decoded once.

The stream that the networks listen to is tapped for all else: sections for timelines, the windows
of an excerpt or the whole, clips. Threads work on these while decoding goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from linernotes.audio import Audio, AudioStream, Source
from linernotes.backbone import Taggram
from linernotes.engine.threads import Background
from linernotes.features.extraction import (
    PIECE_SECONDS,
    Measured,
    extract_sets,
    measure_sets,
    reduce_sets,
)
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import FROM_NETWORKS
from linernotes.learning.listening import (
    SECTION,
    Floats,
    analyses_for,
    clip_spans,
    from_networks,
    hear,
    hear_clips,
    hear_windows,
    row_of_track,
    rows_of,
    section_rows,
)
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import TrackAnalysis
from linernotes.library.analysis import (
    EXCERPT_WINDOW,
    analyse_track,
    analyse_windows,
    checked,
    excerpt_starts,
    length_of,
    summarise,
)

Inputs = tuple[str, ...]
Taggrams = Mapping[str, Taggram]
#: Rows of the timeline, and of the whole track if it is heard as one row, by what is heard.
FeaturesBySpec = dict[InputSpec, tuple[TrackFeatures, TrackFeatures | None]]

# What is told when the stream has ended: ``None`` if it could not serve.
_Later = Callable[[Taggrams], TrackFeatures | None]

# Decoders of these fill up with noise of their own, other noise wherever they begin: windows and
# clips are entered as a library and training enter them, to give the same numbers.
_NOISE_OF_THEIR_OWN = {"aac", "aac_latm", "ac3", "eac3"}
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Plan:
    """The inputs of a track for several models, each once.

    Parameters
    ----------
    input_specs
        What each model hears.
    usual_windows
        Whether the networks hear the windows that a library has them hear: of a track that is
        heard as a whole, they then need not hear any again.

    Examples
    --------
    >>> Plan((InputSpec(("embedding",)), InputSpec(("tags", "fma")), InputSpec(("fma",)))).inputs
    {None: ('tags', 'fma')}
    """

    input_specs: tuple[InputSpec, ...]
    usual_windows: bool = True

    @property
    def inputs(self) -> dict[Clips | None, Inputs]:
        """The inputs beside those that the networks hear anyway, by how the track is cut."""
        wanted: dict[Clips | None, dict[str, None]] = {}
        for input_spec in self.input_specs:
            if not _from_networks(input_spec):
                wanted.setdefault(input_spec.clips, {}).update(dict.fromkeys(input_spec.inputs))
        return {clips: tuple(names) for clips, names in wanted.items()}


@dataclass(frozen=True)
class Stretch:
    """The stretch of a track that is heard; see `linernotes.audio.stream`.

    Parameters
    ----------
    start, duration, skip_intro
        In seconds.
    deadline
        Of the monotonic clock; ``None`` for as long as it takes.
    """

    start: float = 0.0
    duration: float | None = None
    skip_intro: float = 0.0
    deadline: float | None = None

    @property
    def timeout(self) -> float | None:
        """Seconds that are left."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


class PlannedListening:
    """A plan on its way through a stream; made before the stream is iterated over.

    Parameters
    ----------
    plan
        What is wanted.
    track
        The track of the stream. It is opened again only for what the stream cannot serve: the
        excerpt and the clips of a damaged file or of AAC, which are entered one by one as a
        library does, clips where decoding alone tells the length, and clips of more than a minute.
    blocks
        The stream.
    stretch
        What it was opened with.
    background
        Threads that work meanwhile.
    """

    def __init__(
        self,
        plan: Plan,
        track: Source | Audio,
        blocks: AudioStream,
        stretch: Stretch,
        background: Background,
    ) -> None:
        self._plan = plan
        self._track = track
        self._stretch = stretch
        self._sections: _Sections | None = None
        self._tapped: dict[Clips | None, _Later] = {}
        for clips, inputs in plan.inputs.items():
            if clips is not None:
                later = _tap_clips(blocks, clips, inputs, stretch, background)
            else:
                self._sections = _Sections(blocks, _sets(inputs), background)
                later = _tap_all(plan, blocks, inputs, stretch, background)
            self._tapped[clips] = later

    def rows(self, taggrams: Taggrams) -> FeaturesBySpec:
        """Return for each hearing the rows of the timeline, and that of the track if it has one.

        Parameters
        ----------
        taggrams
            What the networks heard of the stream, in seconds of the track.

        Raises
        ------
        AudioError
            The track cannot be listened to.
        """
        cut = {
            clips: self._of_cut(clips, inputs, taggrams)
            for clips, inputs in self._plan.inputs.items()
        }
        return {
            input_spec: hear_windows(taggrams, input_spec.inputs)
            if _from_networks(input_spec)
            else cut[input_spec.clips]
            for input_spec in self._plan.input_specs
        }

    def _of_cut(
        self, clips: Clips | None, inputs: Inputs, taggrams: Taggrams
    ) -> tuple[TrackFeatures, TrackFeatures | None]:
        rows = self._tapped[clips](taggrams)
        if rows is None:
            rows = hear(
                self._track,
                inputs,
                clips,
                every=True,
                start=self._stretch.start,
                duration=self._stretch.duration,
                skip_intro=self._stretch.skip_intro,
                timeout=self._stretch.timeout,
            )
        if clips is not None or self._sections is None:
            return rows, None
        return section_rows(inputs, taggrams, self._sections.values), rows


class _Sections:
    """Feature sets of section after section."""

    def __init__(self, blocks: AudioStream, sets: Inputs, background: Background) -> None:
        self._sets = sets
        self._background = background
        self._measured: list[Future[dict[str, Floats]]] = []
        self._last: Audio | None = None
        if sets:
            blocks.tap(self._take, seconds=SECTION)

    def _take(self, section: Audio) -> None:
        # What is left over after the last section may not be wanted.
        self._measure_last()
        self._last = section

    def _measure_last(self) -> None:
        if self._last is not None:
            self._measured.append(self._background.run(extract_sets, self._last, self._sets))
            self._last = None

    def values(self, count: int) -> list[dict[str, Floats]]:
        """Return the values of the first sections."""
        if len(self._measured) < count:
            self._measure_last()
        return [measured.result() for measured in self._measured[:count]]


def _tap_all(
    plan: Plan, blocks: AudioStream, inputs: Inputs, stretch: Stretch, background: Background
) -> _Later:
    """Have a track heard as one row, as a library hears it."""
    length = length_of(blocks, stretch.duration)
    if length is not None and excerpt_starts(blocks.start, length):
        if blocks.info.codec in _NOISE_OF_THEIR_OWN:
            return _nothing
        return _tap_excerpt(blocks, inputs, stretch.start, length, background)
    if plan.usual_windows or set(FROM_NETWORKS).isdisjoint(inputs):
        return _tap_whole(blocks, inputs, stretch.start, background)
    return _nothing


def _tap_whole(blocks: AudioStream, inputs: Inputs, start: float, background: Background) -> _Later:
    sets = _sets(inputs)
    pieces: list[Future[Measured]] = []

    def take(piece: Audio) -> None:
        pieces.append(background.run(measure_sets, piece, sets))

    def rows(taggrams: Taggrams) -> TrackFeatures:
        values = reduce_sets([piece.result() for piece in pieces], sets) if sets else {}
        return row_of_track(
            inputs,
            (start, start + blocks.decoded),
            {**from_networks(summarise(taggrams)), **values},
            blocks.warnings,
        )

    if sets:
        blocks.tap(take, seconds=PIECE_SECONDS)
    return rows


def _tap_excerpt(
    blocks: AudioStream,
    inputs: Inputs,
    start: float,
    length: float,
    background: Background,
) -> _Later:
    starts = excerpt_starts(blocks.start, length)
    windows: list[Audio] = []
    found: list[Future[TrackAnalysis | None]] = []

    def take(window: Audio) -> None:
        windows.append(window)
        if len(windows) == len(starts):
            sounds = [partial(checked, window) for window in windows]
            found.append(
                background.run(
                    analyse_windows,
                    list(zip(starts, sounds, strict=True)),
                    length=length,
                    **analyses_for(inputs),
                )
            )

    def rows(_: Taggrams) -> TrackFeatures | None:
        whole = all(window.duration > EXCERPT_WINDOW - _ROUNDING for window in windows)
        if blocks.warnings or len(windows) != len(starts) or not whole:
            return None
        analysis = found[0].result()
        if analysis is None:
            return None
        return rows_of([(start, start + length, analysis)], inputs, analysis.warnings)

    for begin in starts:
        blocks.tap(take, seconds=EXCERPT_WINDOW, start=begin, duration=EXCERPT_WINDOW)
    return rows


def _tap_clips(
    blocks: AudioStream, clips: Clips, inputs: Inputs, stretch: Stretch, background: Background
) -> _Later:
    info = blocks.info
    if info.codec in _NOISE_OF_THEIR_OWN:
        return _nothing
    first = info.beginning(stretch.start, max(stretch.skip_intro, clips.skip_intro))
    first = round(first * info.sample_rate) / info.sample_rate
    if clips.seconds > PIECE_SECONDS or info.duration is None or first >= info.duration:
        return _nothing
    left = info.duration - first
    length = left if stretch.duration is None else min(stretch.duration, left)
    spans = clip_spans(first, length, clips, every=True)
    if not all(blocks.holds(*span) for span in spans):
        return _nothing
    heard: dict[tuple[float, float], list[Future[TrackAnalysis]]] = {span: [] for span in spans}

    def take(span: tuple[float, float], clip: Audio) -> None:
        heard[span].append(
            background.run(analyse_track, clip, extent="full", **analyses_for(inputs))
        )

    def rows(_: Taggrams) -> TrackFeatures | None:
        if blocks.warnings or any(len(pieces) != 1 for pieces in heard.values()):
            return None
        return hear_clips(spans, inputs, lambda *span: heard[span][0].result())

    for begin, seconds in spans:
        blocks.tap(partial(take, (begin, seconds)), seconds=seconds, start=begin, duration=seconds)
    return rows


def _nothing(_: Taggrams) -> None:
    """Say that the stream cannot serve."""


def _from_networks(input_spec: InputSpec) -> bool:
    """Whether the networks have heard all that is needed."""
    return input_spec.clips is None and set(input_spec.inputs) <= set(FROM_NETWORKS)


def _sets(inputs: Inputs) -> Inputs:
    return tuple(name for name in inputs if name not in FROM_NETWORKS)
