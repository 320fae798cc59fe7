"""Folds inside the training part: what settings are chosen on and probabilities calibrated on.

Tracks of one group (an artist, an album) stay together, and every class is spread over the folds
as evenly as that allows. A class whose tracks are all of one group would be in no training part
when the group is held out: its tracks are dealt out one by one, which is said. The only track of
a class is never held out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: How many folds, where there are as many groups.
FOLDS = 5

#: Marks tracks that are in every training part.
ALWAYS = -1


@dataclass(frozen=True, eq=False)
class Folds:
    """Which tracks are held out together.

    Parameters
    ----------
    fold
        int64, shape (tracks,): from 0 up, or `ALWAYS`.
    count
        Number of folds; 0 where nothing can be held out.
    ungrouped
        Classes whose tracks had to be dealt out one by one.
    """

    fold: Ints
    count: int
    ungrouped: tuple[int, ...] = ()


def make_folds(
    target: Ints, groups: Ints | None, *, random_state: int = 0, count: int = FOLDS
) -> Folds:
    """Deal tracks out into folds.

    Parameters
    ----------
    target
        int64, shape (tracks,): the class of each, from 0 up.
    groups
        int64, shape (tracks,), or ``None`` where every track stands for itself.
    random_state
        Of the order of equals.
    count
        At most so many folds.

    Returns
    -------
    Folds
        The fold of each track, and how many there are.

    Examples
    --------
    >>> target, groups = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 2, 3, 3])
    >>> make_folds(target, groups, count=2).fold.tolist()
    [0, 0, 1, 0, 1, 1]
    """
    classes = int(target.max()) + 1 if len(target) else 0
    free = groups is None
    group = np.arange(len(target)) if groups is None else np.unique(groups, return_inverse=True)[1]
    ungrouped: list[int] = []
    if not free:
        group, ungrouped = _freed(target, group, classes)
    counts = np.zeros((int(group.max()) + 1 if len(group) else 0, classes), np.int64)
    np.add.at(counts, (group, target), 1)
    alone = np.bincount(target, minlength=classes) == 1
    kept = np.flatnonzero(counts[:, ~alone].any(axis=1))
    if (counts[kept] > 0).sum(axis=0).max(initial=0) < 2:
        return Folds(np.full(len(target), ALWAYS), 0, tuple(ungrouped))
    count = min(count, len(kept))
    place = np.full(len(counts), ALWAYS)
    place[kept] = _deal(counts[kept], count, random_state)
    fold = place[group]
    fold[alone[target]] = ALWAYS
    return Folds(fold, count, tuple(ungrouped))


def strata_of(values: NDArray[np.float64], groups: Ints | None, *, most: int = 5) -> Ints:
    """Sort numbers into a few ranges, from the lowest up, that can be spread over folds as classes.

    As many as there can be so that each holds tracks of two groups.

    Parameters
    ----------
    values
        Shape (tracks,).
    groups
        Shape (tracks,), or ``None`` where every track stands for itself.
    most
        At most so many, each of about as many tracks.

    Returns
    -------
    NDArray
        int64, shape (tracks,): ranges from 0 up.

    Examples
    --------
    >>> strata_of(np.array([0.1, 0.2, 0.8, 0.9]), None).tolist()
    [0, 0, 1, 1]
    """
    group = np.arange(len(values)) if groups is None else groups
    for count in range(most, 1, -1):
        edges = np.quantile(values, np.arange(1, count) / count, method="lower")
        stratum = np.unique(np.searchsorted(edges, values, side="left"), return_inverse=True)[1]
        pairs = np.unique(np.stack([stratum, group]), axis=1)
        if np.bincount(pairs[0]).min(initial=2) > 1:
            return stratum.astype(np.int64)
    return np.zeros(len(values), np.int64)


def _freed(target: Ints, group: Ints, classes: int) -> tuple[Ints, list[int]]:
    """Give each track of a class that lies in one group alone a group of its own."""
    group = group.copy()
    freed = []
    for label in range(classes):
        tracks = np.flatnonzero(target == label)
        if len(tracks) > 1 and len(np.unique(group[tracks])) == 1:
            group[tracks] = group.max() + 1 + np.arange(len(tracks))
            freed.append(label)
    return np.unique(group, return_inverse=True)[1], freed


def _deal(counts: Ints, folds: int, random_state: int) -> Ints:
    """Return a fold for each group, given its numbers of tracks by class.

    Groups come largest first, each to the fold that thereby differs least from an even share of
    every class, rare classes weighing as much as common ones.
    """
    share = counts / np.maximum(counts.sum(axis=0), 1)
    chance = np.random.default_rng(random_state).permutation(len(counts))
    order = np.lexsort((chance, -share.max(axis=1), -counts.sum(axis=1)))
    held = np.zeros((folds, counts.shape[1]))
    size = np.zeros(folds)
    place = np.empty(len(counts), np.int64)
    for group in order:
        inside = np.flatnonzero(counts[group])
        # What the sum of squares grows by; of equals the smallest fold, then the first.
        growth = (2 * held[:, inside] * share[group, inside]).sum(axis=1)
        best = np.lexsort((np.arange(folds), size, np.round(growth, 12)))[0]
        place[group] = best
        held[best] += share[group]
        size[best] += counts[group].sum()
    return place
