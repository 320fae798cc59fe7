"""The numbers that a regression tells of one track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.mood import mood_words, tells_mood
from linernotes.learning.targets import Target


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
    """

    model: str
    label: str
    targets: tuple[Target, ...]
    values: NDArray[np.float32]
    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    timeline: NDArray[np.float32]
    rejected: bool = False

    @property
    def word(self) -> str | None:
        """Of a mood tense, happy, sad, calm, "not sure" or "none of these"; else ``None``."""
        if not tells_mood(self.label, self.targets):
            return None
        return mood_words(self.values[np.newaxis], np.array([self.rejected]))[0]

    @property
    def intervals(self) -> NDArray[np.float64]:
        """Shape (targets, 2): between what nine of ten true values lie."""
        told = zip(self.targets, self.values.tolist(), strict=True)
        return np.array([target.interval(value) for target, value in told])

    def as_dict(self) -> dict[str, float]:
        """Return the value of each target by its name.

        Returns
        -------
        dict
            Values by the names of their targets.
        """
        told = zip(self.targets, self.values.tolist(), strict=True)
        return {target.name: value for target, value in told}
