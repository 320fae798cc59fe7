from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel

from linernotes.learning.estimators.landmarks import Landmarks

ROWS = np.random.default_rng(0).normal(size=(40, 6))


def test_with_every_row_a_landmark_products_are_the_kernel():
    landmarks = Landmarks(n_components=500).fit_transform(ROWS)
    assert np.allclose(landmarks @ landmarks.T, rbf_kernel(ROWS, gamma=0.3 / 6), atol=1e-6)


def test_what_was_asked_for_is_kept_for_larger_data():
    landmarks = Landmarks(n_components=30)
    assert landmarks.fit_transform(ROWS[:10]).shape == (10, 10)
    assert landmarks.n_components == 30
    assert landmarks.fit_transform(ROWS).shape == (40, 30)


def test_the_seed_picks_the_landmarks():
    one, same, other = (
        Landmarks(n_components=5, random_state=s).fit_transform(ROWS) for s in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)
