"""Several classifiers that answer as one: the product of what each of them thinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, clone

from linernotes.learning.estimators.composition import Composition, group_parameters

#: A probability of 0 counts as this; no classifier knows that much.
LEAST = 1e-12


class Blend(ClassifierMixin, Composition):
    """A weighted sum of the logarithms of several classifiers' probabilities.

    A logarithmic opinion pool (Genest & Zidek, 1986): where one of them is sure that it is
    *not* a class, the others cannot outvote it, as they can where probabilities are averaged.

    Parameters
    ----------
    estimators
        Pairs of a name and a classifier with ``predict_proba``.
    weights
        How much each of them counts, by name: one that is too sure of itself gets less than 1.
        Those that are not named, or weigh nothing, are not even fitted. ``None`` for 1 each.

    Attributes
    ----------
    parts_
        Pairs of a weight and a fitted classifier.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> parts = [("one", GaussianNB()), ("two", GaussianNB())]
    >>> blend = Blend(parts, weights={"one": 0.5, "two": 0.5})
    >>> blend.fit([[0.0], [1], [4], [5]], ["a", "a", "b", "b"]).predict([[1.5]])
    array(['a'], dtype='<U1')
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Any]],
        *,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.estimators = estimators
        self.weights = weights

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Fit each classifier to the rows; ``groups`` goes to those that ask for it."""
        self.classes_ = np.unique(y)
        self.n_features_in_ = X.shape[1] if hasattr(X, "shape") else len(X[0])
        self.parts_: list[tuple[float, Any]] = []
        for name, estimator in self.estimators:
            weight = 1.0 if self.weights is None else self.weights.get(name, 0.0)
            if weight:
                part = clone(estimator)
                self.parts_.append((weight, part.fit(X, y, **group_parameters(part, groups))))
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the weighted sums of logarithms, (rows, classes): how sure is left open."""
        scores = np.zeros((len(X), len(self.classes_)))
        for weight, part in self.parts_:
            scores += weight * np.log(np.maximum(part.predict_proba(X), LEAST))
        return scores

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        best: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return best
