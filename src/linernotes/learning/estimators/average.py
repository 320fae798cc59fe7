"""Several regressors that answer as one: the mean of what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin, clone

from linernotes.learning.estimators.composition import Composition


class Average(RegressorMixin, Composition):
    """A weighted mean of regressors, of one target or of several.

    Parameters
    ----------
    estimators
        Pairs of a name and a regressor.
    weights
        How much each of them counts, together 1; one of weight 0 is not even fitted. All alike
        if not given.

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> parts = [("one", DummyRegressor()), ("two", DummyRegressor(strategy="median"))]
    >>> Average(parts).fit([[0.0], [0], [0]], [0.0, 1.0, 5.0]).predict([[0.0]])
    array([1.5])
    """

    def __init__(
        self, estimators: Sequence[tuple[str, Any]], *, weights: Sequence[float] = ()
    ) -> None:
        self.estimators = estimators
        self.weights = weights

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Fit each regressor that counts to the rows."""
        weights = self.weights or (1 / len(self.estimators),) * len(self.estimators)
        self.n_features_in_ = X.shape[1] if hasattr(X, "shape") else len(X[0])
        self.n_outputs_ = 1 if np.ndim(y) == 1 else np.shape(y)[1]
        self.parts_ = [
            (weight, clone(estimator).fit(X, y))
            for weight, (_, estimator) in zip(weights, self.estimators, strict=True)
            if weight
        ]
        return self

    def predict(self, X: Any) -> NDArray[np.floating[Any]]:  # noqa: N803
        """Return the mean of what they tell, of the shape of the targets."""
        values: NDArray[np.floating[Any]] = sum(
            (weight * np.asarray(part.predict(X)) for weight, part in self.parts_),
            start=np.zeros(1),
        )
        return values
