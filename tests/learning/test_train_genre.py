"""The parts of the training script that one can get wrong without noticing."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module("train_genre")
    finally:
        sys.path.remove(str(TOOLS))


@pytest.fixture(scope="module")
def tracks(script):
    """Two sets and GTZAN: little tracks of four genres, told apart by the first columns."""
    random = np.random.default_rng(0)
    truth = np.tile(np.array([1, 2, 8, 14]), 45)
    n, columns = len(truth), script.EMBEDDING_LENGTH + len(script.tag_names())
    rows = random.normal(size=(n, columns)) * 0.3
    rows[np.arange(n), truth] += 3
    source = np.repeat(["mer4q", "emotify_a", script.GTZAN], 60)
    msd = rows[:, :150].copy()
    sections = np.repeat(rows[:120], 2, axis=0)
    rows[120:] = np.nan
    return script.Tracks(
        rows=rows,
        msd=msd,
        sections=sections,
        section_track=np.repeat(np.arange(120), 2),
        truth=truth,
        weight=np.ones(n),
        certain=np.ones(n, bool),
        source=source,
        artist=np.array([f"artist {i // 4}" for i in range(n)]),
    )


@pytest.mark.parametrize("strength", [0.1, 1.0])
def test_the_regression_is_scikit_learns_when_the_prior_is_zero(script, strength):
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    x, y = random.normal(size=(300, 6)), random.integers(0, 4, 300)
    weight = random.uniform(0.1, 1, 300)
    found = script.regress(x, y, weight, strength, np.zeros((6, 4)))
    theirs = LogisticRegression(C=strength, tol=1e-8, max_iter=5000).fit(x, y, weight)
    np.testing.assert_allclose(found.weights, theirs.coef_.T, atol=1e-3)
    np.testing.assert_allclose(
        found.bias - found.bias.mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=1e-3
    )


def test_a_strict_prior_wins_over_the_data(script):
    prior = np.arange(8.0).reshape(2, 4)
    x, y = np.random.default_rng(2).normal(size=(50, 2)), np.arange(50) % 4
    found = script.regress(x, y, np.ones(50), 1e-6, prior)
    np.testing.assert_allclose(found.weights, prior, atol=1e-3)


def test_every_genre_weighs_the_same(script, tracks):
    few = np.concatenate([np.arange(40), np.flatnonzero(tracks.truth == 1)[10:]])
    weight = script.balanced(script.Candidate(gtzan=0.3), tracks, few)
    of_genre = np.bincount(tracks.truth[few], weight)
    np.testing.assert_allclose(of_genre[of_genre > 0], of_genre.max())


def test_what_gtzan_lacks_is_estimated_from_what_it_has(script, tracks):
    fitted = script.fit(script.Candidate(), tracks, np.arange(len(tracks)))
    gtzan = np.flatnonzero(tracks.source == script.GTZAN)
    log_p = fitted.log_probabilities(tracks, gtzan)
    assert (log_p.argmax(axis=1) == tracks.truth[gtzan]).mean() > 0.75  # a quarter by chance


@pytest.mark.parametrize("kind", ["cross_validate", "leave_sets_out"])
def test_held_out_tracks_are_held_out(script, tracks, kind):
    """What a track's label is must not matter to what is said of it."""
    hold_out, candidate = getattr(script, kind), script.Candidate(gtzan=0.0)
    if kind == "leave_sets_out":
        lied = np.where(tracks.source == "mer4q", np.roll(tracks.truth, 1), tracks.truth)
        before, after = (
            hold_out(candidate, each) for each in (tracks, replace(tracks, truth=lied))
        )
        rows = tracks.source[before.track] == "mer4q"
        np.testing.assert_allclose(before.log_p[rows], after.log_p[rows], atol=1e-6)
        return
    found = hold_out(candidate, tracks)
    assert sorted(found.track.tolist()) == list(range(len(tracks)))


def test_the_graph_does_what_the_maps_do(script, tracks, genre):
    random = np.random.default_rng(3)
    fitted = script.fit(script.Candidate(), tracks, np.arange(len(tracks)))
    rows = np.concatenate(
        [
            random.normal(size=(40, script.EMBEDDING_LENGTH)),
            random.uniform(0.001, 0.9, (40, len(script.tag_names()))),
        ],
        axis=1,
    )
    weights = np.zeros((rows.shape[1], len(script.GENRES)))
    weights[:, fitted.genres] = fitted.map.weights
    genres = script.Map(weights, np.zeros(len(script.GENRES)))
    none = script.Map(random.normal(size=(rows.shape[1], 1)) / 100, np.zeros(1))
    graph = script.build_graph(genres, none, 1.1)
    model = replace(genre, estimator=graph, classes=script.CLASSES)
    assert script.check_parity(model, genres, none, 1.1, rows) < 1e-5
    assert graph == script.build_graph(genres, none, 1.1)


def test_figures_of_a_known_case(script, tracks):
    truth = tracks.truth[:20]
    p = np.full((20, len(script.GENRES)), 0.18 / (len(script.GENRES) - 1))
    p[np.arange(20), truth] = 0.82
    p[0] = np.roll(p[0], 1)
    held_out = script.HeldOut(np.arange(20), np.log(p))
    assert script.accuracy(held_out, tracks) == 0.95
    assert script.calibration_error(held_out, tracks) == pytest.approx(0.95 - 0.82, abs=1e-4)
    low, high = script.interval(held_out, tracks)
    assert low < 0.95 <= high
    scores = script.measured("x", held_out, tracks)
    assert scores.recall[truth[0]] == pytest.approx(0.8)
    assert np.sum(scores.confusion) == 20


def test_unmusical_sounds_are_the_same_each_time_and_within_range(script):
    sounds = sys.modules["unmusical_sounds"]
    for number, (kind, make) in enumerate(sounds.KINDS.items()):
        once, again = (
            sounds.recorded(make(random, 2.0), random)
            for random in (np.random.default_rng([7, number]) for _ in range(2))
        )
        np.testing.assert_array_equal(once, again, err_msg=kind)
        assert np.isfinite(once).all()
        assert 0 < np.abs(once).max() <= 1
