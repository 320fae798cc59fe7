"""A linear discriminant in which every artist counts as one, however many tracks there are."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from linernotes.learning.estimators.covariance import within_classes

Array = NDArray[np.floating[Any]]


class Discriminant(ClassifierMixin, BaseEstimator):
    """Gaussian classes of one covariance, shrunk, with artists as a source of variation.

    Parameters
    ----------
    start, stop
        The columns that it looks at; all of them if ``stop`` is ``None``.
    shrinkage
        Of the covariance, 0 to 1; ``None`` for that of Ledoit & Wolf (2004).

    Examples
    --------
    >>> rows = np.array([[0.0, 0], [1, 1], [5, 0], [6, 1]])
    >>> model = Discriminant(shrinkage=0.5).fit(rows, ["a", "a", "b", "b"])
    >>> model.predict([[0.5, 1], [5.5, 0]])
    array(['a', 'b'], dtype='<U1')
    """

    def __init__(
        self,
        *,
        start: int = 0,
        stop: int | None = None,
        shrinkage: float | None = None,
    ) -> None:
        self.start = start
        self.stop = stop
        self.shrinkage = shrinkage

    def fit(self, X: Array, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Estimate the classes.

        Parameters
        ----------
        X
            Shape (rows, columns).
        y
            Class of each row.
        groups
            Artist of each row, as integers; every row its own if not given.
        """
        rows = np.asarray(X, np.float64)
        self.n_features_in_ = rows.shape[1]
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("There is only one class; nothing can be told apart.")
        values = rows[:, self.start : self.stop]
        known = None if groups is None else np.asarray(groups)
        within = within_classes(values, target, known, shrinkage=self.shrinkage)
        self.shrinkage_ = within.shrinkage
        inner = np.linalg.solve(within.covariance, within.centres.T).T
        self.intercept_ = -0.5 * np.einsum("ij,ij->i", inner, within.centres)
        self.coef_ = np.zeros((len(self.classes_), self.n_features_in_))
        self.coef_[:, self.start : self.stop] = inner
        return self

    def decision_function(self, X: Array) -> NDArray[np.float64]:  # noqa: N803
        """Return the logarithm of each class's density, up to a constant: (rows, classes)."""
        scores: NDArray[np.float64] = np.asarray(X, np.float64) @ self.coef_.T + self.intercept_
        return scores

    def predict_proba(self, X: Array) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class where all are as likely beforehand."""
        probabilities: NDArray[np.float64] = softmax(self.decision_function(X), axis=1)
        return probabilities

    def predict(self, X: Array) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        best: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return best
