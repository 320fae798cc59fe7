"""Choosing a recipe's settings inside the training part, by tracks that are held out in turn.

The settings with the lowest log loss win: it looks at every probability, where accuracy on a few
hundred tracks is mostly chance. Each setting is judged after its own temperature was fitted, so
that being too sure of itself costs nothing that calibration will mend. A recipe with a tolerance
asks, as its original did, for the best accuracy among the settings that do not over-fit by more.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.calibration import (
    Calibration,
    estimator_logits,
    fit_calibration,
    log_loss,
)
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.recipe import Recipe
from linernotes.learning.splits import ALWAYS, Folds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Answers of a recipe with some settings on tracks that it was not fitted to.

    Parameters
    ----------
    settings
        Of the recipe.
    tracks
        int64, shape (held,): the tracks that were held out once; the others never were.
    log_probabilities
        float64, shape (held, classes): calibrated.
    calibration
        Fitted to these very tracks.
    log_loss, accuracy
        Of them.
    fitted_accuracy
        On the tracks that were fitted to, mean of the folds.
    """

    settings: Mapping[str, object]
    tracks: Ints
    log_probabilities: Floats
    calibration: Calibration
    log_loss: float
    accuracy: float
    fitted_accuracy: float


def select(
    recipe: Recipe,
    matrix: FeatureMatrix,
    target: Ints,
    folds: Folds,
    *,
    classes: tuple[str, ...],
    groups: Ints | None = None,
    random_state: int = 0,
) -> HeldOut | None:
    """Try a recipe's settings, and return what the best of them say of held-out tracks.

    Parameters
    ----------
    recipe
        With its ``search``.
    matrix
        The training part; every track has rows, and they are numbered from 0.
    target
        int64, shape (tracks,): class numbers.
    folds
        Which tracks are held out together.
    classes
        Their names, in the order of their numbers.
    groups
        For estimators that ask for them.
    random_state
        Of the estimators.

    Returns
    -------
    HeldOut or None
        ``None`` where no track can be held out.
    """
    if not folds.n_splits:
        return None
    tried = [
        hold_out(
            recipe,
            settings,
            matrix,
            target,
            folds,
            classes=classes,
            groups=groups,
            random_state=random_state,
        )
        for settings in recipe.search or ({},)
    ]
    if recipe.tolerance is None:
        return min(tried, key=lambda held: held.log_loss)
    best = best_index(
        [held.fitted_accuracy for held in tried],
        [held.accuracy for held in tried],
        tolerance=recipe.tolerance,
    )
    return tried[best]


def hold_out(
    recipe: Recipe,
    settings: Mapping[str, object],
    matrix: FeatureMatrix,
    target: Ints,
    folds: Folds,
    *,
    classes: tuple[str, ...],
    groups: Ints | None = None,
    random_state: int = 0,
) -> HeldOut:
    """Fit a recipe to all folds but one, for each of them; the parameters are those of `select`.

    Returns
    -------
    HeldOut
        Answers on tracks that were not fitted to.
    """
    of_row = folds.fold[matrix.track]
    logits = np.zeros((len(of_row), len(classes)))
    right: list[float] = []
    for fold in range(folds.n_splits):
        training = of_row != fold
        estimator = fit_estimator(
            recipe,
            settings,
            matrix,
            target,
            training,
            classes=classes,
            groups=groups,
            random_state=random_state,
        )
        logits[~training] = estimator_logits(estimator, matrix.values[~training], len(classes))
        if recipe.tolerance is not None:
            own = estimator_logits(estimator, matrix.values[training], len(classes))
            track = matrix.track[training]
            answer = Calibration().vote(own, track).argmax(axis=1)
            right.append(float((answer == target[np.unique(track)]).mean()))
    held = of_row != ALWAYS
    track = matrix.track[held]
    tracks = np.unique(track)
    calibration = fit_calibration(logits[held], track, target[tracks])
    log_probabilities = calibration.vote(logits[held], track)
    return HeldOut(
        settings=settings,
        tracks=tracks,
        log_probabilities=log_probabilities,
        calibration=calibration,
        log_loss=log_loss(log_probabilities, target[tracks]),
        accuracy=float((log_probabilities.argmax(axis=1) == target[tracks]).mean()),
        fitted_accuracy=float(np.mean(right)) if right else 1.0,
    )


def fit_estimator(
    recipe: Recipe,
    settings: Mapping[str, object],
    matrix: FeatureMatrix,
    target: Ints,
    rows: NDArray[np.bool_],
    *,
    classes: tuple[str, ...],
    groups: Ints | None = None,
    random_state: int = 0,
) -> Any:
    """Fit a recipe's estimator to some rows.

    Its ``fit`` gets the group of each row, or ``None``, if it wants to know.

    Returns
    -------
    The estimator; its ``classes_`` are the class numbers among the rows.
    """
    from sklearn.exceptions import ConvergenceWarning

    from linernotes.learning.estimators.composition import group_parameters

    track = matrix.track[rows]
    seen, truth = np.unique(target[track], return_inverse=True)
    names = tuple(classes[number] for number in seen)
    estimator = recipe.make(random_state=random_state, settings=settings, classes=names)
    more = group_parameters(estimator, None if groups is None else groups[track])
    with warnings.catch_warnings():
        # Not to have converged is not to be wrong; held-out tracks tell.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Many classes of a few tracks each are no regression.
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        estimator.fit(matrix.values[rows], truth, **more)
    return _SomeClasses(estimator, seen) if len(seen) < len(classes) else estimator


class _SomeClasses:
    """A fitted estimator whose classes are some of all; estimators count theirs from 0."""

    def __init__(self, estimator: Any, classes: Ints) -> None:
        self._estimator = estimator
        self.classes_ = classes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._estimator, name)


def best_index(
    training: Sequence[float], validation: Sequence[float], *, tolerance: float | None = None
) -> int:
    """Return which settings to take.

    Parameters
    ----------
    training, validation
        Accuracy of each of the settings, 0 to 1, on the rows that they were fitted to and on
        held-out rows; the validation scores may be of any kind if there is no tolerance.
    tolerance
        By how much training accuracy may exceed validation accuracy. If all of the settings
        exceed it by more, as with few rows they do, it is of no use and all are allowed.

    Returns
    -------
    Index of the best score in validation among those within the tolerance; of equal ones, the
    first.

    Raises
    ------
    ValueError
        If there are no settings, or not as many scores of both kinds.

    Examples
    --------
    >>> best_index([0.7, 0.8, 1.0], [0.66, 0.76, 0.8], tolerance=0.05)
    1
    >>> best_index([0.7, 0.8, 1.0], [0.66, 0.76, 0.8])
    2
    """
    if not training or len(training) != len(validation):
        raise ValueError("Each of at least one setting needs a training and a validation score.")
    gaps = [fitted - held for fitted, held in zip(training, validation, strict=True)]
    # A gap of exactly the tolerance is within it, whatever rounding made of it.
    limit = float("inf") if tolerance is None else tolerance + 1e-9
    allowed = [index for index, gap in enumerate(gaps) if gap <= limit]
    return max(allowed or range(len(gaps)), key=lambda index: validation[index])
