"""Figures against scikit-learn's and their definitions, on whatever predictions there may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from linernotes.evaluation import scores as s
from linernotes.learning.card import Scores

NAMES = tuple("abcdefgh")


@st.composite
def predictions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    classes = draw(st.integers(2, 8))
    tracks = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    sharp = draw(st.sampled_from([0.1, 1.0, 10.0]))
    odds = np.exp(sharp * rng.normal(size=(tracks, classes)))
    return rng.integers(0, classes, tracks), odds / odds.sum(axis=1, keepdims=True)


@settings(deadline=None)
@given(predictions())
def test_scores_are_those_of_scikit_learn(case: tuple[np.ndarray, np.ndarray]) -> None:
    truth, p = case
    classes = p.shape[1]
    answer = p.argmax(axis=1)
    found = s.score(truth, p, NAMES[:classes])
    labels = list(range(classes))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, answer))
    assert found.log_loss == pytest.approx(metrics.log_loss(truth, p, labels=labels))
    check_counts(found, truth, p)
    rows = s.by_class(truth, p, NAMES[:classes])
    assert [row.tracks for row in rows] == [int((truth == i).sum()) for i in labels]
    assert sum(n for row in rows for _, n in row.taken_for) == (answer != truth).sum()
    assert sum(row.wrongly_found for row in rows) == (answer != truth).sum()


def check_counts(found: Scores, truth: np.ndarray, p: np.ndarray) -> None:
    """See that confusion, recall, precision and F1 are those of their definitions."""
    answer = p.argmax(axis=1)
    labels = range(p.shape[1])
    assert [list(row) for row in found.confusion] == [
        [int(((truth == i) & (answer == j)).sum()) for j in labels] for i in labels
    ]
    both = [int(((truth == i) & (answer == i)).sum()) for i in labels]
    of_class = [int((truth == i).sum()) for i in labels]
    found_as = [int((answer == i).sum()) for i in labels]
    assert found.recall == pytest.approx(
        [n / max(1, c) for n, c in zip(both, of_class, strict=True)]
    )
    assert found.precision == pytest.approx(
        [n / max(1, c) for n, c in zip(both, found_as, strict=True)]
    )
    f1 = [2 * n / (c + d) for n, c, d in zip(both, of_class, found_as, strict=True) if c + d]
    assert found.macro_f1 == pytest.approx(np.mean(f1))


@settings(deadline=None)
@given(predictions(), st.floats(0, 1))
def test_answers_to_unknown_classes_are_all_wrong(
    case: tuple[np.ndarray, np.ndarray], share: float
) -> None:
    truth, p = case
    truth = np.where(np.linspace(0, 1, len(truth)) < share, -1, truth)
    found = s.score(truth, p, NAMES[: p.shape[1]])
    assert sum(map(sum, found.confusion)) == (truth >= 0).sum()
    check_counts(found, truth, p)


@settings(deadline=None)
@given(predictions())
def test_bins_hold_every_prediction_once(case: tuple[np.ndarray, np.ndarray]) -> None:
    truth, p = case
    found = s.bins(truth, p)
    assert sum(each.tracks for each in found) == len(truth)
    assert all(
        each.low <= each.confidence + 1e-9 and each.confidence <= each.high + 1e-9 for each in found
    )
    right = sum(each.tracks * each.accuracy for each in found)
    assert right == pytest.approx((p.argmax(axis=1) == truth).sum())
    assert 0 <= s.calibration_error(truth, p) <= 1


def test_calibration_error_by_hand() -> None:
    # 0.95 twice, once right; 0.55 twice, both right: (2 * 0.45 + 2 * 0.45) / 4.
    p = np.array([[0.95, 0.05], [0.95, 0.05], [0.55, 0.45], [0.45, 0.55]])
    assert s.calibration_error(np.array([0, 1, 0, 1]), p) == pytest.approx(0.45)


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_is_that_of_scipy(tracks: int, share: float) -> None:
    from scipy.stats import binomtest

    right = int(share * tracks)
    expected = binomtest(right, tracks).proportion_ci(method="wilson")
    assert s.wilson(right, tracks) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_groups_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 20)
    # All tracks of one artist are right or wrong together: there are 20 cases, not 400.
    right = np.repeat(rng.random(20) < 0.7, 20)
    low, high = s.wilson(int(right.sum()), len(right))
    wide = s.accuracy_interval(right, groups)
    assert wide[1] - wide[0] > 3 * (high - low)
    assert s.accuracy_interval(right, np.arange(400)) == (low, high)
    assert s.accuracy_interval(right, groups) == wide
    everything = np.ones(40, bool)
    assert s.accuracy_interval(everything, np.arange(40) // 4)[0] < 1
    assert s.accuracy_interval(everything, np.zeros(40, int)) == s.wilson(40, 40)


def test_the_group_interval_covers() -> None:
    """Of many samples, about 95 % of the intervals hold the true share."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        chance = rng.beta(6, 3, 40)
        right = rng.random((40, 5)) < chance[:, np.newaxis]
        low, high = s.accuracy_interval(right.ravel(), np.repeat(np.arange(40), 5))
        held += low <= 2 / 3 <= high
    assert 0.9 <= held / 300 <= 1


def test_a_class_that_the_model_does_not_know_is_always_wrong() -> None:
    p = np.array([[0.9, 0.1], [0.2, 0.8]])
    found = s.score(np.array([0, -1]), p, ("a", "b"))
    assert found.accuracy == 0.5
    assert found.log_loss == pytest.approx((-np.log(0.9) - np.log(np.finfo(float).eps)) / 2)
    assert found.precision == (1.0, 0.0)
    assert found.confusion == ((1, 0), (0, 0))
    nothing_known = s.score(np.array([-1, -1]), p, ("a", "b"))
    assert (nothing_known.accuracy, nothing_known.baseline) == (0, 0)


def test_the_baseline_is_that_of_the_training_part() -> None:
    p = np.array([[0.9, 0.1]] * 4)
    truth = np.array([0, 0, 0, 1])
    assert s.score(truth, p, "ab").baseline == 0.75
    assert s.score(truth, p, "ab", constant=np.ones(4, int)).baseline == 0.25


def test_certain_and_wrong_is_finite() -> None:
    assert np.isfinite(s.log_loss(np.array([1]), np.array([[1.0, 0.0]])))
    with pytest.raises(ValueError, match="at least one"):
        s.score(np.zeros(0, int), np.zeros((0, 2)), "ab")
    with pytest.raises(ValueError, match="at least one"):
        s.wilson(0, 0)
