"""Rows that hold several pictures: each is learned from, and heard, by itself."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted


class Pictures(ClassifierMixin, BaseEstimator):
    """A classifier of single pictures, for rows of several; it tells their mean probability.

    Black pictures, those beyond the end of a short clip, are neither learned from nor asked;
    of a row that is black all over, all are asked.

    Parameters
    ----------
    estimator
        A classifier of one picture.
    count
        How many pictures lie one after the other in a row.

    Attributes
    ----------
    classes_
        The classes, sorted.
    estimator_
        The fitted classifier.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> rows = np.array([[1, 2, 3, 0], [7, 8, 9, 9]], np.float32)
    >>> model = Pictures(LogisticRegression(), 4).fit(rows, [0, 1])
    >>> model.estimator_.n_features_in_, model.predict(rows)
    (1, array([0, 1]))
    """

    def __init__(self, estimator: Any = None, count: int = 1) -> None:
        self.estimator = estimator
        self.count = count

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Fit to rows.

        Raises
        ------
        ValueError
            The columns are not the same for each picture.
        """
        values = np.asarray(X, np.float32)
        self.n_features_in_ = values.shape[1]
        if self.n_features_in_ % self.count:
            raise ValueError(f"{self.n_features_in_} columns are not {self.count} equal pictures.")
        pictures, seen = self._apart(values)
        targets = np.repeat(np.asarray(y), self.count)
        self.classes_ = np.unique(targets)
        # Each class keeps at least a picture, for a row that is black all over keeps all.
        self.estimator_ = clone(self.estimator).fit(pictures[seen], targets[seen])
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the mean probability of each class, (rows, classes)."""
        check_is_fitted(self)
        pictures, seen = self._apart(np.asarray(X, np.float32))
        weights = seen.reshape(-1, self.count, 1)
        found = self.estimator_.predict_proba(pictures)
        found = found.reshape(-1, self.count, len(self.classes_))
        probabilities: NDArray[np.float64] = (found * weights).sum(axis=1) / weights.sum(axis=1)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        winners: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return winners

    def _apart(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return all pictures, and which of them count."""
        pictures = values.reshape(len(values) * self.count, -1)
        seen = pictures.max(axis=1) > 0
        rows = seen.reshape(-1, self.count)
        rows[~rows.any(axis=1)] = True
        return pictures, seen
