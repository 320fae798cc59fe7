"""Which estimators want to know whose track a row is."""

from __future__ import annotations

import inspect
from typing import Any


def group_parameter(estimator: Any) -> str | None:
    """Return the parameter of ``fit`` that takes the group of each row, ``None`` if there is none.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from linernotes.learning.estimators.discriminant import Discriminant
    >>> group_parameter(make_pipeline(Discriminant())), group_parameter(LogisticRegression())
    ('discriminant__groups', None)
    """
    if hasattr(estimator, "steps"):
        name, last = estimator.steps[-1]
        inner = group_parameter(last)
        return None if inner is None else f"{name}__{inner}"
    return "groups" if "groups" in inspect.signature(estimator.fit).parameters else None
