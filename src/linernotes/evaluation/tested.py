"""What one way to split gave: answers on tracks that were not trained on, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.scores import Bin, ClassScores, Floats, Ints, bins, by_class, score
from linernotes.learning.card import Scores

SplitKind = Literal["grouped", "official", "random", "all"]
"""How the tested tracks were kept apart; "all" where a finished model heard everything given."""


@dataclass(frozen=True, eq=False)
class Tested:
    """Answers on tracks that were not trained on, by one way to split.

    Parameters
    ----------
    split
        The way: "grouped", "official", "random", or "all" for all that was given to a finished
        model.
    words
        The same in words, to print beside every figure.
    groups
        What was kept on one side: ("artist", "album"); empty otherwise.
    folds
        How many times it was trained; 1 for an official split, 0 for a finished model.
    classes
        Names, in the order of the columns.
    track
        Shape (tests,): the tested tracks, as rows of the examples.
    truth
        Shape (tests,): their classes; -1 where the model does not know the class.
    probabilities
        Shape (tests, classes).
    fold
        Shape (tests,): by which training each was tested.
    group
        Shape (tests,): which tracks depend on one another; ``None`` if nothing is known.
    constant
        Shape (tests,): what always answering the commonest class of the training part gives,
        of all folds together where there are several.
    rejected
        Shape (tests,): whether the answer was "none of these", below the threshold.
    n_train
        Tracks that were trained on, the mean of the folds; ``None`` where nobody knows.
    train_accuracy
        On the tracks trained on, the mean of the folds; ``None`` for a finished model.
    seconds
        That training took, all folds together; what was heard is not counted.
    chosen
        The settings that each fold chose inside its training part.
    """

    split: SplitKind
    words: str
    groups: tuple[str, ...]
    folds: int
    classes: tuple[str, ...]
    track: Ints
    truth: Ints
    probabilities: Floats
    fold: Ints
    group: Ints | None
    constant: Ints
    rejected: NDArray[np.bool_]
    n_train: int | None
    train_accuracy: float | None
    seconds: float = 0.0
    chosen: tuple[str, ...] = ()

    @cached_property
    def scores(self) -> Scores:
        """All figures; their interval is by groups where groups are known."""
        return score(
            self.truth,
            self.probabilities,
            self.classes,
            on=self.stamp,
            constant=self.constant,
            groups=self.group,
        )

    @cached_property
    def by_class(self) -> tuple[ClassScores, ...]:
        """How each class fared."""
        return by_class(self.truth, self.probabilities, self.classes)

    @cached_property
    def bins(self) -> tuple[Bin, ...]:
        """The reliability curve."""
        return bins(self.truth, self.probabilities)

    @property
    def answer(self) -> Ints:
        """Shape (tests,): the predicted classes."""
        best: Ints = self.probabilities.argmax(axis=1)
        return best

    @property
    def gap(self) -> float | None:
        """Accuracy on what was trained on minus accuracy on what was not."""
        return None if self.train_accuracy is None else self.train_accuracy - self.scores.accuracy

    @property
    def stamp(self) -> str:
        """How the tracks were split, in words: it belongs to every figure."""
        return f"{self.words}, {self.folds} folds" if self.folds > 1 else self.words

    @property
    def brief(self) -> str:
        """The same in a few words, where there is little room."""
        words = "random split" if self.split == "random" else self.words
        return f"{words}, {self.folds} folds" if self.folds > 1 else words

    @property
    def accuracy_accepted(self) -> float | None:
        """Share of right answers among those that were not "none of these"."""
        accepted = ~self.rejected
        return float((self.answer == self.truth)[accepted].mean()) if accepted.any() else None

    def mistakes(self, n: int) -> Ints:
        """Return the worst wrong answers, rows of the tests: surest of the wrong class first."""
        wrong = np.flatnonzero(self.answer != self.truth)
        surest = np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")
        return wrong[surest[:n]]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        scores = self.scores
        return {
            "split": self.split,
            "groups": list(self.groups),
            "folds": self.folds,
            "stamp": self.stamp,
            "accuracy": short(scores.accuracy),
            "accuracy_interval": None
            if scores.interval is None
            else [short(end) for end in scores.interval],
            "macro_f1": short(scores.macro_f1),
            "log_loss": short(scores.log_loss),
            "ece": short(scores.calibration_error),
            "baseline": short(scores.baseline),
            "train_accuracy": short(self.train_accuracy),
            "gap": short(self.gap),
            "rejected": short(self.rejected.mean()),
            "accuracy_accepted": short(self.accuracy_accepted),
            "n_train": self.n_train,
            "n_test": len(self.truth),
        }


def short(number: float | None) -> float | None:
    """Return a number as JSON shall show it."""
    return None if number is None else round(float(number), 6)


def in_words(settings: Mapping[str, object]) -> str:
    """Write settings on one line, sorted by name.

    Examples
    --------
    >>> in_words({"svc__C": 1.0, "pca__n": 12})
    'pca n=12, svc C=1.0'
    """
    return ", ".join(f"{name.replace('__', ' ')}={settings[name]}" for name in sorted(settings))
