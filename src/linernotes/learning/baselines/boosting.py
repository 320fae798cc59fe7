"""Gradient-boosted trees of xgboost, as a scikit-learn classifier."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted


class BoostedTrees(ClassifierMixin, BaseEstimator):
    """Trees that each correct what those before them got wrong.

    T. Chen and C. Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016. Unlike
    xgboost's own classifier it treats two classes as it does more, so that there is one way to
    export them, and takes labels of any kind.

    Parameters
    ----------
    rounds
        Trees per class.
    learning_rate
        How much of the error each of them corrects.
    max_depth
        Questions on the way to a leaf, at most.
    subsample, columns_per_tree
        Shares of the rows and of the columns that a tree gets to see.
    threads
        The same trees grow with any number of them.
    random_state
        Of what they get to see.

    Attributes
    ----------
    classes_
        The classes, sorted.
    booster_
        The ``xgboost.Booster``.

    Examples
    --------
    >>> rows = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0)
    >>> trees = BoostedTrees().fit(rows, ["a"] * 20 + ["b"] * 20)  # doctest: +SKIP
    >>> trees.predict(rows[:1])  # doctest: +SKIP
    array(['a'], dtype='<U1')
    """

    def __init__(
        self,
        *,
        rounds: int = 60,
        learning_rate: float = 0.2,
        max_depth: int = 3,
        subsample: float = 0.8,
        columns_per_tree: float = 0.5,
        threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.subsample = subsample
        self.columns_per_tree = columns_per_tree
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Grow the trees.

        Raises
        ------
        ValueError
            There are fewer than two classes.
        """
        import xgboost

        values = np.asarray(X, np.float32)
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("Trees need at least two classes to tell apart.")
        self.n_features_in_ = values.shape[1]
        parameters = {
            "objective": "multi:softprob",
            "num_class": len(self.classes_),
            "eta": self.learning_rate,
            "max_depth": self.max_depth,
            "subsample": self.subsample,
            "colsample_bytree": self.columns_per_tree,
            "tree_method": "hist",
            # The same for all classes, so that it makes no difference to their softmax.
            "base_score": 0.5,
            "nthread": self.threads,
            "seed": self.random_state,
            "verbosity": 0,
        }
        data = xgboost.QuantileDMatrix(values, codes, nthread=self.threads)
        self.booster_ = xgboost.train(parameters, data, num_boost_round=self.rounds)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class, (rows, classes)."""
        check_is_fitted(self)
        found = self.booster_.inplace_predict(np.asarray(X, np.float32))
        probabilities: NDArray[np.float64] = found.astype(np.float64)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        winners: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return winners
