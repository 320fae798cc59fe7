"""Rows that a model asks for, put together of what was heard of a track."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.inputs import EMBEDDING, FROM_NETWORKS, TAGS, is_network
from linernotes.learning.listening.cuts import SECTION
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import Heard, TrackAnalysis
from linernotes.library.analysis import summarise, summarise_around
from linernotes.networks.musicnn import Taggram

Floats = NDArray[np.float32]
#: What the networks heard, by network.
Taggrams = Mapping[str, Taggram]


def analyses_for(inputs: Sequence[str]) -> dict[str, Any]:
    """Return ``analyses`` and ``sets`` of `analyse_track` that give some inputs.

    Returns
    -------
    dict
        Keyword arguments.
    """
    networks = () if set(FROM_NETWORKS).isdisjoint(inputs) else ("networks",)
    others = tuple(name for name in inputs if name not in FROM_NETWORKS and not is_network(name))
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


def section_rows(
    inputs: Sequence[str],
    taggrams: Taggrams,
    measured: Callable[[int], Sequence[Mapping[str, Floats]]],
    *,
    installed: Sequence[TrackFeatures] = (),
    seconds: float = SECTION,
) -> TrackFeatures:
    """Put together the timeline of a model that hears a track as one row: section by section.

    Parameters
    ----------
    inputs
        What the model hears.
    taggrams
        What the networks heard, in seconds of the track: they are not asked again.
    measured
        Returns the feature sets of the first so many sections, perhaps more sets than are asked
        for; fewer sections if there are no more.
    installed
        What each installed network heard, a row a window.
    seconds
        Of a section; see `linernotes.learning.listening.cuts.section_seconds`.

    Returns
    -------
    TrackFeatures
        A row for each section.
    """
    windows = next(iter(taggrams.values()))
    first, last = float(windows.start[0]), float(windows.end[-1])
    count = max(1, round((last - first) / seconds))
    begins = first + seconds * np.arange(count, dtype=np.float64)
    ends = np.append(begins[1:], last)
    values: dict[str, list[Floats]] = {name: [] for name in inputs}
    if not set(FROM_NETWORKS).isdisjoint(inputs):
        for inside in _windows_in(begins, ends, windows):
            summary = summarise({name: _taken(t, inside) for name, t in taggrams.items()})
            for name, row in from_networks(summary).items():
                if name in values:
                    values[name].append(row)
    for heard in installed:
        for name in values.keys() & heard.values.keys():
            rows = heard.values[name]
            values[name] = [
                rows[inside].mean(axis=0) for inside in _windows_in(begins, ends, heard)
            ]
    for sets in measured(count):
        for name in values.keys() & sets.keys():
            values[name].append(sets[name])
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


def _windows_in(
    begins: NDArray[np.float64], ends: NDArray[np.float64], windows: Taggram | TrackFeatures
) -> Iterator[NDArray[np.intp]]:
    """Yield the windows whose middles lie in each section."""
    centres = (windows.start + windows.end) / 2
    for begin, end in zip(begins, ends, strict=True):
        inside = np.flatnonzero((centres >= begin) & (centres < end))
        # A window may be longer than a section.
        yield inside if len(inside) else np.array([np.abs(centres - (begin + end) / 2).argmin()])


def _value(found: TrackAnalysis, name: str) -> Floats:
    if found.networks is not None and name in FROM_NETWORKS:
        return from_networks(found.networks)[name]
    if found.descriptors is not None and name == "descriptors":
        return found.descriptors
    return found.features[name]


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
