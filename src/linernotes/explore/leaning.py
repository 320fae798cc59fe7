"""Leaning to what a person likes: where liked tracks lie, others nearby come a little further up.

The liking of a track that nothing was said of is guessed as the mean of those that lie around it,
each weighing the more the more alike it sounds, and some imaginary ones that are neither liked nor
disliked: few likes move little, and nothing moves where none are near. What is guessed shifts the
scores of a query by part of their deviation. It brings in nothing that a filter excludes, and
takes nothing out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.space import Floats, Space

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer
    from linernotes.library.collection import Collection
    from linernotes.library.taste import Opinion, Taste

#: Standard deviations of a query's scores by which the most liked moves up.
STRENGTH = 1.0

# Two tracks that are as alike as neighbours of both weigh half.
_STEEPNESS = 14.0
_NEAR = 0.5
# Imaginary tracks that are neither liked nor disliked.
_NEUTRAL = 2.0
# Of more, those that are liked or disliked most.
_MOST = 500
_LEAST = 0.05
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Leaning:
    """Guesses how much each track of a collection is liked.

    Parameters
    ----------
    space
        Of the collection.
    tracks
        intp, shape (n,): rows of those of which something is known.
    likings
        float32, shape (n,): how much they are liked, from -1 to 1.
    """

    space: Space
    tracks: NDArray[np.intp]
    likings: Floats

    @cached_property
    def shifts(self) -> Floats:
        """How much each track is liked or guessed to be, float32, shape (tracks,), -1 to 1."""
        count = len(self.space.vectors)
        shifts = np.zeros(count, np.float32)
        for first in range(0, count if len(self.tracks) else 0, _BLOCK):
            rows = slice(first, first + _BLOCK)
            weights = self._weights(rows)
            shifts[rows] = weights @ self.likings / (weights.sum(axis=1) + _NEUTRAL)
        return shifts

    def why(self, index: int) -> str:
        """Say what of it speaks for or against a track.

        Parameters
        ----------
        index
            Row of the collection.

        Returns
        -------
        str
            Such as "you liked 3 tracks like this"; "" where nothing near is known.
        """
        near = self._weights(slice(index, index + 1))[0] > _NEAR
        near &= self.tracks != index
        liked = int(np.count_nonzero(near & (self.likings > 0)))
        disliked = int(np.count_nonzero(near & (self.likings < 0)))
        if liked >= disliked and liked:
            return f"you liked {_tracks(liked)} like this"
        return f"you disliked {_tracks(disliked)} like this" if disliked else ""

    def _weights(self, rows: slice) -> Floats:
        """Return how much each known track counts for some rows, shape (rows, n)."""
        vectors, nearness = self.space.vectors, self.space.nearness
        alike = vectors[rows] @ vectors[self.tracks].T
        alike -= (nearness[rows, np.newaxis] + nearness[self.tracks]) / 2
        weights: Floats = (1 / (1 + np.exp(-_STEEPNESS * alike))).astype(np.float32)
        return weights


class LearnedTaste:
    """What a person likes, learned anew when something is said or the library changes.

    Parameters
    ----------
    taste
        Stars, ratings, plays and skips.

    Examples
    --------
    >>> learned = LearnedTaste(Taste(library.location))  # doctest: +SKIP
    >>> query = explorer.like("a.mp3").leaning(learned.leaning(explorer))  # doctest: +SKIP
    """

    def __init__(self, taste: Taste) -> None:
        self.taste = taste
        self._lock = threading.Lock()
        self._known: tuple[Space, Mapping[str, Opinion], Leaning | None] | None = None

    def leaning(self, explorer: Explorer) -> Leaning | None:
        """Return to what queries lean, ``None`` where nothing is known.

        Parameters
        ----------
        explorer
            Of the library.

        Returns
        -------
        Leaning or None
            The same until something is said or the library changes.
        """
        space, opinions = explorer.space, self.taste.opinions()
        with self._lock:
            if self._known is None or self._known[0] is not space or self._known[1] is not opinions:
                self._known = space, opinions, lean(space, explorer.collection, opinions)
            return self._known[2]


def lean(space: Space, collection: Collection, opinions: Mapping[str, Opinion]) -> Leaning | None:
    """Learn from opinions on tracks what else is liked.

    Parameters
    ----------
    space, collection
        The tracks, and where they lie.
    opinions
        By id.

    Returns
    -------
    Leaning or None
        ``None`` where no opinion tells.

    Examples
    --------
    >>> leaning = lean(explorer.space, collection, taste.opinions())  # doctest: +SKIP
    >>> explorer.similar(explorer.like("a.mp3").leaning(leaning))  # doctest: +SKIP
    """
    rows = {track: i for i, track in enumerate(collection.track_id) if track in opinions}
    told = [(i, opinions[track].liking) for track, i in rows.items()]
    told = [(i, liking) for i, liking in told if abs(liking) >= _LEAST]
    told.sort(key=lambda each: (-abs(each[1]), each[0]))
    if not told:
        return None
    tracks, likings = zip(*told[:_MOST], strict=True)
    return Leaning(space, np.array(tracks, np.intp), np.array(likings, np.float32))


def _tracks(count: int) -> str:
    return "a track" if count == 1 else f"{count} tracks"
