"""The plan of a track: what several models and a library want, served while it is decoded once.

The stream that the networks listen to is tapped for all else: sections for timelines, the windows
of an excerpt or the whole, clips. Threads work on these while decoding goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from linernotes.audio import Audio, AudioStream, Source
from linernotes.engine.threads import Background
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import FROM_NETWORKS, IN_LIBRARY, is_network
from linernotes.learning.listening.cuts import section_seconds
from linernotes.learning.listening.network_taps import NetworkTaps
from linernotes.learning.listening.rows import (
    Floats,
    Taggrams,
    analyses_for,
    hear_windows,
    row_of_track,
    rows_of,
    section_rows,
)
from linernotes.learning.listening.taps import Inputs, Sections, tap_clips, tap_track
from linernotes.learning.listening.tracks import hear
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import TrackAnalysis
from linernotes.library.analysis import analyse_track

#: Rows of the timeline, and of the whole track if it is heard as one row, by what is heard.
FeaturesBySpec = dict[InputSpec, tuple[TrackFeatures, TrackFeatures | None]]


@dataclass(frozen=True)
class Plan:
    """The inputs of a track for several models and a library, each once.

    Parameters
    ----------
    input_specs
        What each model hears.
    usual_windows
        Whether the networks hear the windows that a library has them hear: of a track that is
        heard as a whole, they then need not hear any again.
    for_library
        Whether all that a library keeps of a track is wanted as well.
    over_time
        Whether the timelines of models that hear installed networks are wanted, for which these
        have to hear all of a track; otherwise there is one row, as a library hears it.

    Examples
    --------
    >>> Plan((InputSpec(("embedding",)), InputSpec(("tags", "fma")), InputSpec(("fma",)))).inputs
    {None: ('tags', 'fma')}
    """

    input_specs: tuple[InputSpec, ...]
    usual_windows: bool = True
    for_library: bool = False
    over_time: bool = True

    @property
    def inputs(self) -> dict[Clips | None, Inputs]:
        """The inputs beside those that networks hear anyway, by how the track is cut."""
        wanted: dict[Clips | None, dict[str, None]] = {}
        for input_spec in self.input_specs:
            others = _others(input_spec.inputs)
            # Networks that the user has installed hear clips on their own.
            alone = input_spec.clips is not None and len(others) < len(input_spec.inputs)
            if others and not _from_networks(input_spec) and not alone:
                wanted.setdefault(input_spec.clips, {}).update(dict.fromkeys(others))
        return {clips: tuple(names) for clips, names in wanted.items()}

    @property
    def installed(self) -> Inputs:
        """The inputs that installed networks hear of the track as a whole and over time."""
        names = (name for spec in self.input_specs if spec.clips is None for name in spec.inputs)
        return tuple(dict.fromkeys(filter(is_network, names)))

    @property
    def sections(self) -> dict[float, Inputs]:
        """The inputs of timelines that are measured section by section, by their seconds."""
        wanted: dict[float, dict[str, None]] = {}
        for spec in self.input_specs:
            if spec.clips is None and not _from_networks(spec) and self.is_over_time(spec):
                seconds = section_seconds(spec.inputs)
                wanted.setdefault(seconds, {}).update(dict.fromkeys(_others(spec.inputs)))
        return {seconds: tuple(names) for seconds, names in wanted.items()}

    def is_over_time(self, input_spec: InputSpec) -> bool:
        """Whether the timeline of a model that hears so is wanted."""
        return self.over_time or not any(map(is_network, input_spec.inputs))

    @property
    def of_track(self) -> Inputs:
        """The inputs that are heard of the track as a library hears it."""
        library = IN_LIBRARY if self.for_library else ()
        return tuple(dict.fromkeys([*library, *self.inputs.get(None, ())]))


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

    def as_options(self) -> dict[str, Any]:
        """Return the options of `linernotes.audio.stream` that lead there."""
        return {
            "start": self.start,
            "duration": self.duration,
            "skip_intro": self.skip_intro,
            "timeout": self.timeout,
        }


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
        self._analysis: TrackAnalysis | None = None
        self._installed_whole: Mapping[str, Floats] | None = None
        self._installed = NetworkTaps(
            blocks,
            plan.installed,
            background,
            duration=stretch.duration,
            over_time=plan.over_time,
        )
        self._sections = {
            seconds: Sections(blocks, inputs, background, seconds=seconds)
            for seconds, inputs in plan.sections.items()
        }
        self._track_later: Callable[[Taggrams], TrackAnalysis | None] | None = None
        if plan.of_track:
            self._track_later = tap_track(
                blocks,
                plan.of_track,
                background,
                duration=stretch.duration,
                usual_windows=plan.usual_windows,
            )
        self._clips_later = {
            clips: tap_clips(
                blocks,
                clips,
                inputs,
                background,
                duration=stretch.duration,
                first=blocks.info.beginning(
                    stretch.start, max(stretch.skip_intro, clips.skip_intro)
                ),
            )
            for clips, inputs in plan.inputs.items()
            if clips is not None
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._installed.__exit__(*problem)

    def rows(self, taggrams: Taggrams) -> FeaturesBySpec:
        """Return for each hearing the rows of the timeline, and that of the track if it has one.

        Parameters
        ----------
        taggrams
            What the networks heard of the stream, in seconds of the track.

        Returns
        -------
        dict
            Timeline and track, by what is heard.

        Raises
        ------
        AudioError
            The track cannot be listened to.
        """
        return {
            input_spec: hear_windows(taggrams, input_spec.inputs)
            if _from_networks(input_spec)
            else self._of_track(input_spec, taggrams)
            if input_spec.clips is None
            else (self._of_clips(input_spec.clips, input_spec.inputs), None)
            for input_spec in dict.fromkeys(self._plan.input_specs)
        }

    def analysis(self, taggrams: Taggrams) -> TrackAnalysis:
        """Return what a library knows of the track, of all that is wanted of it as a whole.

        Parameters
        ----------
        taggrams
            As in `rows`.

        Returns
        -------
        TrackAnalysis
            As `linernotes.library.analyse_track` returns it.

        Raises
        ------
        AudioError
            The track cannot be listened to.
        """
        if self._analysis is None and self._track_later is not None:
            self._analysis = self._track_later(taggrams)
        if self._analysis is None:
            wanted = analyses_for(self._plan.of_track)
            self._analysis = analyse_track(self._track, **wanted, **self._stretch.as_options())
        return self._analysis

    def _of_track(
        self, input_spec: InputSpec, taggrams: Taggrams
    ) -> tuple[TrackFeatures, TrackFeatures]:
        inputs, others = input_spec.inputs, _others(input_spec.inputs)
        windows = next(iter(taggrams.values()))
        begin, end = float(windows.start[0]), float(windows.end[-1])
        warnings: tuple[str, ...] = ()
        values: dict[str, Floats] = {}
        if others:
            found = self.analysis(taggrams)
            begin = self._stretch.start
            end, warnings = begin + found.duration, found.warnings
            row = rows_of([(begin, end, found)], others, ())
            values = {name: row.values[name][0] for name in others}
        if len(others) < len(inputs):
            values |= self._of_installed()
        whole = row_of_track(inputs, (begin, end), values, warnings)
        if not self._plan.is_over_time(input_spec):
            return whole, whole
        seconds = section_seconds(inputs)
        timeline = section_rows(
            inputs,
            taggrams,
            self._sections[seconds].values,
            installed=self._installed.timelines(),
            seconds=seconds,
        )
        return timeline, whole

    def _of_installed(self) -> Mapping[str, Floats]:
        if self._installed_whole is None:
            self._installed_whole = self._installed.whole()
        if self._installed_whole is None:
            rows = hear(self._track, self._plan.installed, **self._stretch.as_options())
            self._installed_whole = {name: values[0] for name, values in rows.values.items()}
        return self._installed_whole

    def _of_clips(self, clips: Clips, inputs: Inputs) -> TrackFeatures:
        of_installed = any(map(is_network, inputs))
        rows = None if of_installed else self._clips_later[clips]()
        if rows is None:
            options = self._stretch.as_options()
            rows = hear(self._track, inputs, clips, every=True, **options)
        return rows


def _others(inputs: Inputs) -> Inputs:
    """Return the inputs that no network gives that the user has installed."""
    return tuple(name for name in inputs if not is_network(name))


def _from_networks(input_spec: InputSpec) -> bool:
    """Whether the networks have heard all that is needed."""
    return input_spec.clips is None and set(input_spec.inputs) <= set(FROM_NETWORKS)
