"""What a model says about one track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says about one track, as a whole and over time.

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
        probable than the model's threshold.
    """

    model: str
    label: str
    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    timeline: NDArray[np.float32]
    rejected: bool = False

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
