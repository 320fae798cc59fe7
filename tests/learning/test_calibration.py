from __future__ import annotations

import numpy as np
import pytest

from linernotes.learning.calibration import (
    Calibration,
    estimator_logits,
    fit_calibration,
    log_loss,
    log_softmax,
)


def draw(n: int, classes: int = 4, *, random_state: int = 0):
    """Logits that mean what they say, and classes drawn by them."""
    random = np.random.default_rng(random_state)
    logits = random.normal(0, 2, (n, classes))
    p = np.exp(log_softmax(logits))
    return logits, np.array([random.choice(classes, p=row) for row in p])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_temperature_that_was_is_found(temperature):
    logits, target = draw(4000)
    found = fit_calibration(logits * temperature, np.arange(4000), target)
    assert found.rows == pytest.approx(temperature, rel=0.08)
    assert found.tracks == 1.0


def test_rows_that_say_the_same_do_not_make_surer():
    logits, target = draw(3000)
    found = fit_calibration(np.repeat(logits, 5, axis=0), np.repeat(np.arange(3000), 5), target)
    p = found.vote(np.repeat(logits, 5, axis=0), np.repeat(np.arange(3000), 5))
    np.testing.assert_allclose(np.exp(p), np.exp(log_softmax(logits)), atol=0.03)


def test_rows_that_err_apart_make_surer():
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 1000)
    track = np.repeat(np.arange(1000), 9)
    logits = np.eye(3)[target[track]] + random.normal(0, 1.5, (9000, 3))
    found = fit_calibration(logits, track, target)
    assert found.tracks < 0.6
    vote = found.vote(logits, track)
    sure = np.exp(vote.max(axis=1)).mean()
    assert sure == pytest.approx((vote.argmax(axis=1) == target).mean(), abs=0.03)


def test_a_few_tracks_told_rightly_are_no_certainty():
    target = np.arange(20) % 2
    logits = 5.0 * np.eye(2)[target]
    p = np.exp(fit_calibration(logits, np.arange(20), target).vote(logits, np.arange(20)))
    assert 0.9 < p.max() < 0.97


def test_a_long_track_weighs_no_more_than_a_short_one():
    logits, target = draw(400)
    track = np.concatenate([np.zeros(300, int), np.arange(1, 400)])
    rows = np.concatenate([np.repeat(logits[:1] * 50, 300, axis=0), logits[1:]])
    assert fit_calibration(rows, track, target).rows < 2


def test_a_class_that_was_not_learned_is_the_least():
    class Two:
        classes_ = np.array([0, 2])

        def predict_proba(self, values):
            return np.tile([0.4, 0.6], (len(values), 1))

    class Scores:
        classes_ = np.array([1, 2])

        def decision_function(self, values):
            return np.full(len(values), 3.0)

    p = np.exp(log_softmax(estimator_logits(Two(), np.zeros((2, 1), np.float32), 3)))
    assert p[0].argsort().tolist() == [1, 0, 2]
    logits = estimator_logits(Scores(), np.zeros((1, 1), np.float32), 3)
    np.testing.assert_array_equal(logits, [[-1.5, -1.5, 1.5]])


def test_log_loss_is_its_definition():
    p = np.log([[0.5, 0.5], [0.9, 0.1]])
    assert log_loss(p, np.array([0, 1])) == pytest.approx(-(np.log(0.5) + np.log(0.1)) / 2)


def test_no_row_is_lost_in_the_vote():
    logits = np.array([[4.0, 0], [0, 1], [0, 1]])
    vote = Calibration().vote(logits, np.array([0, 0, 7]))
    assert vote.shape == (2, 2)
    assert vote.argmax(axis=1).tolist() == [0, 1]
