from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from linernotes.learning.estimators.discriminant import Discriminant


def nested(
    *, random_state: int, artists: int, tracks: int, uneven: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tracks of three classes whose artists differ along the first half of the columns."""
    columns = 12
    random = np.random.default_rng(random_state)
    centres = np.random.default_rng(99).normal(size=(3, columns))
    rows, target, group = [], [], []
    for label in range(3):
        for artist in range(artists):
            offset = random.normal(size=columns) * 2.0
            offset[columns // 2 :] = 0
            n = min(150, int(1 + tracks * random.pareto(1.0))) if uneven else tracks
            rows.append(centres[label] + offset + random.normal(size=(n, columns)) * 0.7)
            target += [label] * n
            group += [label * artists + artist] * n
    return np.concatenate(rows), np.array(target), np.array(group)


def test_without_artists_it_is_the_linear_discriminant():
    rows, target, _ = nested(random_state=0, artists=5, tracks=20)
    known = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.0, priors=[1 / 3] * 3)
    known.fit(rows, target)
    ours = Discriminant(shrinkage=0.0).fit(rows, target)
    assert np.allclose(ours.predict_proba(rows), known.predict_proba(rows), atol=0.02)
    assert np.array_equal(ours.predict(rows), known.predict(rows))


def test_knowing_the_artists_helps_with_artists_that_it_never_heard():
    gains = []
    for random_state in range(10):
        rows, target, group = nested(random_state=random_state, artists=4, tracks=20, uneven=True)
        new, truth, _ = nested(random_state=1000 + random_state, artists=40, tracks=3)
        blind = np.mean(Discriminant().fit(rows, target).predict(new) == truth)
        knowing = np.mean(Discriminant().fit(rows, target, groups=group).predict(new) == truth)
        gains.append(knowing - blind)
    assert np.mean(gains) > 0.03
    assert np.median(gains) > 0


def test_one_artist_a_class_and_single_tracks_are_learned_all_the_same():
    rows, target, _ = nested(random_state=3, artists=1, tracks=10)
    assert np.mean(Discriminant().fit(rows, target, groups=target).predict(rows) == target) > 0.9
    single = Discriminant().fit(np.array([[0.0, 1], [1.0, 0]]), ["a", "b"], groups=[0, 1])
    assert single.predict([[0.0, 1], [1.0, 0]]).tolist() == ["a", "b"]


def test_an_artist_of_two_classes_counts_in_both():
    rows, target, group = nested(random_state=4, artists=3, tracks=10)
    shared = np.where(group % 3 == 0, 0, group)
    model = Discriminant().fit(rows, target, groups=shared)
    assert np.isfinite(model.coef_).all()
    assert np.mean(model.predict(rows) == target) > 0.8


def test_the_order_of_the_tracks_does_not_matter():
    rows, target, group = nested(random_state=5, artists=3, tracks=8)
    order = np.random.default_rng(0).permutation(len(rows))
    one = Discriminant().fit(rows, target, groups=group)
    other = Discriminant().fit(rows[order], target[order], groups=group[order])
    assert np.allclose(one.coef_, other.coef_)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="only one class"):
        Discriminant().fit(np.eye(3), ["a"] * 3)
