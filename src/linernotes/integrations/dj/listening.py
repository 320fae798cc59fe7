"""Where the beats of a track fall, and where its sections change.

A grid is a tempo that is kept from the first beat to the last: a line through the beats that were
tracked at the known tempo [1]_. Where they stray from it, as with a drummer of flesh and blood,
there is no grid.

Sections change where the tags of a few windows before are like each other, those of a few windows
behind too, but not one like the other: the novelty along the diagonal of the self-similarity [2]_
of the networks' tags. Each change is moved to the strongest onset nearby, and to a beat where there
is a grid.

.. [1] D. Ellis, "Beat tracking by dynamic programming", JNMR 36(1), 2007.
.. [2] J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.features.spectrum import HOP_LENGTH, SAMPLE_RATE

Floats = NDArray[np.floating]

MOST_CUES = 8
"""The hot cues that players have keys for."""

# Beats stray from a machine's grid by the length of a frame, 23 ms, or less.
_STRAYS = 0.025
_FEWEST_BEATS = 32
_SAME_TEMPO = 0.03
# What begins shows in the frame after.
_LATE = HOP_LENGTH / SAMPLE_RATE
# Windows to each side that are compared, one a second, and seconds between changes.
_SIDE, _APART = 8, 15.0
_NEARBY = 1.5
_SECONDS = 600.0


@dataclass(frozen=True)
class BeatGrid:
    """Beats in even distance.

    Parameters
    ----------
    first
        Seconds until the first.
    beats_per_minute
        How many there are.
    """

    first: float
    beats_per_minute: float

    def nearest(self, seconds: float) -> float:
        """Return when the beat is that is nearest to some time.

        Examples
        --------
        >>> BeatGrid(0.25, 120.0).nearest(10.1)
        10.25
        """
        period = 60 / self.beats_per_minute
        return max(0, round((seconds - self.first) / period)) * period + self.first


@dataclass(frozen=True)
class Structure:
    """The structure of a track.

    Parameters
    ----------
    grid
        ``None`` where the tempo is not known or not kept.
    changes
        Seconds at which sections change, rising.
    """

    grid: BeatGrid | None = None
    changes: tuple[float, ...] = ()


NO_STRUCTURE = Structure()
"""The structure of what was not listened to."""


def listen_for_structure(track: tuple[str, float | None]) -> Structure:
    """Listen to a whole track for its beats and sections.

    Parameters
    ----------
    track
        Its path, and its tempo if that is sure.

    Returns
    -------
    Structure
        What was found.

    Raises
    ------
    AudioError
        The file cannot be listened to.
    """
    from linernotes.audio import load
    from linernotes.features.descriptor import clip_of
    from linernotes.features.onset import strength_of
    from linernotes.identification.tracks import identify

    path, tempo = track
    sound = load(path, sample_rate=SAMPLE_RATE, mono=True, timeout=_SECONDS)
    clip = clip_of(sound.samples[0], SAMPLE_RATE)
    strength = strength_of(clip, aggregate="median")
    grid = None if tempo is None else find_grid(strength, tempo)
    tags = identify(path, models=(), hop=1.0, timeout=_SECONDS, threads=1).tags
    middles = (np.asarray(tags.start) + np.asarray(tags.end)) / 2
    found = section_changes(np.asarray(tags.timeline), middles)
    return Structure(grid, tuple(_placed(found, strength, grid)))


def find_grid(strength: Floats, tempo: float) -> BeatGrid | None:
    """Find the grid of a track.

    Parameters
    ----------
    strength
        Onset strength, shape (frames,), 22,050 samples a second and 512 a frame.
    tempo
        In beats per minute.

    Returns
    -------
    BeatGrid or None
        ``None`` where the beats do not keep to one.
    """
    from linernotes.features.beats import beat_frames

    beats = beat_frames(strength, beats_per_minute=tempo) * (HOP_LENGTH / SAMPLE_RATE)
    if len(beats) < _FEWEST_BEATS:
        return None
    period = 60 / tempo
    steps = np.diff(beats)
    # The period that is kept, first roughly; then each beat has its number.
    rough = float(np.median(steps[np.abs(steps / period - 1) < 0.2])) if len(steps) else period
    numbers = np.concatenate([[0], np.cumsum(np.maximum(1, np.round(steps / rough)))])
    kept, first = np.polyfit(numbers, beats, 1)
    strays = np.sqrt(np.mean(np.square(beats - (first + kept * numbers))))
    if not kept > 0 or strays > _STRAYS or abs(kept / period - 1) > _SAME_TEMPO:
        return None
    return BeatGrid(float((first - _LATE) % kept), float(60 / kept))


def section_changes(timeline: Floats, seconds: Floats) -> tuple[float, ...]:
    """Find where sections change.

    Parameters
    ----------
    timeline
        Probabilities of tags, shape (windows, tags).
    seconds
        Middle of each window, rising.

    Returns
    -------
    tuple of float
        Seconds, at most `MOST_CUES` of them, those where most changes.
    """
    count = len(timeline)
    if count < 4 * _SIDE:
        return ()
    unit = timeline / np.maximum(np.linalg.norm(timeline, axis=1, keepdims=True), 1e-9)
    alike = unit @ unit.T
    taper = np.exp(-0.5 * np.square(np.arange(_SIDE) / (_SIDE / 2)))
    weight = np.outer(taper, taper)
    novelty = np.zeros(count)
    for i in range(_SIDE, count - _SIDE):
        before, behind = slice(i - _SIDE, i), slice(i, i + _SIDE)
        same = alike[before, before][::-1, ::-1] + alike[behind, behind]
        apart = alike[before, behind][::-1]
        novelty[i] = float((weight * (same - 2 * apart)).sum() / (2 * weight.sum()))
    least = novelty.mean() + novelty.std()
    found: list[int] = []
    for i in np.argsort(-novelty, kind="stable").tolist():
        if novelty[i] <= least or len(found) == MOST_CUES:
            break
        if all(abs(seconds[i] - seconds[j]) >= _APART for j in found):
            found.append(i)
    return tuple(float((seconds[i - 1] + seconds[i]) / 2) for i in sorted(found))


def _placed(changes: Sequence[float], strength: Floats, grid: BeatGrid | None) -> list[float]:
    """Move changes to the strongest onsets nearby, and to beats."""
    rate = SAMPLE_RATE / HOP_LENGTH
    placed = []
    for change in changes:
        low = max(0, round((change - _NEARBY) * rate))
        nearby = strength[low : round((change + _NEARBY) * rate)]
        place = (low + int(nearby.argmax())) / rate - _LATE if len(nearby) else change
        placed.append(round(max(0.0, place if grid is None else grid.nearest(place)), 3))
    return sorted(set(placed))
