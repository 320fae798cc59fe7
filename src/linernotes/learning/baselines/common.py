"""Estimators that several recipes share."""

from __future__ import annotations

from typing import Any


def support_vectors(*, random_state: int = 0) -> Any:
    """Return a support vector machine of standardised columns; nothing in it is left to chance.

    It has no ``predict_proba``: its decision scores, one class against the rest, are left to
    calibration on held-out rows, which is what its own probabilities would be made by too, at
    five times the work.

    Returns
    -------
    Pipeline
        Not fitted yet.
    """
    del random_state
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from linernotes.learning.baselines.support_vectors import SupportVectors

    return Pipeline([("scaler", StandardScaler()), ("machine", SupportVectors(cache_size=500))])


def logistic_regression(*, random_state: int = 0) -> Any:
    """Return a logistic regression of standardised columns; nothing is left to chance.

    Returns
    -------
    Pipeline
        Not fitted yet.
    """
    del random_state
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline(
        [("scaler", StandardScaler()), ("regression", LogisticRegression(max_iter=5000))]
    )
