"""Importance of families of features: what a model loses without them.

Permutation importance [1]_ of families of features at once: the values of a whole family are
shuffled among the tracks of a test part, so that they are as they always are, but tell nothing.
Columns of one family tell much the same, so that shuffling them one by one would show little.

.. [1] Breiman, L. (2001). Random forests. Machine Learning 45; of groups of features: Gregorutti,
   B., Michel, B. & Saint-Pierre, P. (2015). Grouped variable importance with random forests.
   Computational Statistics & Data Analysis 90.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linernotes.evaluation.result import Importance
from linernotes.evaluation.scores import Floats, Ints
from linernotes.features import find_set
from linernotes.features.sets import SETS
from linernotes.learning.feature_matrix import FeatureMatrix

Predict = Callable[[FeatureMatrix], Floats]
Scorer = Callable[[Floats, Any], float]
"""What answers on tracks are worth, given the truth, summed up over the tracks."""

_SHUFFLES = 5


def permutation_importance(
    parts: Sequence[tuple[Predict, FeatureMatrix, Ints | Floats]],
    *,
    scorer: Scorer | None = None,
    shuffles: int = _SHUFFLES,
    random_state: int = 0,
) -> tuple[Importance, ...]:
    """Return what is lost without each family of features, the most important first.

    Parameters
    ----------
    parts
        For each training: how to predict, what was heard of the tracks that it was tested on,
        and their classes, as columns of the predictions; or their numbers.
    scorer
        What predictions are worth; the number of right classes if not given.
    shuffles
        How often each family is shuffled.
    random_state
        Of the shuffles.

    Returns
    -------
    tuple of Importance
        Empty where there is only one family.
    """
    families = feature_families(parts[0][1].columns)
    if len(families) < 2:
        return ()
    score_of: Scorer = scorer or _right_answers
    cases = sum(len(truth) for _, _, truth in parts)
    right = sum(score_of(predict(matrix), truth) for predict, matrix, truth in parts)
    found = []
    for number, (family, columns) in enumerate(families.items()):
        lost = np.zeros(shuffles)
        for shuffle in range(shuffles):
            # Each family is shuffled alike whatever other families there are.
            rng = np.random.default_rng([random_state, shuffle, number])
            for predict, matrix, truth in parts:
                lost[shuffle] -= score_of(predict(_shuffled(matrix, columns, rng)), truth)
        lost = (lost + right) / cases
        found.append(Importance(family, len(columns), float(lost.mean()), float(lost.std(ddof=1))))
    return tuple(sorted(found, key=lambda each: (-each.loss, each.family)))


def feature_families(columns: Sequence[str]) -> dict[str, list[int]]:
    """Sort columns into families: the descriptor that they are statistics of, or the network.

    Examples
    --------
    >>> feature_families(("fma.mfcc_mean_01", "fma.mfcc_std_01", "fma.zcr_mean", "tags.rock"))
    {'mfcc': [0, 1], 'zcr': [2], 'tags': [3]}
    """
    families: dict[str, list[int]] = {}
    several = len({column.partition(".")[0] for column in columns if not _from_network(column)}) > 1
    for place, column in enumerate(columns):
        source, _, name = column.partition(".")
        if _from_network(column):
            family = source if source == "tags" else f"{source} {name.rsplit('_', 2)[0]}"
        else:
            family = f"{source} {_part_of(source, name)}" if several else _part_of(source, name)
        families.setdefault(family, []).append(place)
    return families


def _from_network(column: str) -> bool:
    return column.partition(".")[0] not in SETS


def _part_of(source: str, name: str) -> str:
    """Return the part of a feature set that a column belongs to."""
    parts = (
        part.descriptor.name if part.name is None else part.name for part in find_set(source).parts
    )
    fitting = [part for part in parts if part and name.startswith(part)]
    return max(fitting, key=len, default=name)


def negative_squared_error(deviation: Floats) -> Scorer:
    """Return the merit whose mean falls as R² does, given the deviation of each target."""

    def scorer(values: Floats, truth: Floats) -> float:
        return -float(np.square((values - truth) / deviation).mean(axis=1).sum())

    return scorer


def _right_answers(probabilities: Floats, truth: Any) -> float:
    return float((probabilities.argmax(axis=1) == truth).sum())


def _shuffled(
    matrix: FeatureMatrix, columns: Sequence[int], rng: np.random.Generator
) -> FeatureMatrix:
    values = matrix.values.copy()
    values[:, columns] = values[rng.permutation(len(values))][:, columns]
    return FeatureMatrix(values, matrix.track, matrix.columns)
