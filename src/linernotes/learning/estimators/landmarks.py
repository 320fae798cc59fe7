"""A kernel machine whose cost does not grow with the square of the tracks."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

Array = NDArray[np.floating[Any]]

# Landmarks that all but coincide differ by rounding alone. Below this eigenvalue of their kernel
# (whose diagonal is 1) nothing is made of the difference, or near copies would blow it up.
_LEAST = 1e-3


class Landmarks(TransformerMixin, BaseEstimator):
    """Nearness of a row to each of some rows that are picked at random: Nyström's approximation.

    A linear classifier on these columns draws the same curved borders as a support vector
    machine with a Gaussian kernel, whose cost grows with the square of the rows (Williams &
    Seeger, NIPS 2000).

    Parameters
    ----------
    n_components
        Number of landmarks; fewer where there are not so many rows.
    width
        Of the kernel: it falls by ``exp(-width)`` over a squared distance of one a column.
    random_state
        Picks the landmarks.

    Examples
    --------
    >>> Landmarks(n_components=9).fit_transform(np.eye(4)).shape
    (4, 4)
    """

    def __init__(
        self, *, n_components: int = 500, width: float = 0.3, random_state: int = 0
    ) -> None:
        self.n_components = n_components
        self.width = width
        self.random_state = random_state

    def fit(self, X: Array, y: object = None) -> Self:  # noqa: ARG002, N803
        """Pick the landmarks."""
        rows = np.asarray(X, np.float64)
        self.n_features_in_ = rows.shape[1]
        order = np.random.default_rng(self.random_state).permutation(len(rows))
        self.components_ = rows[np.sort(order[: self.n_components])]
        self.gamma_ = self.width / rows.shape[1]
        values, vectors = np.linalg.eigh(self._nearness(self.components_))
        self.normalization_ = (vectors / np.sqrt(np.maximum(values, _LEAST))) @ vectors.T
        return self

    def transform(self, X: Array) -> Array:  # noqa: N803
        """Return a column for each landmark, float32."""
        nearness = self._nearness(np.asarray(X, np.float64))
        columns: Array = (nearness @ self.normalization_).astype(np.float32)
        return columns

    def _nearness(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = self.components_
        squares = np.square(rows).sum(axis=1)[:, np.newaxis] + np.square(kept).sum(axis=1)
        nearness: NDArray[np.float64] = np.exp(self.gamma_ * (2 * rows @ kept.T - squares))
        return nearness
