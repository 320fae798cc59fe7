"""Training on one part of the tracks and testing on the other, as often as there are splits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.number_predictions import NumberPredictions, r2_scores
from linernotes.evaluation.predictions import Predictions, format_settings
from linernotes.evaluation.scores import Floats, Ints
from linernotes.evaluation.splits import Split
from linernotes.evaluation.task import Task, encode_labels
from linernotes.learning.fitting import Fitted, fit
from linernotes.learning.fitting_numbers import FittedNumbers, fit_numbers
from linernotes.learning.targets import Target

if TYPE_CHECKING:
    from linernotes.datasets.examples import Numbers
    from linernotes.learning.feature_matrix import FeatureMatrix
    from linernotes.learning.recipe import Recipe


@dataclass(frozen=True, eq=False)
class FittedFold:
    """The result of one training part.

    Parameters
    ----------
    fitted
        The estimator, and what belongs to it.
    known
        Which of all classes, by number, its columns are; none of numbers.
    classes
        How many classes there are in all; 0 of numbers.
    """

    fitted: Fitted | FittedNumbers
    known: Ints
    classes: int

    def predict(self, matrix: FeatureMatrix) -> Floats:
        """Return probabilities of all classes, 0 of those that its training part lacked.

        Returns
        -------
        float64, shape (tracks, classes), or (tracks, targets) of numbers.
        """
        if not self.classes:
            return self.fitted.predict(matrix)
        probabilities = np.zeros((len(matrix), self.classes))
        probabilities[:, self.known] = self.fitted.predict(matrix)
        return probabilities

    def with_chosen_settings(self, recipe: Recipe) -> Recipe:
        """Return the recipe without a choice of settings: those that were chosen here."""
        if not self.fitted.chosen:
            return recipe
        return replace(recipe, search=(self.fitted.chosen,), parts={})


def cross_validate(
    recipe: Recipe | Sequence[Recipe],
    task: Task,
    splits: Sequence[Split],
    *,
    tell: Callable[[], None] = lambda: None,
) -> tuple[Predictions | NumberPredictions, tuple[FittedFold, ...]]:
    """Train on each split's training part, and predict its test part.

    Parameters
    ----------
    recipe
        One for all splits, or one for each.
    task
        The tracks.
    splits
        How they are parted.
    tell
        Called after each training.

    Returns
    -------
    predictions
        Those on all test parts.
    trained
        One for each split.
    """
    recipes = list(recipe) if isinstance(recipe, Sequence) else [recipe] * len(splits)
    trained: list[FittedFold] = []
    for one, split in zip(recipes, splits, strict=True):
        trained.append(_train(one, task, split))
        tell()
    track = np.concatenate([split.test for split in splits])
    common: dict[str, Any] = {
        "split": splits[0].kind,
        "description": splits[0].stamp,
        "groups": splits[0].groups,
        "folds": len(splits),
        "track": track,
        "fold": np.repeat(np.arange(len(splits)), [len(split.test) for split in splits]),
        "group": None if task.dependent is None else task.dependent[track],
        "n_train": round(float(np.mean([len(split.train) for split in splits]))),
        "seconds": sum(each.fitted.seconds for each in trained),
        "chosen": tuple(
            format_settings(each.fitted.chosen) for each in trained if each.fitted.chosen
        ),
    }
    test = _test_classes if task.examples.numbers is None else _test_numbers
    return test(task, splits, trained, common), tuple(trained)


def _train(recipe: Recipe, task: Task, split: Split) -> FittedFold:
    part = task.matrix.take(split.train)
    groups = None if task.groups is None else task.groups[split.train]
    numbers = task.examples.numbers
    if numbers is not None:
        fitted = fit_numbers(
            recipe, part, numbers.take(split.train), groups=groups, random_state=task.random_state
        )
        return FittedFold(fitted, np.zeros(0, np.int64), 0)
    classes = task.examples.classes
    names = [task.examples.target[row] for row in split.train]
    classifier = fit(recipe, part, names, groups=groups, random_state=task.random_state)
    return FittedFold(classifier, encode_labels(classifier.classes, classes), len(classes))


def _test_classes(
    task: Task, splits: Sequence[Split], trained: Sequence[FittedFold], common: dict[str, Any]
) -> Predictions:
    classes = task.examples.classes
    target = encode_labels(task.examples.target, classes)
    answers: list[Floats] = []
    refused: list[NDArray[np.bool_]] = []
    learned: list[float] = []
    for made, split in zip(trained, splits, strict=True):
        assert isinstance(made.fitted, Fitted)  # noqa: S101 - as it was trained above
        right = made.predict(task.matrix.take(split.train)).argmax(axis=1) == target[split.train]
        answers.append(made.predict(task.matrix.take(split.test)))
        refused.append(answers[-1].max(axis=1) < made.fitted.threshold)
        learned.append(float(right.mean()))
    # What is commonest among the rest of balanced classes is rare in the fold held out: folds
    # are held against what is commonest in all of them.
    known = splits[0].train if len(splits) == 1 else slice(None)
    commonest = np.bincount(target[known]).argmax()
    return Predictions(
        classes=classes,
        truth=target[common["track"]],
        probabilities=np.concatenate(answers),
        constant=np.full(len(common["track"]), commonest),
        rejected=np.concatenate(refused),
        # Each tested track weighs the same, as it does in the accuracy that this is held against.
        train_accuracy=float(np.average(learned, weights=[len(split.test) for split in splits])),
        **common,
    )


def _test_numbers(
    task: Task, splits: Sequence[Split], trained: Sequence[FittedFold], common: dict[str, Any]
) -> NumberPredictions:
    numbers = task.examples.numbers
    assert numbers is not None  # noqa: S101 - as it was trained above
    values: list[Floats] = []
    ends: list[Floats] = []
    constant: list[Floats] = []
    learned: list[Floats] = []
    for made, split in zip(trained, splits, strict=True):
        assert isinstance(made.fitted, FittedNumbers)  # noqa: S101 - as it was trained above
        known = numbers.values[split.train]
        values.append(made.predict(task.matrix.take(split.test)))
        ends.append(prediction_intervals(made.fitted.targets, values[-1]))
        learned.append(r2_scores(known, made.predict(task.matrix.take(split.train))))
        both = np.stack([np.median(known, axis=0), known.mean(axis=0)])
        constant.append(np.repeat(both[:, np.newaxis], len(split.test), axis=1))
    median, mean = np.concatenate(constant, axis=1)
    low, high = np.concatenate(ends, axis=1)
    return NumberPredictions(
        targets=targets_from(numbers),
        truth=numbers.values[common["track"]],
        values=np.concatenate(values),
        low=low,
        high=high,
        median=median,
        mean=mean,
        train_r2=np.average(learned, axis=0, weights=[len(split.test) for split in splits]),
        **common,
    )


def targets_from(numbers: Numbers) -> tuple[Target, ...]:
    """Return what the targets of some tracks are called, and their ranges."""
    return tuple(
        Target(name, float(column.min()), float(column.max()), float(np.median(column)), 0.0, unit)
        for name, unit, column in zip(numbers.names, numbers.units, numbers.values.T, strict=True)
    )


def prediction_intervals(targets: Sequence[Target], values: Floats) -> Floats:
    """Return between what the truth is said to lie, shape (2, tracks, targets)."""
    intervals = [
        [target.interval(value) for target, value in zip(targets, row, strict=True)]
        for row in values.tolist()
    ]
    return np.array(intervals).reshape(len(values), len(targets), 2).transpose(2, 0, 1)
