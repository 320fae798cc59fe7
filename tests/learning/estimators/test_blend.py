from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression

from linernotes.learning.estimators.blend import Blend


class Stubborn(ClassifierMixin, BaseEstimator):
    """Always gives the same probabilities."""

    def __init__(self, first: float = 0.5) -> None:
        self.first = first

    def fit(self, X, y, groups=None):  # noqa: ARG002, N803
        self.groups_ = groups
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):  # noqa: N803
        return np.tile([self.first, 1 - self.first], (len(X), 1))


def odds(blend: Blend) -> np.ndarray:
    scores = blend.decision_function(np.eye(2))
    return np.exp(scores[:, 0] - scores[:, 1])


def test_the_odds_are_multiplied():
    blend = Blend([("one", Stubborn(0.8)), ("two", Stubborn(0.8))]).fit(np.eye(2), [0, 1])
    assert np.allclose(odds(blend), 16)


def test_weights_say_how_much_each_counts():
    parts = [("one", Stubborn(0.9)), ("two", Stubborn(0.8))]
    blend = Blend(parts, weights={"two": 0.5, "one": 1.0})
    assert np.allclose(odds(blend.fit(np.eye(2), [0, 1])), 18)


def test_a_part_that_weighs_nothing_is_not_even_fitted():
    parts = [("one", Stubborn(0.9)), ("two", Stubborn(0.3)), ("three", Stubborn(0.3))]
    blend = Blend(parts, weights={"one": 1.0, "two": 0.0, "unknown": 1.0})
    assert np.allclose(odds(blend.fit(np.eye(2), [0, 1])), 9)
    assert [weight for weight, _ in blend.parts_] == [1.0]


def test_a_part_that_is_sure_of_nothing_leaves_finite_numbers():
    blend = Blend([("one", Stubborn(0.0)), ("two", Stubborn(1.0))]).fit(np.eye(2), [0, 1])
    assert np.allclose(odds(blend), 1)


def test_artists_go_to_those_that_ask():
    parts = [("one", Stubborn()), ("two", LogisticRegression())]
    blend = Blend(parts).fit(np.eye(4), [0, 1, 0, 1], groups=np.array([5, 6, 7, 8]))
    assert blend.parts_[0][1].groups_.tolist() == [5, 6, 7, 8]


def test_settings_of_the_parts_are_reached_by_name():
    blend = clone(Blend([("linear", LogisticRegression(C=1.0))])).set_params(linear__C=0.5)
    assert blend.get_params()["linear__C"] == 0.5
    assert blend.get_params()["weights"] is None


def test_parts_are_exchanged_by_name_before_their_settings_change():
    before = LogisticRegression(C=1.0)
    blend = Blend([("linear", before), ("other", Stubborn())])
    blend.set_params(linear=LogisticRegression(C=2.0), linear__max_iter=7, other__first=0.9)
    assert [name for name, _ in blend.estimators] == ["linear", "other"]
    settings = blend.get_params()
    assert (settings["linear__C"], settings["linear__max_iter"]) == (2.0, 7)
    assert settings["other__first"] == 0.9
    assert settings["linear"] is not before
    with pytest.raises(ValueError, match="nonesuch"):
        blend.set_params(nonesuch=1)
