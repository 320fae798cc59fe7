"""The 518 statistics of the FMA data set, and the models that were compared on them.

M. Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017. The figures are those of
a later comparison on FMA small: 8 genres of 1000 clips, where chance is right in 12.5 %.
"""

from __future__ import annotations

from typing import Any

from linernotes.features import names
from linernotes.learning.estimators.common import logistic_regression
from linernotes.learning.hearing import Clips, Hearing
from linernotes.learning.recipe import Recipe

_HEARING = Hearing(("fma",), Clips(30.0))
_REGULARISATION = tuple({"regression__C": c} for c in (0.1, 0.01, 1.0))


def _cepstrum_regression(*, seed: int = 0) -> Any:
    from linernotes.learning.estimators.columns import ColumnRange

    columns = [index for index, name in enumerate(names("fma")) if name.startswith("mfcc_")]
    pipeline = logistic_regression(seed=seed)
    pipeline.steps.insert(0, ("columns", ColumnRange(columns[0], columns[-1] + 1)))
    return pipeline


# Trees ask whether a value lies above another one: to standardise would change nothing.


def _forest(*, seed: int = 0) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=200, random_state=seed)


def _gradient_boosting(*, seed: int = 0) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    # Every question is chosen among a few columns: among all 518, training takes minutes.
    return GradientBoostingClassifier(n_estimators=60, max_features="sqrt", random_state=seed)


def _ada_boost(*, seed: int = 0) -> Any:
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=2, max_features=64)
    return AdaBoostClassifier(tree, n_estimators=100, random_state=seed)


def _neighbours(*, seed: int = 0) -> Any:
    del seed
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from linernotes.learning.estimators.neighbours import Neighbours

    return Pipeline([("scaler", StandardScaler()), ("neighbours", Neighbours())])


RECIPES = (
    Recipe(
        name="fma-logreg",
        hearing=_HEARING,
        estimator=logistic_regression,
        model="logistic regression",
        reproduces="logistic regression on FMA small: 57.7 % of 8 genres",
        search=_REGULARISATION,
    ),
    Recipe(
        name="fma-forest",
        hearing=_HEARING,
        estimator=_forest,
        model="random forest of 200 trees",
        reproduces="random forest on FMA small: 42.4 % of 8 genres",
        search=({"min_samples_leaf": 1}, {"min_samples_leaf": 3}),
    ),
    Recipe(
        name="fma-gboost",
        hearing=_HEARING,
        estimator=_gradient_boosting,
        model="gradient boosting, 60 trees a class",
        reproduces="gradient boosting on FMA small: 48.2 % of 8 genres",
    ),
    Recipe(
        name="fma-adaboost",
        hearing=_HEARING,
        estimator=_ada_boost,
        model="AdaBoost of 100 small trees",
        reproduces="AdaBoost on FMA small: 42.3 % of 8 genres",
        search=({"learning_rate": 1.0}, {"learning_rate": 0.3}),
    ),
    Recipe(
        name="fma-knn",
        hearing=_HEARING,
        estimator=_neighbours,
        model="nearest neighbours",
        reproduces="nearest neighbours on FMA small: 46.8 % of 8 genres",
        search=tuple({"neighbours__n_neighbors": count} for count in (5, 1, 3, 9, 15, 25)),
    ),
    Recipe(
        name="mfcc-logreg",
        hearing=_HEARING,
        estimator=_cepstrum_regression,
        model="logistic regression of the 140 statistics of the cepstrum",
        reproduces="logistic regression of the cepstrum on FMA small: 52.2 % of 8 genres",
        search=_REGULARISATION,
    ),
)
