"""Diagnostics for the page alone, since they take longer: importance, learning curve, places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.cross_validation import TrainedPart
from linernotes.evaluation.curve import learning_curve
from linernotes.evaluation.importance import (
    Merit,
    Predict,
    merit_of_numbers,
    permutation_importance,
)
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.projection import MOST, places_of
from linernotes.evaluation.result import Details
from linernotes.evaluation.scores import Ints
from linernotes.evaluation.task import Task, numbered

if TYPE_CHECKING:
    from linernotes.evaluation.splits import Split
    from linernotes.learning.feature_matrix import FeatureMatrix
    from linernotes.learning.recipe import Recipe

# Tracks whose features are shuffled: enough for a standard error below a point.
_SHUFFLED = 5000
_ONE_KIND = "All that is heard is of one kind, so that no part of it can be left out."


def study_recipe(
    recipe: Recipe,
    task: Task,
    splits: Sequence[Split],
    tested: Predictions | NumberPredictions,
    trained: Sequence[TrainedPart],
) -> Details:
    """Compute what the page shows about a recipe.

    Parameters
    ----------
    recipe, task, splits
        What was evaluated.
    tested, trained
        The headline.
    """
    numbers = task.examples.numbers
    target = (
        numbered(task.examples.target, tested.classes)
        if isinstance(tested, Predictions)
        else numbers.values
        if numbers is not None
        else tested.truth
    )
    most = _SHUFFLED // len(splits)
    parts = []
    for each, split in zip(trained, splits, strict=True):
        rows = split.test[_spread(len(split.test), most)]
        parts.append((each.predict, task.matrix.take(rows), target[rows]))
    importance = permutation_importance(parts, merit=_merit(tested), random_state=task.random_state)
    curve, notes = learning_curve(recipe, task, splits, tested, trained)
    placed, places, hidden = _placed(task.matrix, tested, task.random_state)
    notes = (*notes, *hidden, *(() if importance else (_ONE_KIND,)))
    return Details(importance, curve, places, placed, notes)


def study_model(
    predict: Predict,
    matrix: FeatureMatrix,
    tested: Predictions | NumberPredictions,
    *,
    random_state: int = 0,
) -> Details:
    """Compute what the page shows about a finished model.

    Parameters
    ----------
    predict
        What the model makes of what was heard.
    matrix
        What was heard of the tested tracks.
    tested
        The headline.
    random_state
        Of shuffles and places.
    """
    rows = _spread(len(tested.truth), _SHUFFLED)
    part = (predict, matrix.take(tested.track[rows]), tested.truth[rows])
    importance = permutation_importance([part], merit=_merit(tested), random_state=random_state)
    placed, places, hidden = _placed(matrix, tested, random_state)
    notes = (
        "A learning curve needs a recipe: a finished model learns no more.",
        *hidden,
        *(() if importance else (_ONE_KIND,)),
    )
    return Details(importance, (), places, placed, notes)


def _merit(tested: Predictions | NumberPredictions) -> Merit | None:
    if isinstance(tested, Predictions):
        return None
    deviation = tested.truth.std(axis=0)
    return merit_of_numbers(np.where(deviation > 0, deviation, 1.0))


def _placed(
    matrix: FeatureMatrix, tested: Predictions | NumberPredictions, random_state: int
) -> tuple[Ints, NDArray[np.float32], tuple[str, ...]]:
    """Return which tests are placed, where, and a note if not all are; numbers are not."""
    if isinstance(tested, NumberPredictions):
        return np.zeros(0, np.int64), np.zeros((0, 2), np.float32), ()
    count = len(tested.truth)
    placed = _spread(count, MOST)
    places = places_of(matrix.take(tested.track[placed]), random_state=random_state)
    hidden = f"Of {count:,} tested tracks {len(placed):,} are placed on the plane."
    return placed, places, ((hidden,) if len(placed) < count else ())


def _spread(count: int, most: int) -> Ints:
    """Return at most so many of the numbers below ``count``, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
