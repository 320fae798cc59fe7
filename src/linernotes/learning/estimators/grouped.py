"""Which estimators want to know whose track a row is."""

from __future__ import annotations

import inspect
from typing import Any


def group_parameters(estimator: Any, groups: Any) -> dict[str, Any]:
    """Return what to hand to ``fit`` so that whoever wants to know the groups of the rows does.

    Parameters
    ----------
    estimator
        A scikit-learn estimator, or a pipeline of some.
    groups
        The group of each row, or ``None``.

    Returns
    -------
    dict
        Keyword arguments of ``fit``; empty where nobody wants to know.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from linernotes.learning.estimators.within_class_whitening import WithinClassWhitening
    >>> group_parameters(make_pipeline(WithinClassWhitening(), LogisticRegression()), [7, 8])
    {'withinclasswhitening__groups': [7, 8]}
    """
    if hasattr(estimator, "steps"):
        return {
            f"{name}__{parameter}": value
            for name, step in estimator.steps
            for parameter, value in group_parameters(step, groups).items()
        }
    wants = "groups" in inspect.signature(estimator.fit).parameters
    return {"groups": groups} if wants else {}
