"""The result of an evaluation, for people, for programs, and for the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.display import printable
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.scores import Ints

if TYPE_CHECKING:
    from linernotes.datasets.examples import Examples, LeftOut


@dataclass(frozen=True)
class Importance:
    """The loss without a family of features.

    Parameters
    ----------
    family
        Of what the columns are: "mfcc", "stereo_width", "embedding".
    columns
        How many.
    loss
        By how much the accuracy on tracks not trained on, or R² of numbers, falls when the
        family's values are shuffled among those tracks, the mean of the shuffles.
    spread
        Its standard deviation over shuffles.
    """

    family: str
    columns: int
    loss: float
    spread: float


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy that so many tracks to train on give.

    Parameters
    ----------
    tracks
        Trained on, the mean of the folds.
    accuracy, interval
        On the tracks not trained on; R² of numbers.
    train_accuracy
        On those trained on.
    """

    tracks: int
    accuracy: float
    interval: tuple[float, float]
    train_accuracy: float


@dataclass(frozen=True, eq=False)
class Diagnostics:
    """Diagnostics that the page shows beyond the figures, since they take longer to compute.

    Parameters
    ----------
    importance
        Of families of features, most important first.
    curve
        The learning curve, fewest tracks first.
    coordinates
        float32, shape (points, 2), from 0 to 1: where tested tracks lie on a plane.
    projected
        Shape (points,): which of the tests they are.
    notes
        What could not be computed and why, in sentences.
    """

    importance: tuple[Importance, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    coordinates: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    projected: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """An evaluation: how good a recipe or a model is, and how far to believe it.

    Parameters
    ----------
    recipe
        Name of the recipe, or of the model.
    finished
        Whether a finished model was tested, rather than a recipe trained on the way.
    examples
        The labelled tracks; `Predictions.track` numbers its rows.
    predictions
        The headline.
    beside
        The same by another way to split, most often the random one, to compare with.
    leaks
        What may have told the answer across the split, in sentences.
    unknown
        What cannot be known about it, in sentences.
    warnings
        What else a person should know.
    left_out
        Tracks that could not be used.
    random_state
        Of everything left to chance.
    diagnose
        Computes what only the page shows; ``None`` where nothing more can be computed.
    """

    recipe: str
    finished: bool
    examples: Examples
    predictions: Predictions | NumberPredictions
    beside: Predictions | NumberPredictions | None = None
    leaks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    random_state: int = 0
    diagnose: Callable[[], Diagnostics] | None = field(default=None, repr=False)

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """Diagnostics that only the page shows; computed when they are first asked for."""
        return Diagnostics() if self.diagnose is None else self.diagnose()

    @property
    def accuracy(self) -> float:
        """Share of right answers.

        Raises
        ------
        ValueError
            Numbers were told, of which none is just right: see ``predictions.scores``.
        """
        if isinstance(self.predictions, NumberPredictions):
            raise ValueError("numbers are near or far, not right or wrong: use .predictions.scores")
        return self.predictions.scores.accuracy

    def as_dict(self) -> dict[str, Any]:
        """Return everything that is not about a single track, ready for JSON.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        predictions = self.predictions
        return {
            "recipe": self.recipe,
            "finished_model": self.finished,
            "label": self.examples.label,
            "tells": self.examples.label_kind,
            "data": self.examples.name,
            "seed": self.random_state,
            **predictions.as_dict(),
            **predictions.details_as_dict(),
            "chosen": list(predictions.chosen),
            "train_seconds": round(predictions.seconds, 3),
            "beside": None if self.beside is None else self.beside.as_dict(),
            "leaks": list(self.leaks),
            "unknown": list(self.unknown),
            "warnings": list(self.warnings),
            "left_out": [
                {"name": each.name, "code": each.code, "message": each.message}
                for each in self.left_out
            ],
        }

    def lines(self) -> list[str]:
        """Return the figures as lines of plain text for a person.

        Returns
        -------
        list of str
            The headline first.
        """
        predictions, examples = self.predictions, self.examples
        what = "model" if self.finished else "recipe"
        trained = "" if predictions.n_train is None else f", trained on {predictions.n_train:,}"
        lines = [
            printable(
                f"{what} {self.recipe} on {examples.name}: "
                f"{_once(examples.label, predictions.subject)}"
            ),
            *predictions.lines(f"{len(predictions.truth):,} tracks tested{trained}"),
        ]
        if self.beside is not None:
            lines += ["", *self.beside.lines("for comparison")]
        # Before the table, which is long: whoever reads no further has read this.
        lines += _headed("Warnings", self.warnings)
        lines += _headed("What may have leaked", self.leaks)
        lines += ["", *predictions.table()]
        lines += _headed("What cannot be known", self.unknown)
        return lines


def _once(label: str, subject: str) -> str:
    """Join what was learned and what is told of it, where that does not begin with it."""
    return subject if subject.startswith(f"{label} ") else f"{label}, {subject}"


def _headed(heading: str, sentences: Sequence[str]) -> list[str]:
    return ["", f"{heading}:", *(f"  {printable(each)}" for each in sentences)] if sentences else []
