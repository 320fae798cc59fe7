"""A support vector machine that tells the width of its kernel."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.svm import SVC


class SupportVectors(SVC):
    """Support vectors, as `sklearn.svm.SVC` has them: its parameters, and its attributes.

    Attributes
    ----------
    gamma_
        The number that ``gamma`` came to: what "scale" and "auto" are depends on the rows.

    Examples
    --------
    >>> rows = np.array([[0.0, 0], [0, 2], [2, 0], [2, 2]])
    >>> SupportVectors().fit(rows, ["a", "a", "b", "b"]).gamma_
    0.5
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Find the rows that bear the border between the classes."""
        super().fit(X, y, sample_weight=sample_weight)
        rows = np.asarray(X, dtype=np.float64)
        width, spread = rows.shape[1], float(rows.var())
        named = {"scale": 1 / (width * spread) if spread else 1.0, "auto": 1 / width}
        self.gamma_: float = named[self.gamma] if isinstance(self.gamma, str) else self.gamma
        return self
