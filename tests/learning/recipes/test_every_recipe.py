"""Each recipe learns, gives the same numbers again, and its graph gives those very numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import is_regressor

from linernotes.learning.inputs import find_input
from linernotes.learning.onnx.converters import register_converters
from linernotes.learning.recipe import Recipe, find_recipe, list_recipes
from linernotes.networks.runtime import onnx_session

# What arithmetic and trees need. No loops, no subgraphs, no operators of anybody's own.
OPERATORS = {
    "Abs", "Add", "AveragePool", "Cast", "Clip", "Concat", "Conv", "Div", "Exp", "Gather", "Gemm",
    "Greater", "Identity", "Less", "Log", "MatMul", "MaxPool", "Mul", "ReduceMax", "ReduceMean",
    "ReduceSum", "Relu", "Reshape", "Slice", "Softmax", "Sub", "Sum", "TopK",
    "LinearClassifier", "Normalizer", "Scaler", "TreeEnsembleClassifier",
}  # fmt: skip


def recipe_of(name: str) -> Recipe:
    recipe = find_recipe(name)
    if recipe.missing:
        pytest.skip(f"needs the extra {recipe.missing[0]}, which is not installed")
    return recipe


def matrix(
    recipe: Recipe, rows: int, classes: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Rows of every size and scale, whose classes can be told but not without fail."""
    rng = np.random.default_rng(7)
    columns = sum(find_input(name).columns for name in recipe.input_spec.inputs)
    target = np.arange(rows) % classes
    values = rng.normal(size=(rows, columns)) * rng.gamma(1.0, 2.0, columns)
    values += rng.normal(size=columns)
    values[:, ::3] += 0.3 * target[:, np.newaxis]
    if "tags" in recipe.input_spec.inputs:
        values = np.abs(values) / 100
    if "log_spectrogram" in recipe.input_spec.inputs:
        values[:4, -20_000:] = 0  # a short clip's last pictures are black
        values[4, -50_000:] = 0
    return values.astype(np.float32), target


def answers(estimator: Any, values: NDArray[np.float32]) -> NDArray[np.float64]:
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(values))
    scores = np.asarray(estimator.decision_function(values))
    return np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores


def graph_of(estimator: Any, columns: int) -> Any:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    register_converters()
    options = {} if is_regressor(estimator) else {"zipmap": False}
    if options and not hasattr(estimator, "predict_proba"):
        options["raw_scores"] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of skl2onnx, on what scikit-learn has planned
        return to_onnx(
            estimator,
            initial_types=[("features", FloatTensorType([None, columns]))],
            target_opset={"": 18, "ai.onnx.ml": 3},
            options={id(estimator): options},
        )


def operators_behind(graph: Any, output: str) -> set[str]:
    needed, found = {output}, set()
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            found.add(node.op_type)
    return found


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", list_recipes("classes"))
@pytest.mark.slow
def test_the_graph_answers_as_the_estimator_does(name: str, classes: int) -> None:
    recipe = recipe_of(name)
    values, target = matrix(recipe, 60, classes)
    estimator = recipe.make(random_state=1).fit(values[:40], target[:40])
    made = graph_of(estimator, values.shape[1])
    output = made.graph.output[1].name
    assert operators_behind(made.graph, output) <= OPERATORS
    # Most rows were not learned from, and some of those that were come again.
    session = onnx_session(made.SerializeToString(), optimise=False)
    (found,) = session.run([output], {"features": values[20:]})
    np.testing.assert_allclose(found, answers(estimator, values[20:]), atol=1e-4)
    (alone,) = session.run([output], {"features": values[50:51]})
    np.testing.assert_allclose(alone, found[30:31], atol=1e-4)


@pytest.mark.parametrize("name", list_recipes("classes"))
@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers(name: str) -> None:
    recipe = recipe_of(name)
    values, target = matrix(recipe, 24, 3)
    first, again = (recipe.make(random_state=5).fit(values, target) for _ in range(2))
    np.testing.assert_array_equal(answers(first, values), answers(again, values))


@pytest.mark.parametrize("name", list_recipes("classes"))
def test_a_handful_of_tracks_can_be_learned_from(name: str) -> None:
    recipe = recipe_of(name)
    values, target = matrix(recipe, 6, 2)
    for settings in recipe.search or ({},):
        estimator = recipe.make(settings=settings).fit(values, target)
        found = answers(estimator, values)
        assert found.shape == (6, 2)
        assert np.isfinite(found).all()


@pytest.mark.parametrize("name", list_recipes("numbers"))
def test_the_graph_tells_the_numbers_that_the_estimator_does(name: str) -> None:
    recipe = recipe_of(name)
    values, _ = matrix(recipe, 60, 3)
    told = np.random.default_rng(3).normal(size=(60, 2))
    for settings in recipe.search:
        estimator = recipe.make(random_state=1, settings=settings).fit(values[:40], told[:40])
        made = graph_of(estimator, values.shape[1])
        assert operators_behind(made.graph, "variable") <= OPERATORS | {"LinearRegressor"}
        session = onnx_session(made.SerializeToString(), optimise=False)
        (found,) = session.run(["variable"], {"features": values[20:]})
        np.testing.assert_allclose(found, estimator.predict(values[20:]), atol=1e-5)


@pytest.mark.parametrize("name", list_recipes("numbers"))
def test_a_handful_of_numbers_can_be_learned_from(name: str) -> None:
    recipe = recipe_of(name)
    values, _ = matrix(recipe, 6, 2)
    for settings in recipe.search:
        first, again = (
            recipe.make(random_state=5, settings=settings).fit(
                values, np.arange(6.0)[:, np.newaxis]
            )
            for _ in range(2)
        )
        assert np.isfinite(first.predict(values)).all()
        np.testing.assert_array_equal(first.predict(values), again.predict(values))
