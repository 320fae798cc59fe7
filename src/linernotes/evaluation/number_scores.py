"""Scores of predicted numbers, which can be compared and believed.

Of each target: the correlation of ranks (Spearman), the share of the variance that is told (R²),
and the mean absolute error in its own unit; each with an interval, and beside what somebody would
reach who has not listened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.scores import RESAMPLES, Floats, Ints
from linernotes.learning.card import NumberScores


def score_numbers(
    truth: Floats,
    values: Floats,
    *,
    names: Sequence[str],
    units: Sequence[str] = (),
    on: str = "tracks",
    low: Floats,
    high: Floats,
    median: Floats,
    mean: Floats,
    groups: Ints | None = None,
) -> tuple[NumberScores, ...]:
    """Return all figures of what was told of some tracks, target by target.

    Parameters
    ----------
    truth, values
        Shape (tracks, targets).
    names, units
        Of the targets.
    on
        What this was measured on, in words.
    low, high
        Shape (tracks, targets): between what the truth was said to lie.
    median, mean
        Shape (tracks, targets): those of the part that was trained on, which is what one tells
        without listening.
    groups
        Shape (tracks,): tracks of one number depend on one another, as those of one artist do.

    Raises
    ------
    ValueError
        There is no track.

    Examples
    --------
    >>> truth = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> values, same = truth + 0.1, np.full((4, 1), 2.5)
    >>> (scores,) = score_numbers(truth, values, names=("x",), low=values - 1, high=values + 1,
    ...                           median=same, mean=same)
    >>> round(scores.spearman, 3), round(scores.error, 3), scores.baseline, scores.coverage
    (1.0, 0.1, 1.0, 1.0)
    """
    if not len(truth) or truth.shape != values.shape:
        raise ValueError("Scores need at least one track, and a value for each target.")
    return tuple(
        _of_target(
            truth[:, i],
            values[:, i],
            (median[:, i], mean[:, i]),
            float(((truth >= low) & (truth <= high))[:, i].mean()),
            groups,
            names=(on, name, units[i] if units else ""),
        )
        for i, name in enumerate(names)
    )


def _of_target(
    truth: Floats,
    values: Floats,
    constant: tuple[Floats, Floats],
    coverage: float,
    groups: Ints | None,
    *,
    names: tuple[str, str, str],
) -> NumberScores:
    spearman, r2, error = regression_scores(truth, values)
    intervals = [_intervals(truth, values, None)]
    if groups is not None and len(np.unique(groups)) < len(groups):
        # Never narrower than for independent tracks: of a few groups the bootstrap is too sure.
        intervals.append(_intervals(truth, values, groups))
    low = np.min([each[0] for each in intervals], axis=0)
    high = np.max([each[1] for each in intervals], axis=0)
    ends = [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    median, mean = constant
    return NumberScores(
        on=names[0],
        target=names[1],
        cases=len(truth),
        spearman=spearman,
        spearman_interval=ends[0],
        r2=r2,
        r2_interval=ends[1],
        error=error,
        error_interval=ends[2],
        baseline=float(np.abs(truth - median).mean()),
        baseline_r2=regression_scores(truth, mean)[1],
        coverage=coverage,
        unit=names[2],
    )


def regression_scores(truth: Floats, values: Floats) -> tuple[float, float, float]:
    """Return the correlation of ranks, R² and the mean absolute error of one target.

    Examples
    --------
    >>> regression_scores(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 4.0]))
    (1.0, -1.0, 0.6666666666666666)
    """
    whole = np.ones((1, len(truth)))
    spearman, r2, error = _figures(_sums(truth, values), whole)
    return float(spearman[0]), float(r2[0]), float(error[0])


def _intervals(truth: Floats, values: Floats, groups: Ints | None) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of the three figures, each of shape (3,).

    Groups are drawn anew, with replacement (percentile bootstrap over clusters, as for the
    accuracy). Ranks are those among all tracks.
    """
    sums = _sums(truth, values)
    if groups is not None:
        member = np.unique(groups, return_inverse=True)[1]
        joined = np.zeros((int(member.max()) + 1, sums.shape[1]))
        np.add.at(joined, member, sums)
        sums = joined
    random = np.random.default_rng(0)
    found = []
    for _ in range(_CHUNKS):
        drawn = random.multinomial(
            len(sums), np.full(len(sums), 1 / len(sums)), RESAMPLES // _CHUNKS
        )
        found.append(np.stack(_figures(sums, drawn)))
    low, high = np.percentile(np.concatenate(found, axis=1), [2.5, 97.5], axis=1)
    return low, high


# As many draws at once as fit into memory, whatever the number of tracks.
_CHUNKS = 20


def _sums(truth: Floats, values: Floats) -> Floats:
    """Return what has to be summed up over tracks, shape (tracks, 10)."""
    from scipy.stats import rankdata

    # About their mean, so that what is constant has a spread of exactly nothing.
    rank, rank_of_values = ((rankdata(x) - (len(x) + 1) / 2) / len(x) for x in (truth, values))
    # About the mean, or large numbers would leave nothing of their differences.
    centred = truth - truth.mean()
    columns = (
        np.ones(len(truth)), rank, rank_of_values, rank * rank, rank_of_values * rank_of_values,
        rank * rank_of_values,
        centred, centred * centred, np.square(truth - values), np.abs(truth - values),
    )  # fmt: skip
    return np.stack(columns, axis=1)


def _figures(sums: Floats, drawn: NDArray[Any]) -> tuple[Floats, ...]:
    """Return the three figures of each draw, shape (draws,)."""
    count, x, y, xx, yy, xy, t, tt, squared, absolute = (drawn @ sums).T
    covariance = xy / count - x * y / count**2
    spread = (xx / count - (x / count) ** 2) * (yy / count - (y / count) ** 2)
    known = spread > 1e-12
    spearman = np.where(known, covariance / np.sqrt(np.where(known, spread, 1)), 0)
    off = squared / count
    # Of what is constant nothing can be told: far below 0, but finite.
    variance = np.maximum(tt / count - (t / count) ** 2, 1e-6 * off)
    r2 = 1 - off / np.where(variance > 0, variance, 1)
    return np.clip(spearman, -1, 1), r2, absolute / count
