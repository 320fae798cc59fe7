"""Listening to tracks and saying what they are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, AudioStream, Samples, Source, WaveformOutline, stream
from linernotes.engine import cpu_count
from linernotes.engine.threads import Background
from linernotes.errors import AudioError
from linernotes.identification.asking import DEFAULT_MODELS, doubted, loaded, without_mood
from linernotes.identification.result import Identification
from linernotes.identification.so_far import Follow, Follower
from linernotes.learning import (
    AnyModel,
    Estimate,
    Model,
    ModelInput,
    Prediction,
)
from linernotes.learning.agreement import contradicted
from linernotes.learning.listening.plan import FeaturesBySpec, Plan, PlannedListening, Stretch
from linernotes.library.analyses import TrackAnalysis
from linernotes.library.file_tags import read_file_tags
from linernotes.networks.musicnn import NETWORKS, SAMPLE_RATE, Taggram, Tags, listen, merge_tags

# Of the networks, in seconds: they were trained on it, and libraries have them hear it.
_USUAL_WINDOW = 3.0
_OUTLINE_STRETCH = SAMPLE_RATE // 50
#: Points of a waveform, at the most; pages draw it whole, and closer where it is long.
MOST_POINTS = 6000
_FEWEST_POINTS = 1000


def identify(
    track: Source | Audio | NDArray[np.floating[Any]],
    *,
    sample_rate: int | None = None,
    models: Sequence[str | os.PathLike[str] | AnyModel] = DEFAULT_MODELS,
    window: float = 3.0,
    hop: float | None = None,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
    threads: int | None = None,
) -> Identification:
    """Tell a track's tags, classes and numbers, and how they change along it.

    Parameters
    ----------
    track
        Path, bytes, binary file object, `Audio`, or an array of shape (n,) or
        (channels, n) with its ``sample_rate``.
    sample_rate
        Of an array, in Hz; not to be given otherwise.
    models
        Names of shipped models, paths of model files, or loaded models.
    window
        Seconds that the networks hear at once; they were trained on 3. Models of whole tracks
        and of clips hear as they were trained to, whatever the window.
    hop
        Seconds from one window to the next; ``window`` if not given.
    start, duration, skip_intro, timeout
        As in `linernotes.audio.stream`.
    threads
        Processors to use; ``None`` for all.

    Returns
    -------
    Identification
        Tags, classes and numbers of the whole track and of its windows.

    Raises
    ------
    AudioError
        The track cannot be listened to; ``code`` says why.
    ModelError
        A model cannot be used.

    Examples
    --------
    >>> import linernotes
    >>> linernotes.identify("song.mp3").top(2)  # doctest: +SKIP
    [('jazz', 0.83), ('blues', 0.07)]
    """
    return identify_and_analyse(
        track,
        sample_rate=sample_rate,
        models=models,
        window=window,
        hop=hop,
        start=start,
        duration=duration,
        skip_intro=skip_intro,
        timeout=timeout,
        threads=threads,
        for_library=False,
    )[0]


def identify_and_analyse(
    track: Source | Audio | NDArray[np.floating[Any]],
    *,
    sample_rate: int | None = None,
    models: Sequence[str | os.PathLike[str] | AnyModel] = DEFAULT_MODELS,
    window: float = 3.0,
    hop: float | None = None,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
    threads: int | None = None,
    for_library: bool = True,
    over_time: bool = True,
    follow: Follow | None = None,
) -> tuple[Identification, TrackAnalysis | None]:
    """Do as `identify` does, and find out what a library knows of a track, from decoding it once.

    Parameters
    ----------
    track, sample_rate, models, window, hop, start, duration, skip_intro, timeout, threads
        As in `identify`.
    for_library
        Whether the library's analysis is wanted.
    over_time
        Whether models that hear installed networks tell a timeline; without one, these networks
        hear no more than the excerpt that stands for a track.
    follow
        Called with what was heard so far, every few seconds of the track.

    Returns
    -------
    identification
        What `identify` returns.
    analysis
        As of `linernotes.library.analyse_track`; ``None`` if it could not be made or is not wanted.

    Raises
    ------
    AudioError, ModelError
        As `identify` does.

    Examples
    --------
    >>> heard, analysis = identify_and_analyse("song.mp3")  # doctest: +SKIP
    """
    asked = [loaded(model) for model in models]
    if isinstance(track, np.ndarray):
        if sample_rate is None:
            raise ValueError("an array does not know its sample_rate; give it")
        track = Audio(np.atleast_2d(track).astype(np.float32, copy=False), sample_rate)
    elif sample_rate is not None:
        raise ValueError("sample_rate is for arrays; everything else knows its own")
    for model in asked:
        if model.input_spec is not None:
            model.check_input()  # before the work
    deadline = None if timeout is None else time.monotonic() + timeout
    told = {} if isinstance(track, Audio) else read_file_tags(track)
    stretch = Stretch(start, duration, skip_intro, deadline)
    plan = Plan(
        tuple(model.input_spec for model in asked if model.input_spec is not None),
        usual_windows=window == _USUAL_WINDOW and hop in (None, window),
        for_library=for_library,
        over_time=over_time,
    )
    threads = cpu_count() if threads is None else threads
    outline = WaveformOutline(_OUTLINE_STRETCH)
    with (
        Background(threads) as background,
        stream(
            track,
            sample_rate=SAMPLE_RATE,
            mono=True,
            start=start,
            duration=duration,
            skip_intro=skip_intro,
            timeout=timeout,
        ) as blocks,
        PlannedListening(plan, track, blocks, stretch, background) as listening,
    ):
        heard = listen(
            _outlined(blocks, outline), window=window, hop=hop, networks=NETWORKS, threads=threads,
            follow=None if follow is None else Follower(follow, blocks, outline),
        )  # fmt: skip
        taggrams = {network: _moved(taggram, blocks.start) for network, taggram in heard.items()}
        rows = listening.rows(taggrams)
        analysis = _analysis(listening, taggrams) if for_library else None
    tags = merge_tags(taggrams)
    identification = Identification(
        file=blocks.info.name,
        duration=blocks.decoded,
        start=blocks.start,
        warnings=blocks.warnings,
        tags=tags,
        predictions=without_mood([_predicted(model, taggrams, rows, tags) for model in asked]),
        waveform=outline.points(_points(blocks.decoded)),
        title=told.get("title"),
        artist=told.get("artist"),
    )
    return identification, analysis


def _points(seconds: float) -> int:
    """Return how many points the waveform has: one a second of what is very long."""
    return min(MOST_POINTS, max(_FEWEST_POINTS, int(seconds)))


def _analysis(listening: PlannedListening, taggrams: Mapping[str, Taggram]) -> TrackAnalysis | None:
    try:
        return listening.analysis(taggrams)
    except AudioError:
        return None


def _predicted(
    model: AnyModel, taggrams: Mapping[str, Taggram], rows: FeaturesBySpec, tags: Tags
) -> Prediction | Estimate:
    if isinstance(model, Model) and isinstance(model.input, ModelInput):
        return _doubted_over_time(model.predict(taggrams[model.input.network]), tags)
    assert model.input_spec is not None  # noqa: S101 - all others listen to tracks
    timeline, whole = rows[model.input_spec]
    told = model.predict_rows(timeline, whole=whole)
    return _doubted_over_time(told, tags) if isinstance(told, Prediction) else told


def _doubted_over_time(told: Prediction, tags: Tags) -> Prediction:
    whole = doubted(told, tags.names, tags.probabilities)
    if not np.array_equal(told.start, tags.start):
        return whole
    windows = contradicted(told.classes, told.timeline, tags.names, tags.timeline)
    return replace(whole, contradicted_windows=windows)


def _moved(taggram: Taggram, seconds: float) -> Taggram:
    return replace(taggram, start=taggram.start + seconds, end=taggram.end + seconds)


def _outlined(blocks: AudioStream, outline: WaveformOutline) -> Iterator[Samples]:
    for block in blocks:
        outline.add(block[0])
        yield block[0]
