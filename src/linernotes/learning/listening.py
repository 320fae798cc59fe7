"""One track on its way into rows of numbers: cut as a recipe says, heard input by input."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, Source, stream
from linernotes.backbone import Taggram
from linernotes.errors import AudioError
from linernotes.learning.input_spec import Clips
from linernotes.learning.inputs import EMBEDDING, FROM_NETWORKS, TAGS
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import Heard, TrackAnalysis
from linernotes.library.analysis import (
    analyse_track,
    length_of,
    summarise,
    summarise_around,
)

Floats = NDArray[np.float32]
Times = NDArray[np.float64]

#: Changes whenever tracks are cut in another way.
CUT_VERSION = 1

#: Seconds of a section: what a track that is heard as one row is cut into over time.
SECTION = 10.0

# A clip may lack so much of its length at the end of a track.
_MISSING = 0.1
# What cannot be heard of one clip says nothing about the others.
_OF_A_CLIP = ("silent", "corrupt", "too-short")


def hear(
    track: Source | Audio,
    inputs: Sequence[str],
    clips: Clips | None = None,
    *,
    every: bool = False,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> TrackFeatures:
    """Hear a track as a recipe does.

    Parameters
    ----------
    track
        Path, bytes, binary file object, or `Audio`.
    inputs
        What to hear; see `linernotes.learning.inputs`.
    clips
        How to cut it; ``None`` for one row, heard as a library hears it.
    every
        Hear every clip of the track, not only as many as training takes.
    start, duration, skip_intro
        As in `linernotes.audio.stream`: what of the track there is at all.
    timeout
        Seconds after which decoding is given up.

    Returns
    -------
    TrackFeatures
        A row for each clip, or one of the whole track.

    Raises
    ------
    AudioError
        Nothing can be heard of the track; ``code`` says why.
    FeatureSetNotFoundError
        There is no such input.

    Examples
    --------
    >>> hear("song.mp3", ("fma",), Clips(30.0), every=True).values["fma"].shape  # doctest: +SKIP
    (8, 518)
    """
    stretch: dict[str, Any] = {"start": start, "duration": duration, "skip_intro": skip_intro}
    deadline = None if timeout is None else time.monotonic() + timeout
    wanted = analyses_for(inputs)
    if clips is None:
        found = analyse_track(track, **stretch, **wanted, timeout=_left(deadline))
        return rows_of([(start, start + found.duration, found)], inputs, found.warnings)
    stretch["skip_intro"] = max(skip_intro, clips.skip_intro)
    with stream(track, **stretch, timeout=_left(deadline)) as blocks:
        length = length_of(blocks, duration)
        if length is None:
            for _ in blocks:  # only decoding tells how long it is
                pass
            length = blocks.decoded
    spans = clip_spans(blocks.start, length, clips, every=every)

    def analysed(begin: float, seconds: float) -> TrackAnalysis:
        return analyse_track(
            track,
            extent="full",
            start=begin,
            duration=seconds,
            **wanted,
            timeout=_left(deadline),
        )

    return hear_clips(spans, inputs, analysed)


def hear_clips(
    spans: Sequence[tuple[float, float]],
    inputs: Sequence[str],
    analysed: Callable[[float, float], TrackAnalysis],
) -> TrackFeatures:
    """Hear the clips of a track, and leave out those in which nothing is to be heard.

    Parameters
    ----------
    spans
        Beginning and length of each clip, see `clip_spans`.
    inputs
        What to hear.
    analysed
        Returns what was heard of a clip, or raises an `AudioError`.
    """
    heard: list[tuple[float, float, TrackAnalysis]] = []
    warnings: list[str] = []
    unheard: AudioError | None = None
    for begin, seconds in spans:
        try:
            found = analysed(begin, seconds)
        except AudioError as error:
            if error.code not in _OF_A_CLIP:
                raise
            unheard = error
            warnings.append(f"at {begin:.0f} s: {error.message}")
        else:
            heard.append((begin, begin + found.duration, found))
            warnings.extend(f"at {begin:.0f} s: {warning}" for warning in found.warnings)
    if not heard:
        raise unheard or AudioError("there is nothing to be heard in the track")
    return rows_of(heard, inputs, warnings)


def section_rows(
    inputs: Sequence[str],
    taggrams: Mapping[str, Taggram],
    measured: Callable[[int], Sequence[Mapping[str, Floats]]],
) -> TrackFeatures:
    """Put together the timeline of a model that hears a track as one row: section by section.

    Parameters
    ----------
    inputs
        What the model hears.
    taggrams
        What the networks heard, in seconds of the track: they are not asked again.
    measured
        Returns the feature sets of the first so many pieces of `SECTION` seconds; fewer if there
        are no more.
    """
    windows = next(iter(taggrams.values()))
    first, last = float(windows.start[0]), float(windows.end[-1])
    count = max(1, round((last - first) / SECTION))
    begins = first + SECTION * np.arange(count, dtype=np.float64)
    ends = np.append(begins[1:], last)
    values: dict[str, list[Floats]] = {name: [] for name in inputs}
    if not set(FROM_NETWORKS).isdisjoint(inputs):
        centres = (windows.start + windows.end) / 2
        for begin, end in zip(begins, ends, strict=True):
            inside = np.flatnonzero((centres >= begin) & (centres < end))
            if not len(inside):  # a window may be longer than a section
                inside = np.array([np.abs(centres - (begin + end) / 2).argmin()])
            summary = summarise({name: _taken(t, inside) for name, t in taggrams.items()})
            for name, row in from_networks(summary).items():
                if name in values:
                    values[name].append(row)
    for sets in measured(count):
        for name, row in sets.items():
            values[name].append(row)
    return TrackFeatures(
        start=begins,
        end=ends,
        values={name: _stacked(rows, count) for name, rows in values.items()},
    )


def hear_windows(
    taggrams: Mapping[str, Taggram], inputs: Sequence[str]
) -> tuple[TrackFeatures, TrackFeatures]:
    """Take from what the networks have heard what a model needs that hears nothing else.

    Parameters
    ----------
    taggrams
        Of both networks, of the same windows.
    inputs
        Of those in `linernotes.learning.inputs.FROM_NETWORKS`.

    Returns
    -------
    timeline, whole
        A row for each window, of the `SECTION` seconds around it, and one of all windows.
    """
    windows = next(iter(taggrams.values()))
    embedding, tags = summarise_around(taggrams, SECTION)
    around = {EMBEDDING: embedding, TAGS: tags}
    timeline = TrackFeatures(windows.start, windows.end, {name: around[name] for name in inputs})
    whole = from_networks(summarise(taggrams))
    return timeline, row_of_track(inputs, (windows.start[0], windows.end[-1]), whole)


def analyses_for(inputs: Sequence[str]) -> dict[str, Any]:
    """Return ``analyses`` and ``sets`` of `analyse_track` that give some inputs.

    Returns
    -------
    dict
        Keyword arguments.
    """
    networks = () if set(FROM_NETWORKS).isdisjoint(inputs) else ("networks",)
    others = tuple(name for name in inputs if name not in FROM_NETWORKS)
    return {
        "analyses": networks + tuple(name for name in others if name == "descriptors"),
        "sets": tuple(name for name in others if name != "descriptors"),
    }


def from_networks(heard: Heard) -> dict[str, Floats]:
    """Return what the networks heard, by the names of the inputs.

    Returns
    -------
    dict of NDArray
        float32, shape (columns,), by the names of the inputs.
    """
    return {EMBEDDING: heard.embedding, TAGS: heard.tags}


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def rows_of(
    heard: Sequence[tuple[float, float, TrackAnalysis]],
    inputs: Sequence[str],
    warnings: Sequence[str],
) -> TrackFeatures:
    """Put together what was heard of several stretches: beginning, end, and what was found.

    Returns
    -------
    TrackFeatures
        A row for each stretch.
    """
    return TrackFeatures(
        start=np.array([begin for begin, _, _ in heard], np.float64),
        end=np.array([end for _, end, _ in heard], np.float64),
        values={name: np.stack([_value(found, name) for _, _, found in heard]) for name in inputs},
        warnings=tuple(warnings),
    )


def row_of_track(
    inputs: Sequence[str],
    stretch: tuple[float, float],
    values: Mapping[str, Floats],
    warnings: Sequence[str] = (),
) -> TrackFeatures:
    """Make the one row of a track of the values of each input.

    Returns
    -------
    TrackFeatures
        One row, the inputs side by side.
    """
    start, end = stretch
    return TrackFeatures(
        start=np.array([start], np.float64),
        end=np.array([end], np.float64),
        values={name: values[name][np.newaxis] for name in inputs},
        warnings=tuple(warnings),
    )


def _value(found: TrackAnalysis, name: str) -> Floats:
    if found.networks is not None and name in FROM_NETWORKS:
        return from_networks(found.networks)[name]
    if found.descriptors is not None and name == "descriptors":
        return found.descriptors
    return found.features[name]


def clip_spans(
    first: float, length: float, clips: Clips, *, every: bool = False
) -> list[tuple[float, float]]:
    """Return the beginning and length of each clip in seconds of the track.

    Parameters
    ----------
    first, length
        The stretch of the track that there is to be heard.
    clips, every
        As in `clip_starts`.

    Returns
    -------
    list of (float, float)
        In the order of time.

    Examples
    --------
    >>> clip_spans(20.0, 80.0, Clips(30.0), every=True)
    [(30.0, 30.0), (60.0, 30.0)]
    """
    seconds = min(clips.seconds, length)
    return [(first + begin, seconds) for begin in clip_starts(length, clips, every=every)]


def clip_starts(length: float, clips: Clips, *, every: bool = False) -> list[float]:
    """Return where the clips of a track begin, in seconds.

    Parameters
    ----------
    length
        Of the track, its intro left out.
    clips
        How to cut it.
    every
        All clips, side by side around the middle, rather than ``clips.at_most``.

    Returns
    -------
    list of float
        Ascending; at least one.

    Examples
    --------
    >>> clip_starts(100.0, Clips(30.0))
    [35.0]
    >>> clip_starts(100.0, Clips(30.0), every=True)
    [5.0, 35.0, 65.0]
    >>> clip_starts(100.0, Clips(10.0, at_most=2))
    [20.0, 70.0]
    """
    seconds = min(clips.seconds, length)
    count = max(1, int(length / clips.seconds + _MISSING))
    most = count if every or clips.at_most is None else min(count, clips.at_most)
    if most == count:
        first = max(0.0, (length - count * seconds) / 2)
        return [first + i * seconds for i in range(count)]
    return [(i + 0.5) / most * length - seconds / 2 for i in range(most)]


def _stacked(rows: list[Floats], count: int) -> Floats:
    # Decoders may find a little less than was heard before: the last section stands for it.
    return np.stack([*rows, *[rows[-1]] * (count - len(rows))])


def _taken(taggram: Taggram, windows: NDArray[np.intp]) -> Taggram:
    return Taggram(
        network=taggram.network,
        tags=taggram.tags,
        start=taggram.start[windows],
        end=taggram.end[windows],
        probabilities=taggram.probabilities[windows],
        embeddings=taggram.embeddings[windows],
    )
