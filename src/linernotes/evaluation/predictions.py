"""Predictions on tracks that were not trained on, by one way to split, and their figures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.display import printable
from linernotes.evaluation.scores import Bin, ClassScores, Floats, Ints, bins, by_class, score
from linernotes.learning.card import Scores

_TAKEN_FOR = 3

SplitKind = Literal["grouped", "official", "random", "all"]
"""How the tested tracks were kept apart; "all" where a finished model heard everything given."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PredictionsBase(ABC):
    """Answers on tracks that were not trained on, whatever they are, by one way to split.

    Parameters
    ----------
    split
        The way: "grouped", "official", "random", or "all" for all that was given to a finished
        model.
    description
        The same in words, to print beside every figure.
    groups
        What was kept on one side: ("artist", "album"); empty otherwise.
    folds
        How many times it was trained; 1 for an official split, 0 for a finished model.
    track
        Shape (tests,): the tested tracks, as rows of the examples.
    fold
        Shape (tests,): by which training each was tested.
    group
        Shape (tests,): which tracks depend on one another; ``None`` if nothing is known.
    n_train
        Tracks that were trained on, the mean of the folds; ``None`` where nobody knows.
    seconds
        That training took, all folds together; what was heard is not counted.
    chosen
        The settings that each fold chose inside its training part.
    """

    split: SplitKind
    description: str
    groups: tuple[str, ...]
    folds: int
    track: Ints
    fold: Ints
    group: Ints | None
    n_train: int | None
    seconds: float = 0.0
    chosen: tuple[str, ...] = ()

    @property
    @abstractmethod
    def quality(self) -> float:
        """The figure to compare by: the accuracy of classes, R² of numbers."""

    @property
    @abstractmethod
    def train_quality(self) -> float | None:
        """The same on what was trained on; ``None`` for a finished model."""

    @property
    def gap(self) -> float | None:
        """The quality on what was trained on minus that on what was not."""
        return None if self.train_quality is None else self.train_quality - self.quality

    @property
    def stamp(self) -> str:
        """The split in words, which belong to every figure."""
        return f"{self.description}, {self.folds} folds" if self.folds > 1 else self.description

    @property
    def brief(self) -> str:
        """The same in a few words, where there is little room."""
        brief = "random split" if self.split == "random" else self.description
        return f"{brief}, {self.folds} folds" if self.folds > 1 else brief

    def as_dict(self) -> dict[str, Any]:
        """Return how it was split, ready for JSON."""
        return {
            "split": self.split,
            "groups": list(self.groups),
            "folds": self.folds,
            "stamp": self.stamp,
            "n_train": self.n_train,
            "n_test": len(self.track),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Predictions(PredictionsBase):
    """Classes told of tracks that were not trained on, by one way to split.

    Parameters
    ----------
    classes
        Names, in the order of the columns.
    truth
        Shape (tests,): their classes; -1 where the model does not know the class.
    probabilities
        Shape (tests, classes).
    constant
        Shape (tests,): what always answering the commonest class of the training part gives,
        of all folds together where there are several.
    rejected
        Shape (tests,): whether the answer was "none of these", below the threshold.
    train_accuracy
        On the tracks trained on, the mean of the folds; ``None`` for a finished model.
    """

    classes: tuple[str, ...]
    truth: Ints
    probabilities: Floats
    constant: Ints
    rejected: NDArray[np.bool_]
    train_accuracy: float | None

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
        """Scores of each class."""
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
    def card_scores(self) -> tuple[Scores, ...]:
        """The figures that go onto a card."""
        return (self.scores,)

    @property
    def quality(self) -> float:
        """The accuracy."""
        return self.scores.accuracy

    @property
    def quality_interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return self.scores.interval or (self.scores.accuracy, self.scores.accuracy)

    @property
    def baseline_quality(self) -> float:
        """The accuracy of always telling the commonest class."""
        return self.scores.baseline

    @property
    def train_quality(self) -> float | None:
        """The accuracy on what was trained on."""
        return self.train_accuracy

    @property
    def subject(self) -> str:
        """The classes or targets that are told, in words."""
        return f"{len(self.classes)} classes"

    @property
    def baseline_in_words(self) -> str:
        """The quality that one reaches without listening."""
        return f"baseline {self.scores.baseline:.3f}: always the commonest class"

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

    def lines(self, about: str) -> list[str]:
        """Return the figures as lines of plain text."""
        scores = self.scores
        stamp = "  [random split]" if self.split == "random" else ""
        low, high = self.quality_interval
        lines = [
            f"{self.stamp}; {about}",
            f"  accuracy {scores.accuracy:.3f} (95 %: {low:.3f} to {high:.3f}), "
            f"baseline {scores.baseline:.3f}{stamp}",
            f"  macro F1 {scores.macro_f1:.3f}, log loss {scores.log_loss:.3f}, "
            f"calibration error {scores.calibration_error:.3f}{stamp}",
        ]
        if self.train_accuracy is not None and self.gap is not None:
            lines.append(
                f"  accuracy on the tracks trained on {self.train_accuracy:.3f}, "
                f"a gap of {self.gap:+.3f}{stamp}"
            )
        if self.rejected.any() and self.accuracy_accepted is not None:
            lines.append(
                f"  none of these {self.rejected.mean():.3f}, "
                f"accuracy of the others {self.accuracy_accepted:.3f}{stamp}"
            )
        return lines

    def table(self) -> list[str]:
        """Return how each class fared, as lines of plain text."""
        rows = self.by_class
        wide = max(len("class"), *(len(printable(row.name)) for row in rows))
        lines = [f"  {'class':{wide}}  tracks  recall  precision  wrongly taken for"]
        for row in rows:
            wrong = ", ".join(f"{printable(name)} {n}" for name, n in row.taken_for[:_TAKEN_FOR])
            more = len(row.taken_for) - _TAKEN_FOR
            others = f", {more} more" if more > 0 else ""
            lines.append(
                f"  {printable(row.name):{wide}}  {row.tracks:6,}  {row.recall:6.2f}  "
                f"{row.precision:9.2f}  {wrong}{others}".rstrip()
            )
        return lines

    def cells(self) -> dict[str, str]:
        """Return the figures of a row in a table of recipes, by the heading of the column."""
        scores = self.scores
        low, high = self.quality_interval
        return {
            "accuracy": f"{scores.accuracy:.3f}",
            "95 %": f"{low:.3f} to {high:.3f}",
            "beside": "",
            "macro F1": f"{scores.macro_f1:.3f}",
            "log loss": f"{scores.log_loss:.3f}",
            "ECE": f"{scores.calibration_error:.3f}",
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        scores = self.scores
        return {
            **super().as_dict(),
            "accuracy": rounded(scores.accuracy),
            "accuracy_interval": None
            if scores.interval is None
            else [rounded(end) for end in scores.interval],
            "macro_f1": rounded(scores.macro_f1),
            "log_loss": rounded(scores.log_loss),
            "ece": rounded(scores.calibration_error),
            "baseline": rounded(scores.baseline),
            "train_accuracy": rounded(self.train_accuracy),
            "gap": rounded(self.gap),
            "rejected": rounded(self.rejected.mean()),
            "accuracy_accepted": rounded(self.accuracy_accepted),
        }

    def details_as_dict(self) -> dict[str, Any]:
        """Return what `Evaluation.as_dict` has besides: how each class fared."""
        return {
            "classes": list(self.classes),
            "per_class": [
                {
                    "class": row.name,
                    "tracks": row.tracks,
                    "precision": rounded(row.precision),
                    "recall": rounded(row.recall),
                    "f1": rounded(row.f1),
                    "taken_for": [{"class": name, "tracks": n} for name, n in row.taken_for],
                    "wrongly_found": row.wrongly_found,
                }
                for row in self.by_class
            ],
            "confusion": [list(row) for row in self.scores.confusion],
            "reliability": [
                {
                    "low": rounded(each.low),
                    "high": rounded(each.high),
                    "tracks": each.tracks,
                    "confidence": rounded(each.confidence),
                    "accuracy": rounded(each.accuracy),
                }
                for each in self.bins
            ],
        }


def rounded(number: float | None) -> float | None:
    """Return a number as JSON shall show it."""
    return None if number is None else round(float(number), 6)


def format_settings(settings: Mapping[str, object]) -> str:
    """Write settings on one line, sorted by name.

    Examples
    --------
    >>> format_settings({"svc__C": 1.0, "pca__n": 12})
    'pca n=12, svc C=1.0'
    """
    return ", ".join(f"{name.replace('__', ' ')}={settings[name]}" for name in sorted(settings))
