from __future__ import annotations

import numpy as np

from linernotes.learning.estimators.preprocessing import ClippedScaler


def test_columns_have_no_mean_and_the_deviation_of_one():
    rows = np.random.default_rng(0).normal(3, 7, size=(500, 4)).astype(np.float32)
    tidy = ClippedScaler(limit=100).fit_transform(rows)
    assert np.allclose(tidy.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(tidy.std(axis=0), 1, atol=1e-6)


def test_an_odd_track_is_cut_off():
    rows = np.random.default_rng(0).normal(size=(50, 1))
    tidied = ClippedScaler().fit(rows)
    assert tidied.transform(np.array([[1e9], [-np.inf], [0.0]])).tolist()[:2] == [[4.0], [-4.0]]


def test_only_probabilities_become_logarithms():
    rows = np.array([[1.0, 0.01], [2.0, 0.1], [3.0, 1.0]])
    tidy = ClippedScaler(start=1, stop=2, offset=0.0).fit_transform(rows)
    assert np.allclose(tidy[:, 0], tidy[:, 1])


def test_a_column_that_never_changed_says_nothing_when_it_does():
    tidied = ClippedScaler().fit(np.full((9, 1), 0.1, np.float32))
    assert tidied.transform(np.array([[55.0]])).tolist() == [[0.0]]


def test_what_it_was_given_stays_as_it_was():
    rows = np.array([[0.5, 0.1], [0.2, 0.3]])
    before = rows.copy()
    ClippedScaler(start=0, stop=2).fit_transform(rows)
    assert np.array_equal(rows, before)
