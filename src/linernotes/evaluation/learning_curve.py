"""The learning curve: how much more tracks would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linernotes.errors import LinernotesError
from linernotes.evaluation.cross_validation import FittedFold, cross_validate
from linernotes.evaluation.grouped_tracks import with_target_bins
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import CurvePoint
from linernotes.evaluation.task import Task

if TYPE_CHECKING:
    from linernotes.evaluation.splits import Split
    from linernotes.learning.recipe import Recipe

SHARES = (0.2, 0.4, 0.7)
"""Of the tracks to learn from; all of them are the headline."""

_FEWEST = 3


def learning_curve(
    recipe: Recipe,
    task: Task,
    splits: Sequence[Split],
    predictions: Predictions | NumberPredictions,
    trained: Sequence[FittedFold],
) -> tuple[tuple[CurvePoint, ...], tuple[str, ...]]:
    """Train on parts of the training parts, and test on the same tracks as the headline.

    Parameters
    ----------
    recipe, task, splits
        As of the headline.
    predictions, trained
        The headline, which is the last point. Settings are those that were chosen for it.

    Returns
    -------
    points
        Fewest tracks first.
    notes
        What could not be trained and why.
    """
    points: list[CurvePoint] = []
    notes: list[str] = []
    fixed = [each.with_chosen_settings(recipe) for each in trained]
    for share in SHARES:
        smaller = [_thinned(task, split, share) for split in splits]
        try:
            found, _ = cross_validate(fixed, task, smaller)
        except LinernotesError as error:
            notes.append(f"Not trained on {100 * share:.0f} % of the tracks: {error}")
            continue
        points.append(_point(found))
    return ((*points, _point(predictions)) if points else ()), tuple(notes)


def _point(predictions: Predictions | NumberPredictions) -> CurvePoint:
    return CurvePoint(
        tracks=predictions.n_train or 0,
        accuracy=predictions.quality,
        interval=predictions.quality_interval,
        train_accuracy=predictions.train_quality or 0.0,
    )


def _thinned(task: Task, split: Split, share: float) -> Split:
    """Keep a share of each class, group by group, and no fewer than three tracks."""
    count = len(task.examples)
    group = np.arange(count) if task.groups is None else task.groups
    rank = np.random.default_rng(task.random_state).permutation(int(group.max()) + 1)[group]
    target = np.array(with_target_bins(task.examples).target)[split.train]
    kept: list[int] = []
    for name in np.unique(target):
        rows = split.train[target == name]
        rows = rows[np.argsort(rank[rows], kind="stable")]
        kept += rows[: max(_FEWEST, round(share * len(rows)))].tolist()
    return replace(split, train=np.array(sorted(kept), np.int64))
