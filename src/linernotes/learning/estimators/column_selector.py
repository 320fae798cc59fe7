"""Taking some of the columns that lie side by side, for the parts of an ensemble."""

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
