"""The parts of the training script that one can get wrong without noticing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "train_genre.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    for needed in ("sklearn", "onnx"):
        pytest.importorskip(needed, reason=f"the training script needs {needed}")
    spec = importlib.util.spec_from_file_location("train_genre", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_genre"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tracks(script):
    """Five little tracks of each class, 15 windows each, told apart by one tag."""
    random = np.random.default_rng(0)
    truth = np.repeat(np.arange(10), 5)
    tags = random.uniform(0.01, 0.2, (750, 50))
    tags[np.arange(750), np.repeat(truth, 15)] += 0.5
    return script.Tracks(tags, np.repeat(np.arange(50), 15), truth, np.tile(np.arange(5), 10), "")


@pytest.mark.parametrize("strength", [0.1, 1.0])
def test_the_regression_is_scikit_learns_when_the_prior_is_zero(script, strength):
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    x, y = random.normal(size=(300, 6)), random.integers(0, 4, 300)
    weight = random.uniform(0.1, 1, 300)
    weights, bias = script.regress(x, y, weight, strength, np.zeros((6, 4)))
    theirs = LogisticRegression(C=strength, tol=1e-8, max_iter=5000).fit(x, y, weight)
    np.testing.assert_allclose(weights, theirs.coef_.T, atol=1e-3)
    np.testing.assert_allclose(
        bias - bias.mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=1e-3
    )


def test_a_strict_prior_wins_over_the_data(script):
    prior = np.arange(8.0).reshape(2, 4)
    x, y = np.random.default_rng(2).normal(size=(50, 2)), np.arange(50) % 4
    weights, _ = script.regress(x, y, np.ones(50), 1e-6, prior)
    np.testing.assert_allclose(weights, prior, atol=1e-3)


def test_whitening_makes_the_inside_of_classes_round(script, monkeypatch):
    monkeypatch.setattr(script, "SHRINKAGE", 0.0)
    random = np.random.default_rng(3)
    y = np.arange(400) % 4
    x = random.normal(size=(400, 3)) @ random.normal(size=(3, 3)) + 5 * y[:, None]
    white = x @ script.whitening(x, y, np.ones(400))
    rest = white - np.array([white[y == c].mean(axis=0) for c in range(4)])[y]
    covariance = rest.T @ rest / 400
    np.testing.assert_allclose(covariance, covariance[0, 0] * np.eye(3), atol=1e-8)


@pytest.mark.parametrize("kind", ["neighbours", "styles"])
def test_folds_cover_every_track_once(script, tracks, kind):
    fold = script.FOLD_KINDS[kind](tracks, 0)
    assert fold.shape == (50,)
    assert set(fold) == set(range(script.FOLDS))
    np.testing.assert_array_equal(fold, script.FOLD_KINDS[kind](tracks, 0))


def test_held_out_tracks_are_held_out(script, tracks):
    """What a track's label is must not matter to its own held-out logits."""
    fold = script.neighbour_folds(tracks, 0)
    before = script.held_out_logits(script.CANDIDATES[0], tracks, [fold])
    lied = script.Tracks(tracks.tags, tracks.track, tracks.truth.copy(), tracks.number, "")
    lied.truth[fold == 0] = (lied.truth[fold == 0] + 1) % 10
    after = script.held_out_logits(script.CANDIDATES[0], lied, [fold])
    rows = fold[tracks.track] == 0
    np.testing.assert_array_equal(before[:, rows], after[:, rows])


def test_the_graph_does_what_the_head_does(script, tracks, genre):
    from dataclasses import replace

    head = script.fit(script.CANDIDATES[-1], tracks, np.ones(50, bool))
    offset = script.CANDIDATES[-1].offset
    graph = script.build_graph(offset, head, 1.2, 0.3)
    model = replace(genre, estimator=graph)
    assert script.check_parity(model, offset, head, tracks, (1.2, 0.3)) < 1e-5
    assert graph == script.build_graph(offset, head, 1.2, 0.3)


def test_figures_of_a_known_case(script):
    truth = np.arange(10).repeat(2)
    p = np.full((20, 10), 0.02)
    p[np.arange(20), truth] = 0.82
    p[0] = np.roll(p[0], 1)
    scores = script.measure("x", p, truth, independent=True)
    assert scores.accuracy == 0.95
    assert scores.calibration_error == pytest.approx(0.95 - 0.82, abs=1e-4)
    assert scores.recall[0] == 0.5
    assert scores.precision[1] == pytest.approx(2 / 3, abs=1e-4)
    assert scores.interval == (0.7639, 0.9911)
    assert np.sum(scores.confusion) == 20
