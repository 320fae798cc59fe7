"""The plan of a track: what several models and a library want, served while it is decoded once.

The stream that the networks listen to is tapped for all else: sections for timelines, the windows
of an excerpt or the whole, clips. Threads work on these while decoding goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linernotes.audio import Audio, AudioStream, Source
from linernotes.engine.threads import Background
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import FROM_NETWORKS, IN_LIBRARY, is_network
from linernotes.learning.listening.rows import (
    Taggrams,
    analyses_for,
    hear_windows,
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

    Examples
    --------
    >>> Plan((InputSpec(("embedding",)), InputSpec(("tags", "fma")), InputSpec(("fma",)))).inputs
    {None: ('tags', 'fma')}
    """

    input_specs: tuple[InputSpec, ...]
    usual_windows: bool = True
    for_library: bool = False

    @property
    def inputs(self) -> dict[Clips | None, Inputs]:
        """The inputs beside those that the networks hear anyway, by how the track is cut."""
        wanted: dict[Clips | None, dict[str, None]] = {}
        for input_spec in self.input_specs:
            if not _from_networks(input_spec) and not _of_installed(input_spec):
                wanted.setdefault(input_spec.clips, {}).update(dict.fromkeys(input_spec.inputs))
        return {clips: tuple(names) for clips, names in wanted.items()}

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
        self._sections = Sections(blocks, plan.inputs.get(None, ()), background)
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
        cut = {
            clips: self._of_track(inputs, taggrams)
            if clips is None
            else (self._of_clips(clips, inputs), None)
            for clips, inputs in self._plan.inputs.items()
        }
        return {
            input_spec: hear_windows(taggrams, input_spec.inputs)
            if _from_networks(input_spec)
            else self._by_installed(input_spec)
            if _of_installed(input_spec)
            else cut[input_spec.clips]
            for input_spec in self._plan.input_specs
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
        self, inputs: Inputs, taggrams: Taggrams
    ) -> tuple[TrackFeatures, TrackFeatures | None]:
        found, start = self.analysis(taggrams), self._stretch.start
        whole = rows_of([(start, start + found.duration, found)], inputs, found.warnings)
        return section_rows(inputs, taggrams, self._sections.values), whole

    def _by_installed(self, input_spec: InputSpec) -> tuple[TrackFeatures, TrackFeatures | None]:
        # Their windows are longer than sections: one row is all of the timeline.
        options = self._stretch.as_options()
        rows = hear(self._track, input_spec.inputs, input_spec.clips, every=True, **options)
        return (rows, rows) if input_spec.clips is None else (rows, None)

    def _of_clips(self, clips: Clips, inputs: Inputs) -> TrackFeatures:
        rows = self._clips_later[clips]()
        if rows is None:
            options = self._stretch.as_options()
            rows = hear(self._track, inputs, clips, every=True, **options)
        return rows


def _of_installed(input_spec: InputSpec) -> bool:
    """Whether networks that the user has installed are heard."""
    return any(map(is_network, input_spec.inputs))


def _from_networks(input_spec: InputSpec) -> bool:
    """Whether the networks have heard all that is needed."""
    return input_spec.clips is None and set(input_spec.inputs) <= set(FROM_NETWORKS)
