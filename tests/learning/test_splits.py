from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.learning.splits import ALWAYS, make_folds


@st.composite
def labelled(draw):
    n = draw(st.integers(2, 60))
    target = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    groups = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))
    _, target = np.unique(target, return_inverse=True)
    return target, np.array(groups), draw(st.integers(0, 5))


@settings(max_examples=150, deadline=None)
@given(labelled())
def test_groups_stay_together_and_no_class_is_ever_all_held_out(case):
    target, groups, random_state = case
    folds = make_folds(target, groups, random_state=random_state)
    for fold in range(folds.n_splits):
        training = folds.fold != fold
        if not training.all():
            for label in np.unique(target[~training]):
                own = np.unique(groups[target == label])
                freed = len(own) == 1 or label in folds.ungrouped
                assert freed or (target[training] == label).any()
    for group in np.unique(groups):
        inside = (groups == group) & ~np.isin(target, folds.ungrouped)
        assert len(set(folds.fold[inside]) - {ALWAYS}) <= 1
    counts = np.bincount(target)
    assert (folds.fold[counts[target] == 1] == ALWAYS).all()


def test_the_same_seed_gives_the_same_folds():
    random = np.random.default_rng(0)
    target, groups = random.integers(0, 3, 50), random.integers(0, 20, 50)
    one, two = (make_folds(target, groups, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(one.fold, two.fold)
    assert (make_folds(target, groups, random_state=4).fold != one.fold).any()


def test_without_groups_classes_are_spread_evenly():
    target = np.repeat([0, 1, 2], [10, 25, 5])
    folds = make_folds(target, None)
    assert folds.n_splits == 5
    for label, size in ((0, 2), (1, 5), (2, 1)):
        np.testing.assert_array_equal(np.bincount(folds.fold[target == label]), [size] * 5)


def test_a_class_of_one_artist_is_split_track_by_track_and_said():
    target, groups = np.repeat([0, 1, 2], 6), np.repeat([0, 1, 2, 3, 4], [6, 3, 3, 3, 3])
    folds = make_folds(target, groups)
    assert folds.ungrouped == (0,)
    assert len(set(folds.fold[:6])) > 1
    assert len(set(folds.fold[6:9])) == 1


@pytest.mark.parametrize("groups", [None, np.zeros(3, int)])
def test_classes_of_one_track_are_never_held_out(groups):
    folds = make_folds(np.array([0, 1, 2]), groups)
    assert folds.n_splits == 0
    assert (folds.fold == ALWAYS).all()


def test_two_tracks_of_a_class_are_never_held_out_together():
    target = np.array([0] * 40 + [1] * 2)
    folds = make_folds(target, None)
    assert folds.fold[40] != folds.fold[41]
