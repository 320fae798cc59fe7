"""The nearest tracks of every track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.space import Space

_BLOCK = 1024


def nearest(space: Space, k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the nearest others of every track, nearest first, hubs suppressed.

    Parameters
    ----------
    space
        Of the collection.
    k
        How many; fewer where there are not so many.

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
    half = space.nearness / 2
    for first in range(0, n if k else 0, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, n))
        block = space.vectors[rows] @ space.vectors.T
        block -= half
        block[np.arange(len(rows)), rows] = -np.inf
        top = np.argpartition(block, n - k, axis=1)[:, n - k :]
        top.sort(axis=1)  # so that equals are always in the same order
        found = np.take_along_axis(block, top, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        indices[rows] = np.take_along_axis(top, order, axis=1)
        both = np.take_along_axis(found, order, axis=1) - half[rows, np.newaxis]
        scores[rows] = (both + 1) / 2
    return indices, scores
