"""Columns brought to one scale, probabilities as logarithms, and nothing far out."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

Array = NDArray[np.floating[Any]]


class ClippedScaler(TransformerMixin, BaseEstimator):
    """Standardised columns, cut off where a single odd track would outweigh all others.

    Parameters
    ----------
    start, stop
        Columns that hold probabilities; the logarithm of them is taken first, since the step
        from 1 to 2 % says as much as that from 10 to 20 %.
    offset
        Added to the probabilities before, so that nothing is infinitely improbable.
    limit
        Standard deviations at which values are cut off.

    Examples
    --------
    >>> values = np.array([[0.0], [0.0], [0.0], [9.0]])
    >>> ClippedScaler(limit=1.0).fit_transform(values).ravel().round(2)
    array([-0.58, -0.58, -0.58,  1.  ], dtype=float32)
    """

    def __init__(
        self, *, start: int = 0, stop: int = 0, offset: float = 1e-3, limit: float = 4.0
    ) -> None:
        self.start = start
        self.stop = stop
        self.offset = offset
        self.limit = limit

    def fit(self, X: Array, y: object = None) -> Self:  # noqa: ARG002, N803
        """Learn each column's mean and standard deviation."""
        values = self._logarithmic(X)
        self.n_features_in_ = values.shape[1]
        self.mean_ = values.mean(axis=0)
        deviation = values.std(axis=0)
        # A column that never changes tells nothing, not even when it does for once.
        still = deviation <= 1e-6 * np.maximum(1.0, np.abs(self.mean_))
        self.factor_ = np.where(still, 0.0, 1 / np.where(still, 1.0, deviation))
        return self

    def transform(self, X: Array) -> Array:  # noqa: N803
        """Return the columns, float32: half the work for whoever learns from them."""
        scaled = (self._logarithmic(X) - self.mean_) * self.factor_
        tidy: Array = np.clip(scaled, -self.limit, self.limit).astype(np.float32)
        return tidy

    def _logarithmic(self, rows: Array) -> NDArray[np.float64]:
        values = np.array(rows, np.float64)
        part = slice(self.start, self.stop)
        values[:, part] = np.log(np.maximum(values[:, part], 0) + self.offset)
        return values
