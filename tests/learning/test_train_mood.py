"""The parts of the training scripts for moods and voices that one can get wrong unnoticed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def ridge():
    return _imported("ridge")


@pytest.fixture(scope="module")
def script():
    return _imported("train_mood")


def _imported(name: str):
    for needed in ("sklearn", "onnx"):
        pytest.importorskip(needed, reason=f"the training scripts need {needed}")
    sys.path.insert(0, str(TOOLS))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(TOOLS))


def _rows(count: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(count, columns))
    return x, x[:, 0] + 0.5 * random.normal(size=count)


def test_the_regression_is_scikit_learns_without_a_direction(ridge) -> None:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    x, y = _rows(200, 6)
    found = ridge.ridge(x, y, np.ones(200), alpha=5.0, along=np.zeros(6))
    scaler = StandardScaler().fit(x)
    theirs = Ridge(alpha=5.0).fit(scaler.transform(x), y)
    np.testing.assert_allclose(found(x)[:, 0], theirs.predict(scaler.transform(x)), atol=1e-6)


def test_a_strong_prior_leaves_what_is_named(ridge) -> None:
    x, y = _rows(200, 6)
    along = np.eye(6)[0]
    plain = ridge.ridge(x, y, np.ones(200), alpha=1e4, along=np.zeros(6))
    named = ridge.ridge(x, y, np.ones(200), alpha=1e4, along=along)
    assert abs(plain.weights[0, 0]) < 0.1
    assert named.weights[0, 0] > 0.8
    np.testing.assert_allclose(named.weights[1:], 0, atol=0.05)


def test_sections_weigh_as_much_as_their_track(ridge) -> None:
    """A track with sections that say the same is a track."""
    x, y = _rows(100, 4)
    weight = np.linspace(0.5, 1.5, 100)
    alone = ridge.Rows(x, np.zeros((0, 4)), np.zeros(0, int))
    twice = ridge.Rows(x, np.repeat(x, 2, axis=0), np.repeat(np.arange(100), 2))
    which, along = np.arange(100), np.zeros(4)
    one, two = (
        ridge.fit(rows, y, weight, which, alpha=3.0, along=along) for rows in (alone, twice)
    )
    np.testing.assert_allclose(one.weights, two.weights, atol=1e-8)


def test_artists_are_never_on_both_sides(ridge) -> None:
    artists = np.array([f"a{i // 3}" for i in range(90)])
    held = []
    for learned, out in ridge.folds(artists, np.arange(90)):
        assert not set(artists[learned]) & set(artists[out])
        held.extend(out)
    assert sorted(held) == list(range(90))


def test_intervals_come_from_artists(script) -> None:
    """Copies of a track add nothing."""
    values = np.random.default_rng(1).normal(size=40)
    alone = np.arange(40).astype(str)
    once = script.bootstrap_interval(lambda i: values[i].mean(), np.arange(40), alone)
    copies, artists = np.repeat(values, 9), np.repeat(np.arange(40), 9).astype(str)
    nine = script.bootstrap_interval(lambda i: copies[i].mean(), np.arange(360), artists)
    assert np.ptp(nine) == pytest.approx(np.ptp(once), rel=0.05)


def test_the_graph_does_what_the_map_does(script) -> None:
    from dataclasses import replace

    from linernotes.learning import load_model
    from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names

    random = np.random.default_rng(0)
    columns = EMBEDDING_LENGTH + len(tag_names())
    rows = random.uniform(0.01, 0.9, (20, columns))
    mood = script.Map(random.normal(0, 0.01, (columns, 2)), np.array([0.4, 0.9]))
    graph = script.build_graph(mood)
    model = replace(load_model("mood"), estimator=graph)
    assert script.check_parity(model, mood, rows) < 1e-5
    assert graph == script.build_graph(mood)
