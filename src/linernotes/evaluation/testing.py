"""Training on one part of the tracks and testing on the other, as often as there are splits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.scores import Floats, Ints
from linernotes.evaluation.splits import Split
from linernotes.evaluation.task import Task, numbered
from linernotes.evaluation.tested import Tested, in_words
from linernotes.learning.fitting import fit

if TYPE_CHECKING:
    from linernotes.learning.fitting import Fitted
    from linernotes.learning.material import Material
    from linernotes.learning.recipe import Recipe


@dataclass(frozen=True, eq=False)
class TrainedPart:
    """What one training part gave.

    Parameters
    ----------
    fitted
        The estimator and its calibration.
    known
        Which of all classes, by number, its columns are.
    classes
        How many classes there are in all.
    """

    fitted: Fitted
    known: Ints
    classes: int

    def predict(self, material: Material) -> Floats:
        """Return probabilities of all classes, 0 of those that its training part lacked.

        Returns
        -------
        float64, shape (tracks, classes).
        """
        probabilities = np.zeros((len(material), self.classes))
        probabilities[:, self.known] = self.fitted.predict(material)
        return probabilities

    def with_its_settings(self, recipe: Recipe) -> Recipe:
        """Return the recipe without a choice of settings: those that were chosen here."""
        if not self.fitted.chosen:
            return recipe
        return replace(recipe, search=(self.fitted.chosen,), parts={})


def train_and_test(
    recipe: Recipe | Sequence[Recipe],
    task: Task,
    splits: Sequence[Split],
    *,
    tell: Callable[[], None] = lambda: None,
) -> tuple[Tested, tuple[TrainedPart, ...]]:
    """Train on each split's training part, and test on its test part.

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
    tested
        The answers on all test parts.
    trained
        One for each split.
    """
    recipes = list(recipe) if isinstance(recipe, Sequence) else [recipe] * len(splits)
    classes = task.examples.classes
    target = numbered(task.examples.target, classes)
    answers: list[Floats] = []
    refused: list[NDArray[np.bool_]] = []
    learned: list[float] = []
    trained: list[TrainedPart] = []
    for one, split in zip(recipes, splits, strict=True):
        heard = task.material.take(split.train)
        names = [classes[number] for number in target[split.train]]
        groups = None if task.groups is None else task.groups[split.train]
        fitted = fit(one, heard, names, groups=groups, seed=task.seed)
        made = TrainedPart(fitted, numbered(fitted.classes, classes), len(classes))
        right = made.predict(heard).argmax(axis=1) == target[split.train]
        answers.append(made.predict(task.material.take(split.test)))
        refused.append(answers[-1].max(axis=1) < fitted.threshold)
        learned.append(float(right.mean()))
        trained.append(made)
        tell()
    tests = [len(split.test) for split in splits]
    track = np.concatenate([split.test for split in splits])
    # What is commonest among the rest of balanced classes is rare in the fold held out: folds
    # are held against what is commonest in all of them.
    known = splits[0].train if len(splits) == 1 else slice(None)
    commonest = np.bincount(target[known]).argmax()
    tested = Tested(
        split=splits[0].kind,
        words=splits[0].stamp,
        groups=splits[0].groups,
        folds=len(splits),
        classes=classes,
        track=track,
        truth=target[track],
        probabilities=np.concatenate(answers),
        fold=np.repeat(np.arange(len(splits)), tests),
        group=None if task.dependent is None else task.dependent[track],
        constant=np.full(len(track), commonest),
        rejected=np.concatenate(refused),
        n_train=round(float(np.mean([len(split.train) for split in splits]))),
        # Each tested track weighs the same, as it does in the accuracy that this is held against.
        train_accuracy=float(np.average(learned, weights=tests)),
        seconds=sum(each.fitted.seconds for each in trained),
        chosen=tuple(in_words(each.fitted.chosen) for each in trained if each.fitted.chosen),
    )
    return tested, tuple(trained)
