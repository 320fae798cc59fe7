"""Nearest neighbours, fewer where there are not enough rows for so many."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier


class Neighbours(KNeighborsClassifier):
    """A vote of the nearest rows: at most half of all there are.

    Of more than half, the most frequent class would always win. Parameters and attributes are
    those of `sklearn.neighbors.KNeighborsClassifier`, of which only ``n_neighbors`` is heeded;
    ``n_neighbors_`` is how many vote, ``rows_`` what they were fitted to, and ``targets_`` the
    numbers of its classes.

    Examples
    --------
    >>> rows, classes = np.array([[0.0], [1], [10], [11]]), np.array([0, 0, 1, 1])
    >>> model = Neighbours(n_neighbors=5).fit(rows, classes)
    >>> model.n_neighbors_, model.predict_proba([[2]])
    (2, array([[1., 0.]]))
    """

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Keep the rows."""
        super().fit(X, y)
        self.rows_ = np.asarray(X)
        self.targets_ = np.searchsorted(self.classes_, y)
        self.n_neighbors_ = max(1, min(self.n_neighbors, len(X) // 2))
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return each class's share of the vote."""
        nearest = self.kneighbors(X, self.n_neighbors_, return_distance=False)
        votes: NDArray[np.float64] = np.eye(len(self.classes_))[self.targets_[nearest]].mean(axis=1)
        return votes

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the class with most votes; of equal ones, the first."""
        winners: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return winners
