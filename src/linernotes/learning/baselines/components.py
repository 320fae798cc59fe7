"""Principal components, fewer where there are not enough rows for so many."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA


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
