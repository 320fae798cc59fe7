from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import r2_score

from linernotes.evaluation.number_scores import regression_scores, score_numbers


def scores_of(truth, told, groups=None):
    truth, told = (np.asarray(each, np.float64)[:, np.newaxis] for each in (truth, told))
    return score_numbers(
        truth, told, names=("x",), low=told - 1, high=told + 1,
        median=np.full_like(truth, np.median(truth)), mean=np.full_like(truth, truth.mean()),
        groups=groups,
    )[0]  # fmt: skip


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_the_figures_are_those_of_the_field(scale):
    random = np.random.default_rng(0)
    truth = np.round(random.normal(5, 1, 200), 1) * scale
    told = truth + scale * random.normal(0, 0.7, 200)
    spearman, r2, error = regression_scores(truth, told)
    assert spearman == pytest.approx(spearmanr(truth, told)[0], abs=1e-9)
    assert r2 == pytest.approx(r2_score(truth, told), abs=1e-6)
    assert error == pytest.approx(np.abs(truth - told).mean())


def test_intervals_hold_what_further_samples_give():
    random = np.random.default_rng(1)

    def sample(n):
        truth = random.normal(size=n)
        return truth, truth + random.normal(size=n)

    real = regression_scores(*sample(200_000))
    held = np.zeros(3)
    for _ in range(60):
        scores = scores_of(*sample(80))
        ends = (scores.spearman_interval, scores.r2_interval, scores.error_interval)
        held += [low <= value <= high for value, (low, high) in zip(real, ends, strict=True)]
    assert held.min() >= 51


def test_tracks_of_one_artist_widen_the_interval():
    random = np.random.default_rng(2)
    artist = np.repeat(np.arange(20), 20)
    truth = random.normal(size=400)
    told = truth + random.normal(size=20)[artist]
    alone, together = scores_of(truth, told), scores_of(truth, told, artist)
    for name in ("spearman_interval", "r2_interval", "error_interval"):
        (low, high), (lower, higher) = getattr(alone, name), getattr(together, name)
        assert lower <= low
        assert higher >= high
    assert np.ptp(together.error_interval) > 2 * np.ptp(alone.error_interval)


def test_what_is_constant_correlates_with_nothing():
    scores = scores_of([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    assert scores.spearman == 0
    assert scores.r2 == pytest.approx(0)
    assert scores_of([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]).spearman == 0


def test_one_track_has_figures():
    scores = scores_of([1.0], [1.5])
    assert scores.error == 0.5
    assert scores.coverage == 1


def test_no_track_has_none():
    none = np.zeros((0, 1))
    with pytest.raises(ValueError, match="at least one track"):
        score_numbers(none, none, names=("x",), low=none, high=none, median=none, mean=none)
