"""Stratified folds of grouped tracks: what settings are chosen on and probabilities calibrated on.

Tracks of one group (an artist, an album) stay together, and every class is spread over the folds
as evenly as that allows, as in scikit-learn's ``StratifiedGroupKFold``. There are three
differences. A class whose tracks are all of one group would be in no training part when the group
is held out: here, where figures are chosen by and not reported, its tracks are split one by one,
which is said; `linernotes.evaluation.splits`, whose figures are reported, never tests it. The only
track of a class is never held out. And groups that are alike are told apart by a seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: How many folds, where there are as many groups.
FOLDS = 5

#: Marks tracks that are in every training part, as in scikit-learn's ``PredefinedSplit``.
ALWAYS = -1


@dataclass(frozen=True, eq=False)
class Folds:
    """Folds of tracks that are held out together.

    Parameters
    ----------
    fold
        int64, shape (tracks,): from 0 up, or `ALWAYS`.
    n_splits
        Number of folds; 0 where nothing can be held out.
    ungrouped
        Classes whose tracks had to be split one by one.
    """

    fold: Ints
    n_splits: int
    ungrouped: tuple[int, ...] = ()


def make_folds(
    target: Ints, groups: Ints | None, *, random_state: int = 0, n_splits: int = FOLDS
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
    n_splits
        At most so many folds.

    Returns
    -------
    Folds
        The fold of each track, and how many there are.

    Examples
    --------
    >>> target, groups = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 2, 3, 3])
    >>> make_folds(target, groups, n_splits=2).fold.tolist()
    [0, 0, 1, 0, 1, 1]
    """
    classes = int(target.max()) + 1 if len(target) else 0
    free = groups is None
    group = np.arange(len(target)) if groups is None else np.unique(groups, return_inverse=True)[1]
    ungrouped: list[int] = []
    if not free:
        group, ungrouped = _ungroup_single_group_classes(target, group, classes)
    counts = np.zeros((int(group.max()) + 1 if len(group) else 0, classes), np.int64)
    np.add.at(counts, (group, target), 1)
    alone = np.bincount(target, minlength=classes) == 1
    kept = np.flatnonzero(counts[:, ~alone].any(axis=1))
    if (counts[kept] > 0).sum(axis=0).max(initial=0) < 2:
        return Folds(np.full(len(target), ALWAYS), 0, tuple(ungrouped))
    n_splits = min(n_splits, len(kept))
    fold_of_group = np.full(len(counts), ALWAYS)
    fold_of_group[kept] = _assign_folds(counts[kept], n_splits, random_state)
    fold = fold_of_group[group]
    fold[alone[target]] = ALWAYS
    return Folds(fold, n_splits, tuple(ungrouped))


def quantile_bins(values: NDArray[np.float64], groups: Ints | None, *, most: int = 5) -> Ints:
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
    >>> quantile_bins(np.array([0.1, 0.2, 0.8, 0.9]), None).tolist()
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


def _ungroup_single_group_classes(
    target: Ints, group: Ints, classes: int
) -> tuple[Ints, list[int]]:
    """Give each track of a class that lies in one group alone a group of its own."""
    group = group.copy()
    ungrouped = []
    for label in range(classes):
        tracks = np.flatnonzero(target == label)
        if len(tracks) > 1 and len(np.unique(group[tracks])) == 1:
            group[tracks] = group.max() + 1 + np.arange(len(tracks))
            ungrouped.append(label)
    return np.unique(group, return_inverse=True)[1], ungrouped


def _assign_folds(counts: Ints, n_splits: int, random_state: int) -> Ints:
    """Return a fold for each group, given its numbers of tracks by class: the largest first."""
    share = counts / np.maximum(counts.sum(axis=0), 1)
    chance = np.random.default_rng(random_state).permutation(len(counts))
    order = np.lexsort((chance, -share.max(axis=1), -counts.sum(axis=1)))
    return assign_groups(share, np.ones(n_splits), order=order, sizes=counts)


def assign_groups(weights: Floats, shares: Floats, *, order: Ints, sizes: Floats | Ints) -> Ints:
    """Assign groups to parts that should each hold their share of every class.

    Group by group, each to the part that lacks its classes most: the sum over classes of the
    squared deviation from the share that the part should have stays as small as it can.

    Parameters
    ----------
    weights
        Shape (groups, classes): the share of each class that a group holds, so that rare classes
        weigh as much as common ones.
    shares
        Shape (parts,): how large each part should be, in proportion.
    order
        Which groups, the first one first; the others are assigned to no part.
    sizes
        Shape (groups, classes): what of equal parts the emptiest one is told by.

    Returns
    -------
    int64, shape (groups,): the part of each group; -1 for those that are not in ``order``.

    Examples
    --------
    >>> weights = np.array([[0.5, 0.0], [0.5, 0.0], [0.0, 1.0]])
    >>> assign_groups(weights, np.ones(2), order=np.array([2, 0, 1]), sizes=weights).tolist()
    [1, 0, 0]
    """
    held = np.zeros((len(shares), weights.shape[1]))
    size = np.zeros_like(held)
    part_of = np.full(len(weights), -1, np.int64)
    for group in order:
        # How much the squared deviations grow, part by part; of equals the emptier one.
        growth = (2 * held + weights[group]) @ weights[group] / shares
        part = np.lexsort((size.sum(axis=1) / shares, np.round(growth, 12)))[0]
        held[part] += weights[group]
        size[part] += sizes[group]
        part_of[group] = part
    return part_of
