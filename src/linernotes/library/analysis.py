"""Analysis of a track's sound for a library, from decoding it once.

Two analyses are kept apart, so that a new version of the one leaves the other as it is:

``networks``
    What the pretrained networks hear: an embedding, the probabilities of the tags, and how
    these change along the track.
``descriptors``
    The feature set of that name.

Either is made of the whole track, or of an excerpt that represents it: the 10 s around 20, 50
and 80 % of its length, put one after the other. Tracks of up to 40 s are heard as a whole. Over
tracks, the columns of an excerpt correlate with those of the whole by 0.94 (embedding), 0.97
(tags) and 0.96 (descriptors) in the middle, a single window of 30 s by 0.89, 0.94 and 0.90;
``benchmarks/library.py`` measures it. Where a format cannot be entered in the middle (wma, aac),
what lies before a window is decoded too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, AudioStream, Samples, Source, mix_to_mono, stream
from linernotes.audio.signal import resample_blocks
from linernotes.errors import AudioError
from linernotes.features.extraction import PIECE_SECONDS, Measured, measure_sets, reduce_sets
from linernotes.library.analyses import (
    ANALYSES,
    EXCERPT,
    FULL,
    Extent,
    Heard,
    TrackAnalysis,
    tag_names,
)
from linernotes.networks import musicnn
from linernotes.networks.musicnn import NETWORKS, Taggram, listen, merge_tags

Floats = NDArray[np.float32]

#: Seconds of each window of an excerpt.
EXCERPT_WINDOW = 10.0

_CENTRES = (0.2, 0.5, 0.8)
# Up to here the whole track costs little more than its excerpt.
_SHORT = 40.0
_SECTIONS = 8


def analyse_track(
    track: Source | Audio,
    *,
    analyses: Sequence[str] = ANALYSES,
    sets: Sequence[str] = (),
    extent: Extent = "excerpt",
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> TrackAnalysis:
    """Analyse a track as a library does.

    Parameters
    ----------
    track
        Path, bytes, binary file object, or `Audio`.
    analyses
        Which ones.
    sets
        Other feature sets, of the same extent.
    extent
        ``"excerpt"`` for 30 s that represent a longer track, ``"full"`` for all of it.
    start, duration, skip_intro
        As in `linernotes.audio.stream`: what of the track there is at all.
    timeout
        Seconds after which decoding is given up.

    Returns
    -------
    TrackAnalysis
        What a library keeps of it.

    Raises
    ------
    AudioError
        The track cannot be listened to; ``code`` says why.

    Examples
    --------
    >>> analyse_track("song.mp3").networks.embedding.shape  # doctest: +SKIP
    (800,)
    """
    with stream(
        track, start=start, duration=duration, skip_intro=skip_intro, timeout=timeout
    ) as blocks:
        return analyse_stream(
            blocks, analyses=analyses, sets=sets, extent=extent, duration=duration
        )


def analyse_stream(
    blocks: AudioStream,
    *,
    analyses: Sequence[str] = ANALYSES,
    sets: Sequence[str] = (),
    extent: Extent = "excerpt",
    duration: float | None = None,
) -> TrackAnalysis:
    """Analyse what a stream holds of a track, its channels and sample rate unchanged.

    Parameters
    ----------
    blocks
        The stream; it is entered in several places.
    analyses, sets, extent, duration
        As in `analyse_track`; ``duration`` is what the stream was opened with.

    Raises
    ------
    AudioError
        As `analyse_track` does.
    """
    length = length_of(blocks, duration) if extent == "excerpt" else None
    if length is not None and (starts := excerpt_starts(blocks.start, length)):
        windows = ((start, partial(_window, blocks, start)) for start in starts)
        found = analyse_windows(windows, length=length, analyses=analyses, sets=sets)
        if found is not None:
            return found
    networks, values = _analyse(blocks.pieces(PIECE_SECONDS), analyses, sets)
    return _track_analysis(blocks.decoded, FULL, blocks.warnings, networks, values)


def length_of(blocks: AudioStream, duration: float | None = None) -> float | None:
    """Seconds of a track from the beginning of a stream on; ``None`` if only decoding can tell.

    Parameters
    ----------
    blocks
        The stream.
    duration
        Seconds that are to be heard at most.
    """
    if blocks.info.duration is None:
        return None
    left = blocks.info.duration - blocks.start
    return left if duration is None else min(duration, left)


def excerpt_starts(first: float, length: float) -> tuple[float, ...]:
    """Return where the windows of an excerpt begin; none where the whole is heard.

    Parameters
    ----------
    first, length
        Where in the track the stretch begins of which there is to be an excerpt, and its length,
        in seconds.

    Examples
    --------
    >>> excerpt_starts(0.0, 100.0), excerpt_starts(0.0, 40.0)
    ((15.0, 45.0, 75.0), ())
    """
    if length <= _SHORT:
        return ()
    return tuple(first + centre * length - EXCERPT_WINDOW / 2 for centre in _CENTRES)


def _track_analysis(
    duration: float,
    extent: str,
    warnings: Sequence[str],
    networks: Heard | None,
    values: Mapping[str, Floats],
) -> TrackAnalysis:
    others = {name: row for name, row in values.items() if name != "descriptors"}
    return TrackAnalysis(
        duration, extent, tuple(warnings), networks, values.get("descriptors"), others
    )


def analyse_windows(
    windows: Iterable[tuple[float, Callable[[], Audio]]],
    *,
    length: float,
    analyses: Sequence[str],
    sets: Sequence[str],
) -> TrackAnalysis | None:
    """Analyse the windows of an excerpt.

    Parameters
    ----------
    windows
        Where each begins, see `excerpt_starts`, and a function that returns its sound.
    length
        Seconds of the track.
    analyses, sets
        As in `analyse_track`.

    Returns
    -------
    found
        ``None`` if none of the windows can be heard.
    """
    heard_of: list[tuple[float, Audio]] = []
    warnings: list[str] = []
    for start, load_window in windows:
        try:
            window = load_window()
        except AudioError as error:
            if error.code not in ("silent", "corrupt", "too-short"):
                raise
            warnings.append(f"at {start:.0f} s: {error.message}")
        else:
            heard_of.append((start, window))
            warnings.extend(f"at {start:.0f} s: {warning}" for warning in window.warnings)
    if not heard_of:
        return None
    starts, sounds = zip(*heard_of, strict=True)
    networks = None
    values: Mapping[str, Floats] = {}
    if "networks" in analyses:
        heard = [listen(_at_networks_rate([window]), threads=1) for window in sounds]
        networks = _summary(heard, starts, sections=1)
    measured = tuple(name for name in analyses if name != "networks")
    if measured or sets:
        samples = np.concatenate([window.samples for window in sounds], axis=1)
        _, values = _analyse([Audio(samples, sounds[0].sample_rate)], measured, sets)
    return _track_analysis(length, EXCERPT, warnings, networks, values)


def _window(blocks: AudioStream, start: float) -> Audio:
    return blocks.part(start, EXCERPT_WINDOW).read()


def _analyse(
    pieces: Iterable[Audio], analyses: Sequence[str], sets: Sequence[str]
) -> tuple[Heard | None, Mapping[str, Floats]]:
    """Analyse the pieces of a track as they come, each of them once."""
    wanted = dict.fromkeys([*analyses, *sets])
    from linernotes.features.sets import find_set

    names = [find_set(name).name for name in wanted if name != "networks"]
    measured: list[Measured] = []

    def measuring() -> Iterator[Audio]:
        for piece in pieces:
            yield piece
            if names:
                measured.append(measure_sets(piece, names))

    networks = None
    if "networks" in analyses:
        networks = _summary([listen(_at_networks_rate(measuring()), threads=1)], [0.0])
    else:
        for _ in measuring():
            pass
    return networks, reduce_sets(measured, names) if measured else {}


def _at_networks_rate(pieces: Iterable[Audio]) -> Iterator[Samples]:
    """Yield the mono mix of a track's pieces as the networks hear it."""
    iterator = iter(pieces)
    first = next(iterator, None)
    if first is None:
        return
    rate = first.sample_rate

    def blocks() -> Iterator[Samples]:
        for piece in itertools.chain([first], iterator):
            mono = mix_to_mono(piece.samples.T)[:, np.newaxis]
            # A second at a time stays in the processor's cache.
            yield from (mono[start : start + rate] for start in range(0, len(mono), rate))

    for block in resample_blocks(blocks(), from_rate=rate, to_rate=musicnn.SAMPLE_RATE, channels=1):
        if len(block):
            yield np.ascontiguousarray(block[:, 0])


def summarise(taggrams: Mapping[str, Taggram]) -> Heard:
    """Summarise what both networks heard of the same windows.

    Parameters
    ----------
    taggrams
        By network; at least one window.
    """
    return _summary([taggrams], [0.0])


def summarise_around(taggrams: Mapping[str, Taggram], seconds: float) -> tuple[Floats, Floats]:
    """Summarise what both networks heard around each window.

    Parameters
    ----------
    taggrams
        By network, of the same windows; at least one.
    seconds
        Windows whose middles are no further away than half of this count.

    Returns
    -------
    embedding, tags
        float32, shapes (windows, 800) and (windows, tags), as in `Heard`.
    """
    first = taggrams[NETWORKS[0]]
    centres = (first.start + first.end) / 2
    # Rounding must not decide whether a window a whole number of hops away is near enough.
    low = np.searchsorted(centres, centres - seconds / 2 - 1e-6, side="left")
    high = np.searchsorted(centres, centres + seconds / 2 + 1e-6, side="right")
    count = (high - low)[:, np.newaxis]

    def means(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0, np.float64)])
        around: NDArray[np.float64] = (total[high] - total[low]) / count
        return around

    statistics = []
    for network in NETWORKS:
        embeddings = taggrams[network].embeddings.astype(np.float64)
        mean = means(embeddings)
        variance = means(np.square(embeddings)) - np.square(mean)
        statistics += [mean, np.sqrt(np.maximum(variance, 0))]
    tags = merge_tags(taggrams)
    order = [tags.names.index(name) for name in tag_names()]
    return (
        np.concatenate(statistics, axis=1).astype(np.float32),
        means(tags.timeline)[:, order].astype(np.float32),
    )


def _summary(
    heard: Sequence[Mapping[str, Taggram]], offsets: Sequence[float], sections: int = _SECTIONS
) -> Heard:
    """Summarise what was heard in successive parts of a track."""
    whole = {network: _joined([part[network] for part in heard], offsets) for network in NETWORKS}
    statistics = [
        statistic
        for network in NETWORKS
        for statistic in (
            whole[network].embeddings.mean(axis=0, dtype=np.float64),
            whole[network].embeddings.std(axis=0, dtype=np.float64),
        )
    ]
    tags = merge_tags(whole)
    order = [tags.names.index(name) for name in tag_names()]
    groups: list[NDArray[np.intp]] = []
    first = 0
    for part in heard:
        windows = first + np.arange(len(part[NETWORKS[0]].start))
        groups += [g for g in np.array_split(windows, sections) if len(g)]
        first += len(windows)
    return Heard(
        embedding=np.concatenate(statistics).astype(np.float32),
        tags=tags.probabilities[order],
        start=np.array([tags.start[group[0]] for group in groups], np.float32),
        end=np.array([tags.end[group[-1]] for group in groups], np.float32),
        timeline=np.stack([tags.timeline[group].mean(axis=0) for group in groups])[:, order],
    )


def _joined(parts: Sequence[Taggram], offsets: Sequence[float]) -> Taggram:
    return Taggram(
        network=parts[0].network,
        tags=parts[0].tags,
        start=np.concatenate([part.start + s for part, s in zip(parts, offsets, strict=True)]),
        end=np.concatenate([part.end + s for part, s in zip(parts, offsets, strict=True)]),
        probabilities=np.concatenate([part.probabilities for part in parts]),
        embeddings=np.concatenate([part.embeddings for part in parts]),
    )
