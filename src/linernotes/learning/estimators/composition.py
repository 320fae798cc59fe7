"""Estimators that are made of others: their settings, and the groups of rows for those that ask."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Self

from sklearn.base import BaseEstimator


class Composition(BaseEstimator):
    """Estimators with a name each, whose settings are reached by ``name__setting``.

    Parameters
    ----------
    estimators
        Pairs of a name and an estimator.
    """

    estimators: Sequence[tuple[str, Any]]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the settings; if deep, the estimators by their names and their settings too."""
        settings: dict[str, Any] = super().get_params(deep=False)
        if deep:
            for name, estimator in self.estimators:
                settings[name] = estimator
                own = estimator.get_params(deep=True)
                settings |= {f"{name}__{key}": value for key, value in own.items()}
        return settings

    def set_params(self, **settings: Any) -> Self:
        """Change settings, exchange estimators by their names, then change settings of these."""
        if "estimators" in settings:
            self.estimators = settings.pop("estimators")
        names = [name for name, _ in self.estimators]
        others = {name: settings.pop(name) for name in names if name in settings}
        if others:
            self.estimators = [(name, others.get(name, kept)) for name, kept in self.estimators]
        super().set_params(**settings)
        return self


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
    >>> from linernotes.learning.estimators.covariance import WithinClassWhitening
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
