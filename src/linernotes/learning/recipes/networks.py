"""Recipes that hear installed networks: made when they are asked for, since nobody has them all.

``network:clap`` learns from the embedding of one, ``network:clap+mert`` from those of two side by
side, and ``network:musicnn+clap`` is the default recipe with one more part.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from linernotes.learning.input_spec import InputSpec
from linernotes.learning.inputs import NETWORK, find_input
from linernotes.learning.recipe import LabelKind, Recipe
from linernotes.learning.recipes import ours
from linernotes.library.network_weights import SHIPPED

_STRENGTHS = (0.01, 0.001, 0.003, 0.03, 0.1, 1.0)
_RIDGES = (600.0, 30.0, 100.0, 3000.0)


def network_recipe(name: str, label_kind: LabelKind = "classes") -> Recipe:
    """Return the recipe that hears installed networks.

    Parameters
    ----------
    name
        ``"network:"`` and names of networks, joined by ``"+"``.
    label_kind
        What is to be learned.

    Returns
    -------
    Recipe
        Of that name.

    Raises
    ------
    NetworkError
        A network is not installed, or has no embedding.
    """
    networks = tuple(dict.fromkeys(name.removeprefix(NETWORK).split("+")))
    own = tuple(f"{NETWORK}{each}" for each in networks if each != SHIPPED)
    shipped = ours.INPUT_SPEC.inputs if SHIPPED in networks or not own else ()
    spec = InputSpec((*shipped, *own))
    widths = [find_input(each).columns for each in own]
    titles = ", ".join(each.removeprefix(NETWORK) for each in own)
    if label_kind == "numbers":
        return Recipe(
            name=name,
            input_spec=spec,
            estimator=_ridge,
            search=tuple({"linear__alpha": alpha} for alpha in _RIDGES),
            model=f"ridge regression on {titles or SHIPPED}",
            label_kind="numbers",
        )
    if shipped:
        first = sum(find_input(each).columns for each in shipped)
        return Recipe(
            name=name,
            input_spec=spec,
            estimator=partial(_with_networks, first=first, widths=tuple(widths)),
            parts={**ours.PARTS, **{_part(i): _choices(_part(i)) for i in range(len(widths))}},
            model=f"that of default, and logistic regression on {titles}, blended",
        )
    return Recipe(
        name=name,
        input_spec=spec,
        estimator=_linear,
        search=tuple({"linear__C": strength} for strength in _STRENGTHS),
        model=f"logistic regression on {titles}",
    )


def _part(number: int) -> str:
    return f"network{number + 1}"


def _choices(part: str) -> tuple[dict[str, object], ...]:
    return tuple({f"blend__{part}__linear__C": strength} for strength in _STRENGTHS)


def _linear(*, random_state: int = 0) -> Any:  # noqa: ARG001 - nothing in it is left to chance
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    return Pipeline([("tidied", _tidied()), ("linear", LogisticRegression(C=0.01, max_iter=1000))])


def _ridge(*, random_state: int = 0) -> Any:  # noqa: ARG001 - nothing in it is left to chance
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline

    return Pipeline([("tidied", _tidied()), ("linear", Ridge(_RIDGES[0]))])


def _with_networks(
    *,
    first: int,
    widths: tuple[int, ...],
    random_state: int = 0,
    classes: tuple[str, ...] = (),
) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from linernotes.learning.estimators.preprocessing import ColumnSelector

    pipeline = ours.default_estimator(random_state=random_state, classes=classes)
    blend = pipeline.steps[-1][1]
    parts, weights = list(blend.estimators), dict(blend.weights)
    for i, width in enumerate(widths):
        steps = [
            ("columns", ColumnSelector(first, first + width)),
            ("linear", LogisticRegression(C=0.01, tol=1e-3, max_iter=1000)),
        ]
        parts.append((_part(i), Pipeline(steps)))
        weights[_part(i)] = 1.0
        first += width
    return pipeline.set_params(blend__estimators=parts, blend__weights=weights)


def _tidied() -> Any:
    from linernotes.learning.estimators.preprocessing import ClippedScaler

    return ClippedScaler(start=0, stop=0)
