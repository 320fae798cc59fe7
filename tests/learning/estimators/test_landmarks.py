from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel

from linernotes.learning.estimators.landmarks import Landmarks

ROWS = np.random.default_rng(0).normal(size=(40, 6))


def test_with_every_row_a_landmark_products_are_the_kernel():
    landmarks = Landmarks(n_components=500).fit_transform(ROWS)
    assert np.allclose(landmarks @ landmarks.T, rbf_kernel(ROWS, gamma=0.3 / 6), atol=2e-3)


def test_what_was_asked_for_is_kept_for_larger_data():
    landmarks = Landmarks(n_components=30)
    assert landmarks.fit_transform(ROWS[:10]).shape == (10, 10)
    assert landmarks.n_components == 30
    assert landmarks.fit_transform(ROWS).shape == (40, 30)


def test_near_copies_do_not_blow_rounding_up():
    rows = np.repeat(ROWS[:10], 3, axis=0) + 1e-9
    landmarks = Landmarks().fit(rows)
    assert np.abs(landmarks.normalization_).max() < 40
    moved = landmarks.transform(rows + 1e-6) - landmarks.transform(rows)
    assert np.abs(moved).max() < 1e-4


def test_the_seed_picks_the_landmarks():
    one, same, other = (
        Landmarks(n_components=5, random_state=s).fit_transform(ROWS) for s in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)
