"""Which of very many tracks are worth a closer look.

The axes of the space are sorted by how much tracks differ along them, so that the first few
tell nearly all of how like two tracks are. All tracks are compared along these alone, and the
best of them, many more than are asked for, along all axes. Of the ten nearest among a million that
finds 99 %, and nothing has to be trained or kept up to date: an index is made in the time that
copying takes. Lance's own need longer for as much (``benchmarks/million.py`` tells the figures): an
inverted file of numbers in eight bits takes three times as long, with product quantisation it
misses four in ten, and a graph of neighbours takes minutes to build.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.space import Floats, Space

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

#: Axes that all tracks are compared along.
AXES = 32

# As many times more tracks than are asked for are compared along all axes.
_WIDER = 8
_FEWEST = 1000
# So many scores tell from where on the best begin.
_SAMPLE = 16_384


@dataclass(frozen=True, eq=False)
class Index:
    """A narrow copy of a space, for finding what may be near.

    Parameters
    ----------
    space
        All of it.
    leading
        float32, shape (tracks, axes): the vectors along the first axes.
    """

    space: Space
    leading: Floats

    @classmethod
    def of(cls, space: Space, *, axes: int = AXES) -> Index:
        """Make the index of a space."""
        return cls(space, np.ascontiguousarray(space.vectors[:, :axes]))

    def nearest(self, direction: Floats, count: int, allowed: Mask | None = None) -> Indices:
        """Return the tracks that are most like a direction, hubs suppressed.

        Parameters
        ----------
        direction
            float32, shape (dimensions,).
        count
            How many.
        allowed
            bool, shape (tracks,): which tracks come into question; ``None`` for all.

        Returns
        -------
        intp, shape (up to count,), in ascending order.

        Examples
        --------
        >>> Index.of(space).nearest(space.vectors[0], 10)  # doctest: +SKIP
        array([     0,   5173, …])
        """
        rough = self.leading @ direction[: self.leading.shape[1]]
        rough -= self.space.nearness / 2
        if allowed is not None:
            rough[~allowed] = -np.inf
        likely = about_best(rough, max(_WIDER * count, _FEWEST))
        if allowed is not None:
            likely = likely[allowed[likely]]
        return likely[best(self.space.scores(direction, likely), count)]


def about_best(scores: Floats, count: int) -> Indices:
    """Return the places of about so many of the highest scores, in ascending order.

    From where on they are among the highest every so manieth score tells, which takes a tenth of
    the time that partitioning all takes.

    Examples
    --------
    >>> len(about_best(np.arange(1_000_000, dtype=np.float32), 1000))
    1003
    """
    step = len(scores) // _SAMPLE
    if step < 2:
        return best(scores, count)
    some = scores[::step]
    above = min(round(count / step) + 1, len(some))
    found = np.flatnonzero(scores >= np.partition(some, len(some) - above)[len(some) - above])
    return found if len(found) >= count / 2 else best(scores, count)


def best(scores: Floats, count: int) -> Indices:
    """Return the places of the highest scores, in ascending order.

    Of equals at the end all are returned, so that it never depends on chance which.

    Examples
    --------
    >>> best(np.array([3, 1, 2, 2], np.float32), 2)
    array([0, 2, 3])
    """
    n = len(scores)
    if count >= n:
        return np.arange(n)
    least = np.partition(scores, n - count)[n - count]
    return np.flatnonzero(scores >= least)
