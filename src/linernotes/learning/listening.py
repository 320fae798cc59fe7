"""One track on its way into rows of numbers: cut as a recipe says, heard input by input."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, Source, stream
from linernotes.backbone import Taggram
from linernotes.errors import AudioError
from linernotes.features.extraction import extract_sets
from linernotes.learning.hearing import Clips
from linernotes.learning.inputs import EMBEDDING, FROM_NETWORKS, TAGS
from linernotes.learning.rows import Rows
from linernotes.library.analyses import TrackAnalysis
from linernotes.library.analysis import analyse_track, summarise, summarise_around

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
) -> Rows:
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
    deadline = None if timeout is None else time.monotonic() + timeout
    analysed = partial(_analysed, track, inputs, deadline)
    if clips is None:
        found = analysed(extent="excerpt", start=start, duration=duration, skip_intro=skip_intro)
        ends = start, start + found.duration
        return _rows([(*ends, found)], inputs, found.warnings)
    skip = max(skip_intro, clips.skip_intro)
    heard: list[tuple[float, float, TrackAnalysis]] = []
    warnings: list[str] = []
    unheard: AudioError | None = None
    for begin, seconds in _spans(track, clips, every, (start, duration, skip), _left(deadline)):
        try:
            found = analysed(extent="full", start=begin, duration=seconds)
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
    return _rows(heard, inputs, warnings)


def hear_sections(
    track: Source | Audio,
    inputs: Sequence[str],
    taggrams: Mapping[str, Taggram],
    *,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> Rows:
    """Hear a track section by section, for the timeline of a model that hears it as one row.

    Parameters
    ----------
    track, inputs, start, duration, skip_intro, timeout
        As in `hear`.
    taggrams
        What the networks heard of the same stretch, in seconds of the track: they are not
        asked again.

    Raises
    ------
    AudioError
        The track cannot be listened to.
    """
    windows = next(iter(taggrams.values()))
    first, last = float(windows.start[0]), float(windows.end[-1])
    count = max(1, round((last - first) / SECTION))
    begins = first + SECTION * np.arange(count, dtype=np.float64)
    ends = np.append(begins[1:], last)
    values: dict[str, list[Floats]] = {name: [] for name in inputs}
    if any(name in FROM_NETWORKS for name in inputs):
        centres = (windows.start + windows.end) / 2
        for begin, end in zip(begins, ends, strict=True):
            inside = np.flatnonzero((centres >= begin) & (centres < end))
            if not len(inside):  # a window may be longer than a section
                inside = np.array([np.abs(centres - (begin + end) / 2).argmin()])
            summary = summarise({name: _taken(t, inside) for name, t in taggrams.items()})
            for name, row in ((EMBEDDING, summary.embedding), (TAGS, summary.tags)):
                if name in values:
                    values[name].append(row)
    sets = tuple(name for name in inputs if name not in FROM_NETWORKS)
    if sets:
        with stream(
            track, start=start, duration=duration, skip_intro=skip_intro, timeout=timeout
        ) as blocks:
            for section in _sections(blocks.pieces(SECTION), count):
                for name, row in extract_sets(section, sets).items():
                    values[name].append(row)
    return Rows(
        start=begins,
        end=ends,
        values={name: _stacked(rows, count) for name, rows in values.items()},
    )


def hear_windows(taggrams: Mapping[str, Taggram], inputs: Sequence[str]) -> tuple[Rows, Rows]:
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
    whole = summarise(taggrams)
    around = {EMBEDDING: embedding, TAGS: tags}
    of_all = {EMBEDDING: whole.embedding[np.newaxis], TAGS: whole.tags[np.newaxis]}
    return (
        Rows(windows.start, windows.end, {name: around[name] for name in inputs}),
        Rows(windows.start[:1], windows.end[-1:], {name: of_all[name] for name in inputs}),
    )


def _analysed(
    track: Source | Audio,
    inputs: Sequence[str],
    deadline: float | None,
    **stretch: object,
) -> TrackAnalysis:
    analyses = ["networks"] if any(name in FROM_NETWORKS for name in inputs) else []
    analyses += [name for name in inputs if name == "descriptors"]
    return analyse_track(
        track,
        analyses=analyses,
        sets=tuple(name for name in inputs if name not in (*FROM_NETWORKS, "descriptors")),
        timeout=_left(deadline),
        **stretch,  # type: ignore[arg-type]
    )


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _rows(
    heard: Sequence[tuple[float, float, TrackAnalysis]],
    inputs: Sequence[str],
    warnings: Sequence[str],
) -> Rows:
    return Rows(
        start=np.array([begin for begin, _, _ in heard], np.float64),
        end=np.array([end for _, end, _ in heard], np.float64),
        values={name: np.stack([_value(found, name) for _, _, found in heard]) for name in inputs},
        warnings=tuple(warnings),
    )


def _value(found: TrackAnalysis, name: str) -> Floats:
    if found.networks is not None and name in FROM_NETWORKS:
        return found.networks.embedding if name == EMBEDDING else found.networks.tags
    if found.descriptors is not None and name == "descriptors":
        return found.descriptors
    return found.features[name]


def _spans(
    track: Source | Audio,
    clips: Clips,
    every: bool,
    stretch: tuple[float, float | None, float],
    timeout: float | None,
) -> Iterator[tuple[float, float]]:
    """Yield the beginning and length of each clip in seconds of the track."""
    start, duration, skip_intro = stretch
    with stream(
        track, start=start, duration=duration, skip_intro=skip_intro, timeout=timeout
    ) as blocks:
        first, whole = blocks.start, blocks.info.duration
        if whole is None:
            for _ in blocks:  # only decoding tells how long it is
                pass
            length = blocks.decoded
        else:
            length = whole - first if duration is None else min(duration, whole - first)
    for begin in clip_starts(length, clips, every=every):
        yield first + begin, min(clips.seconds, length)


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


def _sections(pieces: Iterator[Audio], count: int) -> Iterator[Audio]:
    """Yield so many sections; what is left over after the last is left out."""
    for number, piece in enumerate(pieces):
        if number < count:
            yield piece


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
