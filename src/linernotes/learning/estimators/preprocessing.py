"""Transformers of columns: some of them, or all brought to one scale."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class ColumnSelector(TransformerMixin, BaseEstimator):
    """Columns from a first to a last one.

    Parameters
    ----------
    start, stop
        The first column, and the one behind the last.

    Examples
    --------
    >>> ColumnSelector(1, 3).fit_transform(np.array([[1, 2, 3, 4]], np.float32))
    array([[2., 3.]], dtype=float32)
    """

    def __init__(self, start: int = 0, stop: int = 1) -> None:
        self.start = start
        self.stop = stop

    def fit(self, X: NDArray[np.floating[Any]], y: object = None) -> Self:  # noqa: ARG002, N803
        """Check that there are such columns.

        Raises
        ------
        ValueError
            There are not so many.
        """
        self.n_features_in_ = X.shape[1]
        if not 0 <= self.start < self.stop <= self.n_features_in_:
            raise ValueError(
                f"There are {self.n_features_in_} columns, and none from {self.start} to "
                f"{self.stop}."
            )
        return self

    def transform(self, X: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:  # noqa: N803
        """Return the columns, without copying them."""
        return X[:, self.start : self.stop]


Array = NDArray[np.floating[Any]]

# Columns that are exact at once: all of them, of very many rows, would fill the memory.
_COLUMNS = 64


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
        self.n_features_in_ = X.shape[1]
        self.mean_, deviation = np.empty(X.shape[1]), np.empty(X.shape[1])
        for first in range(0, X.shape[1], _COLUMNS):
            some = slice(first, first + _COLUMNS)
            values = self._logarithmic(X, some)
            self.mean_[some], deviation[some] = values.mean(axis=0), values.std(axis=0)
        # A column that never changes tells nothing, not even when it does for once.
        still = deviation <= 1e-6 * np.maximum(1.0, np.abs(self.mean_))
        self.factor_ = np.where(still, 0.0, 1 / np.where(still, 1.0, deviation))
        return self

    def transform(self, X: Array) -> Array:  # noqa: N803
        """Return the columns, float32: half the work for whoever learns from them."""
        tidy = np.empty((len(X), X.shape[1]), np.float32)
        for first in range(0, X.shape[1], _COLUMNS):
            some = slice(first, first + _COLUMNS)
            scaled = (self._logarithmic(X, some) - self.mean_[some]) * self.factor_[some]
            tidy[:, some] = np.clip(scaled, -self.limit, self.limit)
        return tidy

    def _logarithmic(self, rows: Array, some: slice) -> NDArray[np.float64]:
        """Return some columns, of probabilities the logarithm."""
        values = np.array(rows[:, some], np.float64)
        part = slice(max(0, self.start - some.start), max(0, self.stop - some.start))
        values[:, part] = np.log(np.maximum(values[:, part], 0) + self.offset)
        return values
