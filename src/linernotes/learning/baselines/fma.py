"""The 518 statistics of the FMA data set, and the models that were compared on them.

M. Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017. The figures are those of
a later comparison on FMA small: 8 genres of 1000 clips, where chance is right in 12.5 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linernotes.features import names
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.recipe import MOST_TRACKS, Recipe

_INPUT_SPEC = InputSpec(("fma",), Clips(30.0))
_REGULARISATION = tuple({"regression__C": c} for c in (0.1, 0.01, 1.0))


def _logistic_regression(*, random_state: int = 0) -> Any:
    """Return a logistic regression of standardised columns; nothing is left to chance."""
    del random_state
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline(
        [("scaler", StandardScaler()), ("regression", LogisticRegression(max_iter=5000))]
    )


def _cepstrum_regression(*, random_state: int = 0) -> Any:
    from linernotes.learning.estimators.preprocessing import ColumnSelector

    columns = [index for index, name in enumerate(names("fma")) if name.startswith("mfcc_")]
    pipeline = _logistic_regression(random_state=random_state)
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

    from linernotes.learning.baselines.sklearn_variants import Neighbours

    return Pipeline([("scaler", StandardScaler()), ("neighbours", Neighbours())])


def _recipe(
    name: str,
    estimator: Callable[..., Any],
    model: str,
    reproduces: str,
    *,
    search: tuple[Mapping[str, object], ...] = (),
    most_tracks: int = MOST_TRACKS,
) -> Recipe:
    return Recipe(
        name=name,
        input_spec=_INPUT_SPEC,
        estimator=estimator,
        model=model,
        reproduces=f"{reproduces} of 8 genres",
        search=search,
        most_tracks=most_tracks,
    )


RECIPES = (
    _recipe(
        "fma-logreg",
        _logistic_regression,
        "logistic regression",
        "logistic regression on FMA small: 57.7 %",
        search=_REGULARISATION,
    ),
    _recipe(
        "fma-forest",
        _forest,
        "random forest of 200 trees",
        "random forest on FMA small: 42.4 %",
        search=({"min_samples_leaf": 1}, {"min_samples_leaf": 3}),
    ),
    _recipe(
        "fma-gboost",
        _gradient_boosting,
        "gradient boosting, 60 trees a class",
        "gradient boosting on FMA small: 48.2 %",
    ),
    _recipe(
        "fma-adaboost",
        _ada_boost,
        "AdaBoost of 100 small trees",
        "AdaBoost on FMA small: 42.3 %",
        search=({"learning_rate": 1.0}, {"learning_rate": 0.3}),
    ),
    _recipe(
        "fma-knn",
        _neighbours,
        "nearest neighbours",
        "nearest neighbours on FMA small: 46.8 %",
        most_tracks=10_000,  # which it keeps
        search=tuple({"neighbours__n_neighbors": count} for count in (5, 1, 3, 9, 15, 25)),
    ),
    _recipe(
        "mfcc-logreg",
        _cepstrum_regression,
        "logistic regression of the 140 statistics of the cepstrum",
        "logistic regression of the cepstrum on FMA small: 52.2 %",
        search=_REGULARISATION,
    ),
)
