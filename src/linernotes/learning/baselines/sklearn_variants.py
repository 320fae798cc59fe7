"""Estimators of scikit-learn, changed in one respect each."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC


class Components(TransformerMixin, BaseEstimator):
    """At most so many principal components: no more than rows or columns allow.

    Parameters
    ----------
    n_components
        How many.
    random_state
        Of the search for them among very many columns.

    Attributes
    ----------
    pca_
        The fitted ``sklearn.decomposition.PCA``.

    Examples
    --------
    >>> Components(12).fit_transform(np.eye(5)).shape
    (5, 5)
    """

    def __init__(self, n_components: int = 12, *, random_state: int = 0) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ARG002, N803
        """Find the components."""
        self.n_features_in_ = X.shape[1]
        components = min(self.n_components, *X.shape)
        self.pca_ = PCA(components, random_state=self.random_state).fit(X)
        return self

    def transform(self, X: Any) -> NDArray[np.floating[Any]]:  # noqa: N803
        """Return the components of rows."""
        found: NDArray[np.floating[Any]] = self.pca_.transform(X)
        return found


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
