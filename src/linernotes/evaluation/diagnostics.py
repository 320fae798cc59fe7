"""Diagnostics that only the page shows, as they take longer: importance, curve, projection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.cross_validation import FittedFold
from linernotes.evaluation.importance import (
    Predict,
    Scorer,
    negative_squared_error,
    permutation_importance,
)
from linernotes.evaluation.learning_curve import learning_curve
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.projection import MOST, project_tracks
from linernotes.evaluation.result import Diagnostics
from linernotes.evaluation.scores import Ints
from linernotes.evaluation.task import Task, encode_labels

if TYPE_CHECKING:
    from linernotes.evaluation.splits import Split
    from linernotes.learning.feature_matrix import FeatureMatrix
    from linernotes.learning.recipe import Recipe

# Tracks whose features are shuffled: enough for a standard error below a point.
_SHUFFLED = 5000
_ONE_KIND = "All that is heard is of one kind, so that no part of it can be left out."


def recipe_diagnostics(
    recipe: Recipe,
    task: Task,
    splits: Sequence[Split],
    predictions: Predictions | NumberPredictions,
    trained: Sequence[FittedFold],
) -> Diagnostics:
    """Compute what the page shows about a recipe.

    Parameters
    ----------
    recipe, task, splits
        What was evaluated.
    predictions, trained
        The headline.
    """
    numbers = task.examples.numbers
    target = (
        encode_labels(task.examples.target, predictions.classes)
        if isinstance(predictions, Predictions)
        else numbers.values
        if numbers is not None
        else predictions.truth
    )
    most = _SHUFFLED // len(splits)
    parts = []
    for each, split in zip(trained, splits, strict=True):
        rows = split.test[_spread(len(split.test), most)]
        parts.append((each.predict, task.matrix.take(rows), target[rows]))
    importance = permutation_importance(
        parts, scorer=_scorer(predictions), random_state=task.random_state
    )
    curve, notes = learning_curve(recipe, task, splits, predictions, trained)
    projected, coordinates, hidden = _projection(task.matrix, predictions, task.random_state)
    notes = (*notes, *hidden, *(() if importance else (_ONE_KIND,)))
    return Diagnostics(importance, curve, coordinates, projected, notes)


def model_diagnostics(
    predict: Predict,
    matrix: FeatureMatrix,
    predictions: Predictions | NumberPredictions,
    *,
    random_state: int = 0,
) -> Diagnostics:
    """Compute what the page shows about a finished model.

    Parameters
    ----------
    predict
        What the model makes of what was heard.
    matrix
        What was heard of the tested tracks.
    predictions
        The headline.
    random_state
        Of shuffles and places.
    """
    rows = _spread(len(predictions.truth), _SHUFFLED)
    part = (predict, matrix.take(predictions.track[rows]), predictions.truth[rows])
    importance = permutation_importance(
        [part], scorer=_scorer(predictions), random_state=random_state
    )
    projected, coordinates, hidden = _projection(matrix, predictions, random_state)
    notes = (
        "A learning curve needs a recipe: a finished model learns no more.",
        *hidden,
        *(() if importance else (_ONE_KIND,)),
    )
    return Diagnostics(importance, (), coordinates, projected, notes)


def _scorer(predictions: Predictions | NumberPredictions) -> Scorer | None:
    if isinstance(predictions, Predictions):
        return None
    deviation = predictions.truth.std(axis=0)
    return negative_squared_error(np.where(deviation > 0, deviation, 1.0))


def _projection(
    matrix: FeatureMatrix, predictions: Predictions | NumberPredictions, random_state: int
) -> tuple[Ints, NDArray[np.float32], tuple[str, ...]]:
    """Return which tests are placed, where, and a note if not all are; numbers are not."""
    if isinstance(predictions, NumberPredictions):
        return np.zeros(0, np.int64), np.zeros((0, 2), np.float32), ()
    count = len(predictions.truth)
    projected = _spread(count, MOST)
    coordinates = project_tracks(
        matrix.take(predictions.track[projected]), random_state=random_state
    )
    hidden = f"Of {count:,} tested tracks {len(projected):,} are placed on the plane."
    return projected, coordinates, ((hidden,) if len(projected) < count else ())


def _spread(count: int, most: int) -> Ints:
    """Return at most so many of the numbers below ``count``, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
