"""Hearing a track as recipes do: cut as they say, input by input, from opening it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from linernotes.audio import Audio, AudioStream, Source, stream
from linernotes.errors import AudioError
from linernotes.learning.input_spec import Clips
from linernotes.learning.inputs import NETWORK, find_networks
from linernotes.learning.listening.cuts import clip_spans
from linernotes.learning.listening.rows import analyses_for, rows_of
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import Extent, TrackAnalysis
from linernotes.library.analysis import analyse_stream, length_of

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
    heard = hear_cuts(
        track,
        {clips: inputs},
        every=every,
        start=start,
        duration=duration,
        skip_intro=skip_intro,
        timeout=timeout,
    )[clips]
    if isinstance(heard, AudioError):
        raise heard
    return heard


def hear_cuts(
    track: Source | Audio,
    wanted: Mapping[Clips | None, Sequence[str]],
    *,
    every: bool = False,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> dict[Clips | None, TrackFeatures | AudioError]:
    """Hear a track as several recipes do, from opening it once.

    Parameters
    ----------
    track, every, start, duration, skip_intro, timeout
        As in `hear`.
    wanted
        What to hear, by how the track is cut.

    Returns
    -------
    dict
        For each cut the `TrackFeatures`, or the `AudioError` that says why there are none.

    Raises
    ------
    AudioError
        The track cannot be opened.

    Examples
    --------
    >>> hear_cuts("song.mp3", {None: ("tags",), Clips(30.0): ("fma",)})  # doctest: +SKIP
    """
    heard: dict[Clips | None, TrackFeatures | AudioError] = {}
    with stream(
        track, start=start, duration=duration, skip_intro=skip_intro, timeout=timeout
    ) as blocks:
        for clips, inputs in wanted.items():
            try:
                if clips is None:
                    heard[clips] = _hear_as_one(blocks, inputs, start, duration)
                else:
                    skipped = max(skip_intro, clips.skip_intro)
                    whole = blocks.part(blocks.info.beginning(start, skipped), duration)
                    heard[clips] = _hear_clips(whole, inputs, clips, duration, every=every)
            except AudioError as error:
                heard[clips] = error
    return heard


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

    Returns
    -------
    TrackFeatures
        A row for each clip in which something is to be heard.

    Raises
    ------
    AudioError
        There is none.
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


def _hear_as_one(
    blocks: AudioStream, inputs: Sequence[str], start: float, duration: float | None
) -> TrackFeatures:
    found = _analyse_inputs(
        partial(blocks.part, blocks.start, duration), inputs, "excerpt", duration
    )
    return rows_of([(start, start + found.duration, found)], inputs, found.warnings)


def _hear_clips(
    whole: AudioStream,
    inputs: Sequence[str],
    clips: Clips,
    duration: float | None,
    *,
    every: bool,
) -> TrackFeatures:
    length = length_of(whole, duration)
    if length is None:
        for _ in whole:  # only decoding tells how long it is
            pass
        length = whole.decoded

    def analysed(begin: float, seconds: float) -> TrackAnalysis:
        return _analyse_inputs(partial(whole.part, begin, seconds), inputs, "full", None)

    return hear_clips(clip_spans(whole.start, length, clips, every=every), inputs, analysed)


def _analyse_inputs(
    part: Callable[[], AudioStream], inputs: Sequence[str], extent: Extent, duration: float | None
) -> TrackAnalysis:
    found = analyse_stream(part(), **analyses_for(inputs), extent=extent, duration=duration)
    networks = find_networks(inputs)
    if not networks:
        return found
    from linernotes.library.network_scan import hear_extent

    told = hear_extent(networks, part(), extent, duration=duration, threads=1)
    rows = {f"{NETWORK}{name}": summary.embedding for name, summary in told.items()}
    return replace(found, features={**found.features, **rows})
