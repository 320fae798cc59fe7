"""The 518 statistics of the FMA data set, and the models that were compared on them.

M. Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017. The figures are those of
a later comparison on FMA small: 8 genres of 1000 clips, where chance is right in 12.5 %.
"""

from __future__ import annotations

from typing import Any

from linernotes.features import names
from linernotes.learning.baselines.common import logistic_regression
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.recipe import Recipe

_INPUT_SPEC = InputSpec(("fma",), Clips(30.0))
_REGULARISATION = tuple({"regression__C": c} for c in (0.1, 0.01, 1.0))


def _cepstrum_regression(*, random_state: int = 0) -> Any:
    from linernotes.learning.estimators.preprocessing import ColumnSelector

    columns = [index for index, name in enumerate(names("fma")) if name.startswith("mfcc_")]
    pipeline = logistic_regression(random_state=random_state)
    pipeline.steps.insert(0, ("columns", ColumnSelector(columns[0], columns[-1] + 1)))
    return pipeline


# Trees ask whether a value lies above another one: to standardise would change nothing.


def _forest(*, random_state: int = 0) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=200, random_state=random_state)


def _gradient_boosting(*, random_state: int = 0) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    # Every question is chosen among a few columns: among all 518, training takes minutes.
    return GradientBoostingClassifier(
        n_estimators=60, max_features="sqrt", random_state=random_state
    )


def _ada_boost(*, random_state: int = 0) -> Any:
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=2, max_features=64)
    return AdaBoostClassifier(tree, n_estimators=100, random_state=random_state)


def _neighbours(*, random_state: int = 0) -> Any:
    del random_state
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from linernotes.learning.baselines.neighbours import Neighbours

    return Pipeline([("scaler", StandardScaler()), ("neighbours", Neighbours())])


RECIPES = (
    Recipe(
        name="fma-logreg",
        input_spec=_INPUT_SPEC,
        estimator=logistic_regression,
        model="logistic regression",
        reproduces="logistic regression on FMA small: 57.7 % of 8 genres",
        search=_REGULARISATION,
    ),
    Recipe(
        name="fma-forest",
        input_spec=_INPUT_SPEC,
        estimator=_forest,
        model="random forest of 200 trees",
        reproduces="random forest on FMA small: 42.4 % of 8 genres",
        search=({"min_samples_leaf": 1}, {"min_samples_leaf": 3}),
    ),
    Recipe(
        name="fma-gboost",
        input_spec=_INPUT_SPEC,
        estimator=_gradient_boosting,
        model="gradient boosting, 60 trees a class",
        reproduces="gradient boosting on FMA small: 48.2 % of 8 genres",
    ),
    Recipe(
        name="fma-adaboost",
        input_spec=_INPUT_SPEC,
        estimator=_ada_boost,
        model="AdaBoost of 100 small trees",
        reproduces="AdaBoost on FMA small: 42.3 % of 8 genres",
        search=({"learning_rate": 1.0}, {"learning_rate": 0.3}),
    ),
    Recipe(
        name="fma-knn",
        input_spec=_INPUT_SPEC,
        estimator=_neighbours,
        model="nearest neighbours",
        reproduces="nearest neighbours on FMA small: 46.8 % of 8 genres",
        search=tuple({"neighbours__n_neighbors": count} for count in (5, 1, 3, 9, 15, 25)),
    ),
    Recipe(
        name="mfcc-logreg",
        input_spec=_INPUT_SPEC,
        estimator=_cepstrum_regression,
        model="logistic regression of the 140 statistics of the cepstrum",
        reproduces="logistic regression of the cepstrum on FMA small: 52.2 % of 8 genres",
        search=_REGULARISATION,
    ),
)
