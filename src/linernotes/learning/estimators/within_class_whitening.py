"""Columns turned and scaled so that tracks of one class lie in a round cloud."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from linernotes.learning.estimators.covariance import within_classes

Array = NDArray[np.floating[Any]]


class WithinClassWhitening(TransformerMixin, BaseEstimator):
    """Columns in which tracks of one class vary alike in all directions.

    What differs much within classes tells little, and is made small; whatever comes after, a
    distance or a penalty on weights, then treats all directions alike for a reason.

    Parameters
    ----------
    shrinkage
        Of the covariance within classes, 0 to 1; ``None`` for that of Ledoit & Wolf (2004).

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(500, 2)) * [1, 9]
    >>> white = WithinClassWhitening(shrinkage=0.0).fit_transform(rows, np.arange(500) % 2)
    >>> bool(np.allclose(*white.std(axis=0), rtol=0.01))
    True
    """

    def __init__(self, *, shrinkage: float | None = None) -> None:
        self.shrinkage = shrinkage

    def fit(self, X: Array, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Estimate the covariance; ``groups`` tells the artist of each row."""
        rows = np.asarray(X, np.float64)
        self.n_features_in_ = rows.shape[1]
        target = np.unique(y, return_inverse=True)[1]
        known = None if groups is None else np.asarray(groups)
        within = within_classes(rows, target, known, shrinkage=self.shrinkage)
        spread, turned = np.linalg.eigh(within.covariance)
        size = np.trace(within.covariance) / len(spread)
        self.matrix_ = (turned * np.sqrt(size / spread)) @ turned.T
        return self

    def transform(self, X: Array) -> Array:  # noqa: N803
        """Return the columns, float32."""
        white: Array = (np.asarray(X, np.float64) @ self.matrix_).astype(np.float32)
        return white
