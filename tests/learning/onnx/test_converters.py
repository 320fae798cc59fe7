"""What estimators become in a graph, where the recipes' own tests do not reach."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from linernotes.learning.baselines.boosting import BoostedTrees
from linernotes.learning.baselines.pictures import Pictures
from linernotes.learning.baselines.sklearn_variants import Neighbours, SupportVectors
from linernotes.learning.estimators.preprocessing import ColumnSelector
from linernotes.learning.onnx.converters import register_converters
from linernotes.networks.runtime import onnx_session


def run(estimator: Any, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and scores that the estimator's graph gives."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    register_converters()
    options: dict[str, bool] = {"zipmap": False}
    if not hasattr(estimator, "predict_proba"):
        options["raw_scores"] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = to_onnx(
            estimator,
            initial_types=[("features", FloatTensorType([None, values.shape[1]]))],
            target_opset={"": 18, "ai.onnx.ml": 3},
            options={id(estimator): options},
        )
    session = onnx_session(made.SerializeToString(), optimise=False)
    labels, scores = session.run(None, {"features": values})
    return labels, scores


def rows(classes: int, *, count: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    target = np.arange(count) % classes
    values = rng.normal(size=(count, 6)) + 0.7 * np.eye(classes, 6)[target]
    return values.astype(np.float32), target


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_adaboost_is_one_ensemble_of_trees(classes: int) -> None:
    values, target = rows(classes)
    tree = DecisionTreeClassifier(max_depth=2)
    estimator = AdaBoostClassifier(tree, n_estimators=30, random_state=0).fit(values, target)
    labels, scores = run(estimator, values)
    np.testing.assert_allclose(scores, estimator.predict_proba(values), atol=1e-5)
    assert (labels == estimator.predict(values)).mean() > 0.98


def test_values_on_the_threshold_of_a_tree_go_the_same_way() -> None:
    steps, target = rows(3)
    steps = np.round(steps * 4) / 4 + np.float32(1e-3)
    estimator = AdaBoostClassifier(DecisionTreeClassifier(max_depth=3), random_state=0)
    estimator.fit(steps, target)
    asked = {float(t) for tree in estimator.estimators_ for t in tree.tree_.threshold}
    values = np.repeat(np.array(sorted(asked), np.float32), 6).reshape(-1, 6)
    _, scores = run(estimator, values)
    np.testing.assert_allclose(scores, estimator.predict_proba(values), atol=1e-5)


def test_thresholds_of_boosted_trees_are_not_equalled() -> None:
    pytest.importorskip("xgboost", reason="needs the extra boosting, which is not installed")
    values, target = rows(3)
    estimator = BoostedTrees(rounds=10).fit(np.round(values), target)
    _, scores = run(estimator, np.round(values * 2) / 2)
    np.testing.assert_allclose(scores, estimator.predict_proba(np.round(values * 2) / 2), atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_of_support_vectors_are_decisions(classes: int) -> None:
    values, target = rows(classes)
    estimator = SupportVectors(C=3.0).fit(values[:100], target[:100])
    expected = estimator.decision_function(values)
    if classes == 2:
        expected = np.stack([-expected / 2, expected / 2], axis=1)
    labels, scores = run(estimator, values)
    np.testing.assert_allclose(scores, expected, atol=1e-4)
    np.testing.assert_array_equal(labels, expected.argmax(axis=1))


def test_kernels_without_a_conversion_are_refused() -> None:
    values, target = rows(2)
    with pytest.raises(ValueError, match="no conversion for the kernel 'poly'"):
        run(SupportVectors(kernel="poly").fit(values, target), values)


def test_class_numbers_need_not_begin_at_nought() -> None:
    values, target = rows(3)
    estimator = Neighbours(n_neighbors=5).fit(values, 10 * target + 5)
    labels, scores = run(estimator, values)
    np.testing.assert_array_equal(labels, estimator.predict(values))
    np.testing.assert_allclose(scores, estimator.predict_proba(values), atol=1e-6)


def test_neighbours_far_from_the_origin_are_still_told_apart() -> None:
    values, target = rows(3)
    far = values + np.float32(1000)
    estimator = Neighbours(n_neighbors=5).fit(far[:100], target[:100])
    _, scores = run(estimator, far[100:])
    np.testing.assert_allclose(scores, estimator.predict_proba(far[100:]), atol=1e-6)


def test_class_names_are_refused() -> None:
    values, target = rows(2)
    with pytest.raises(TypeError, match="class numbers, not names"):
        run(Neighbours().fit(values, target.astype(str)), values)


def test_pictures_may_hold_any_classifier() -> None:
    values, target = rows(3)
    values[3, 2:] = 0
    values[4] = 0
    inner = make_pipeline(ColumnSelector(0, 2), LogisticRegression())
    estimator = Pictures(inner, 2).fit(values, target)
    _, scores = run(estimator, values)
    np.testing.assert_allclose(scores, estimator.predict_proba(values), atol=1e-5)
