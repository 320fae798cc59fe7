from __future__ import annotations

import numpy as np

from linernotes.learning.estimators.covariance import WithinClassWhitening


def test_tracks_of_a_class_lie_in_a_round_cloud():
    random = np.random.default_rng(0)
    target = np.arange(300) % 3
    rows = random.normal(size=(300, 4)) @ random.normal(size=(4, 4)) + target[:, np.newaxis] * 5
    white = WithinClassWhitening(shrinkage=0.0).fit_transform(rows, target)
    within = np.concatenate([white[target == k] - white[target == k].mean(0) for k in range(3)])
    covariance = np.cov(within.T)
    assert np.allclose(covariance / covariance[0, 0], np.eye(4), atol=1e-3)


def test_what_artists_of_one_class_differ_in_is_made_small():
    random = np.random.default_rng(1)
    artist = np.repeat(np.arange(8), 10)
    rows = random.normal(size=(80, 2)) * 0.5
    rows[:, 0] += random.normal(size=8)[artist] * 3
    white = WithinClassWhitening(shrinkage=0.0).fit(rows, artist % 2, groups=artist)
    stretch = np.linalg.norm(white.matrix_, axis=0)
    assert stretch[0] < stretch[1] / 3


def test_fewer_tracks_than_columns_give_finite_numbers():
    rows = np.random.default_rng(2).normal(size=(6, 20))
    white = WithinClassWhitening().fit_transform(rows, [0, 0, 0, 1, 1, 1])
    assert np.isfinite(white).all()
