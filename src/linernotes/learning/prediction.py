"""Predictions of one track: its class, or its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.certainty import (
    NINE_OF_TEN,
    NONE_OF_THESE,
    Certainty,
    certainties,
    rejected_answers,
)
from linernotes.learning.mood import is_mood, mood_words
from linernotes.learning.targets import Target


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction of a model for one track, as a whole and over time.

    Parameters
    ----------
    model, label
        Name of the model and of the label it tells, such as ``"genre"``.
    classes
        Names of the classes, in the order of the probabilities.
    probabilities
        float32, shape (classes,), sums to one: the whole track.
    start, end
        Shape (windows,), seconds: where in the track each window lies.
    timeline
        float32, shape (windows, classes), rows sum to one: each window for
        itself. One window tells less than a track, so these are less sure.
    rejected
        Whether it is probably none of the classes: the most probable one is less
        probable than the model's threshold, or is a class of that name.
    threshold, sure_above
        The probabilities below which the model rejects, and from which nine of ten of its
        answers are right.
    contradicted
        Whether the networks' tags name another class.
    contradicted_windows
        The same of each window; ``None`` if it is not known.
    licence
        What is to be said wherever it is written, where the model hears a network under a licence
        that is not free.
    """

    model: str
    label: str
    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    timeline: NDArray[np.float32]
    rejected: bool = False
    threshold: float = 0.0
    sure_above: float = NINE_OF_TEN
    contradicted: bool = False
    contradicted_windows: NDArray[np.bool_] | None = None
    licence: str | None = None

    @property
    def certainty(self) -> Certainty:
        """Certainty of the answer."""
        return certainties(
            self.probabilities[np.newaxis],
            sure_above=self.sure_above,
            rejected=np.array([self.rejected]),
            contradicted=np.array([self.contradicted]),
        )[0]

    @property
    def answer(self) -> str:
        """The most probable class, "not sure", or "none of these"."""
        return self._class_or_doubt(self.certainty, self.probabilities)

    @property
    def answers(self) -> list[str]:
        """The same of each window."""
        words = certainties(
            self.timeline,
            sure_above=self.sure_above,
            rejected=rejected_answers(self.timeline, self.classes, self.threshold),
            contradicted=self.contradicted_windows,
        )
        return [self._class_or_doubt(*each) for each in zip(words, self.timeline, strict=True)]

    def _class_or_doubt(self, certainty: Certainty, probabilities: NDArray[np.float32]) -> str:
        if certainty in (Certainty.SURE, Certainty.LIKELY):
            return self.classes[int(probabilities.argmax())]
        return str(certainty)

    def top(self, n: int = 3) -> list[tuple[str, float]]:
        """Return the ``n`` most probable classes, best first.

        Parameters
        ----------
        n
            How many; at least 1. More than there are classes gives them all.

        Returns
        -------
        list of (str, float)
            Names and probabilities. Of equal ones the earlier class leads.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        best = np.argsort(-self.probabilities, kind="stable")[:n]
        return [(self.classes[i], float(self.probabilities[i])) for i in best]

    def nearest(self, n: int) -> list[tuple[str, float]]:
        """Return the ``n`` most probable classes as `top` does, "none of these" left out.

        Parameters
        ----------
        n
            How many.

        Returns
        -------
        list of (str, float)
            Names with their probabilities, best first.
        """
        return [each for each in self.top(n + 1) if each[0] != NONE_OF_THESE][:n]


@dataclass(frozen=True, eq=False)
class Estimate:
    """The numbers that a model tells of one track, as a whole and over time.

    Parameters
    ----------
    model, label
        Name of the model and of the label it tells, such as ``"mood"``.
    targets
        What the numbers are of, in their order.
    values
        float32, shape (targets,): the whole track.
    start, end
        Shape (windows,), seconds: where in the track each window lies.
    timeline
        float32, shape (windows, targets): each window for itself.
    rejected
        Whether another model says that this is none of what the numbers are about, such as no
        music at all. A regression cannot tell this by itself.
    licence
        As of a `Prediction`.
    """

    model: str
    label: str
    targets: tuple[Target, ...]
    values: NDArray[np.float32]
    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    timeline: NDArray[np.float32]
    rejected: bool = False
    licence: str | None = None

    @property
    def word(self) -> str | None:
        """Of a mood tense, happy, sad, calm, "not sure" or "none of these"; else ``None``."""
        if not is_mood(self.label, self.targets):
            return None
        return mood_words(self.values[np.newaxis], np.array([self.rejected]))[0]

    @property
    def intervals(self) -> NDArray[np.float64]:
        """Shape (targets, 2): between what nine of ten true values lie."""
        pairs = zip(self.targets, self.values.tolist(), strict=True)
        return np.array([target.interval(value) for target, value in pairs])

    def as_dict(self) -> dict[str, float]:
        """Return the value of each target by its name.

        Returns
        -------
        dict
            Values by the names of their targets.
        """
        pairs = zip(self.targets, self.values.tolist(), strict=True)
        return {target.name: value for target, value in pairs}
