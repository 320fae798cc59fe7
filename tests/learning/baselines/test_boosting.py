"""Boosted trees take any labels, and grow alike on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from linernotes.learning.baselines.boosting import BoostedTrees

pytest.importorskip("xgboost", reason="needs the extra boosting, which is not installed")


def rows(classes: int) -> tuple[np.ndarray, np.ndarray]:
    target = np.arange(120) % classes
    values = np.random.default_rng(0).normal(size=(120, 8)) + 2 * np.eye(classes, 8)[target]
    return values.astype(np.float32), target


@pytest.mark.parametrize("classes", [2, 4])
def test_classes_are_told_apart(classes: int) -> None:
    values, target = rows(classes)
    names = np.array(["a", "b", "c", "d"])[target]
    trees = BoostedTrees(rounds=20).fit(values[:80], names[:80])
    found = trees.predict_proba(values[80:])
    assert found.shape == (40, classes)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (trees.predict(values[80:]) == names[80:]).mean() > 0.6


def test_the_same_trees_grow_on_any_number_of_threads() -> None:
    values, target = rows(3)
    one, two = (BoostedTrees(rounds=10, threads=n).fit(values, target) for n in (1, 2))
    np.testing.assert_array_equal(one.predict_proba(values), two.predict_proba(values))
    other = BoostedTrees(rounds=10, random_state=1).fit(values, target)
    assert not np.array_equal(one.predict_proba(values), other.predict_proba(values))


def test_one_class_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="at least two classes"):
        BoostedTrees().fit(np.ones((4, 2)), [1, 1, 1, 1])
