"""Recipes for labels that are numbers.

They hear what our recipes for classes hear, which is what a library keeps of each track.
"""

from __future__ import annotations

from typing import Any

from linernotes.learning.input_spec import InputSpec
from linernotes.learning.inputs import find_input
from linernotes.learning.recipe import Recipe

INPUT_SPEC = InputSpec(("embedding", "tags", "descriptors"))

_TAGS = (
    find_input("embedding").columns,
    find_input("embedding").columns + find_input("tags").columns,
)

# Good for some hundred tracks; more of them bear less, and fewer need more.
_RIDGE, _CURVED = 600.0, 0.2


def _ridge(*, random_state: int = 0) -> Any:  # noqa: ARG001 - nothing in it is left to chance
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline

    return Pipeline([("tidied", _tidied()), ("linear", Ridge(_RIDGE))])


def _curved(*, random_state: int = 0) -> Any:
    from sklearn.pipeline import Pipeline

    return Pipeline([("tidied", _tidied()), *_curves(random_state)])


def _numbers(*, random_state: int = 0) -> Any:
    """Return the mean of a linear and a curved regression, or one of them alone."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline

    from linernotes.learning.estimators.average import Average

    parts = [("linear", Ridge(_RIDGE)), ("curves", Pipeline(_curves(random_state)))]
    return Pipeline([("tidied", _tidied()), ("average", Average(parts))])


def _tidied() -> Any:
    from linernotes.learning.estimators.preprocessing import ClippedScaler

    return ClippedScaler(start=_TAGS[0], stop=_TAGS[1])


def _curves(random_state: int) -> list[tuple[str, Any]]:
    """Return the steps of ridge regression on a Gaussian kernel, by Nyström's approximation."""
    from sklearn.linear_model import Ridge

    from linernotes.learning.estimators.landmarks import Landmarks

    return [("landmarks", Landmarks(random_state=random_state)), ("linear", Ridge(_CURVED))]


RECIPES = (
    Recipe(
        name="numbers",
        input_spec=INPUT_SPEC,
        estimator=_numbers,
        search=tuple(
            {
                "average__weights": weights,
                "average__linear__alpha": ridge,
                "average__curves__linear__alpha": curved,
            }
            for weights, ridge, curved in (
                ((0.5, 0.5), 600.0, 0.2),
                ((0.5, 0.5), 100.0, 0.03),
                ((0.5, 0.5), 3000.0, 1.0),
                ((1.0, 0.0), 600.0, 0.2),
                ((0.0, 1.0), 600.0, 0.2),
            )
        ),
        model="ridge regression and ridge regression on Nyström landmarks, averaged, or one alone",
        label_kind="numbers",
    ),
    Recipe(
        name="ridge",
        input_spec=INPUT_SPEC,
        estimator=_ridge,
        search=tuple({"linear__alpha": alpha} for alpha in (_RIDGE, 30.0, 100.0, 3000.0)),
        model="ridge regression",
        label_kind="numbers",
    ),
    Recipe(
        name="curved",
        input_spec=INPUT_SPEC,
        estimator=_curved,
        search=tuple({"linear__alpha": alpha} for alpha in (_CURVED, 0.03, 1.0)),
        model="ridge regression on Nyström landmarks, whose surface may be curved",
        label_kind="numbers",
    ),
)
