"""The nearest tracks of every track.

Up to 20,000 tracks everything is compared with everything. Of more, tracks are compared along
the first axes alone, and the best along all of them, as `linernotes.explore.index` does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.space import Floats, Space

#: Tracks up to which everything is compared with everything.
EXACT_UP_TO = 20_000

#: Axes that more of them are compared along at first.
AXES = 48

_BLOCK = 1024
# Scores that stay in the processor's cache.
_WIDE = 4096
# As many times more tracks than are asked for are compared along all axes.
_WIDER = 3
_COMPARED = 128


def nearest(
    space: Space,
    k: int,
    *,
    exact_up_to: int = EXACT_UP_TO,
    progress: Callable[[float], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the nearest others of every track, nearest first, hubs suppressed.

    Parameters
    ----------
    space
        Of the collection.
    k
        How many; fewer where there are not so many.
    exact_up_to
        Tracks up to which the search is exact.
    progress
        Called with the share that is done, from 0 to 1.

    Returns
    -------
    indices
        int32, shape (tracks, k).
    scores
        float32, shape (tracks, k): as in `Space.scores`.

    Examples
    --------
    >>> indices, scores = nearest(explorer.space, 10)  # doctest: +SKIP
    """
    n = len(space.vectors)
    k = max(0, min(k, n - 1))
    indices = np.empty((n, k), np.int32)
    scores = np.empty((n, k), np.float32)
    half: Floats = space.nearness / np.float32(2)
    leading = np.ascontiguousarray(space.vectors[:, :AXES]) if n > exact_up_to else None
    everything = np.arange(n, dtype=np.int32)
    for first in range(0, n if k else 0, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, n))
        if leading is None:
            others = np.broadcast_to(everything, (len(rows), n))
            block = space.vectors[rows] @ space.vectors.T
            block -= half
            block[np.arange(len(rows)), rows] = -np.inf
        else:
            others = _likely(leading, half, rows, min(_WIDER * k, n - 1))
            block = _compared(space.vectors, rows, others) - half[others]
        top = np.argpartition(block, block.shape[1] - k, axis=1)[:, block.shape[1] - k :]
        top.sort(axis=1)  # so that equals are always in the same order
        found = np.take_along_axis(block, top, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        indices[rows] = np.take_along_axis(others, np.take_along_axis(top, order, axis=1), axis=1)
        both = np.take_along_axis(found, order, axis=1) - half[rows, np.newaxis]
        scores[rows] = (both + 1) / 2
        if progress is not None:
            progress((first + len(rows)) / n)
    return indices, scores


def _likely(leading: Floats, half: Floats, rows: NDArray[np.intp], count: int) -> NDArray[np.int32]:
    """Return those that are nearest along the first axes, in ascending order."""
    from linernotes.explore._topk import keep_best

    best = np.full((len(rows), count), -np.inf, np.float32)
    found = np.zeros((len(rows), count), np.int32)
    for first in range(0, len(leading), _WIDE):
        others = slice(first, first + _WIDE)
        block = leading[rows] @ leading[others].T
        block -= half[others]
        inside = np.flatnonzero((rows >= first) & (rows < first + _WIDE))
        block[inside, rows[inside] - first] = -np.inf
        keep_best(block, first, best, found)
    found.sort(axis=1)
    return found


def _compared(vectors: Floats, rows: NDArray[np.intp], others: NDArray[np.int32]) -> Floats:
    """Return how like each track is to each of its own others, shape (rows, others)."""
    alike = np.empty(others.shape, np.float32)
    for first in range(0, len(rows), _COMPARED):
        some = slice(first, first + _COMPARED)
        own = vectors[rows[some], :, np.newaxis]
        alike[some] = (vectors[others[some]] @ own)[:, :, 0]
    return alike
