"""Fitting to numbers: honest settings and intervals, whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from learning_support import RIDGE, make_numbers
from ratings_support import rated_tracks

from linernotes.datasets.examples import Numbers
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import TrainingError
from linernotes.learning.fitting_numbers import fit_numbers
from linernotes.learning.inputs import input_columns
from linernotes.learning.recipe import find_recipe
from linernotes.learning.splits import quantile_bins


def test_held_out_tracks_choose_the_settings():
    matrix, numbers = make_numbers(tracks=300)
    fitted = fit_numbers(RIDGE, matrix, numbers)
    assert fitted.chosen == {"ridge__alpha": 10.0}
    assert fitted.held_out.r2[0] > 0.8
    assert fitted.folds == 5
    again = fit_numbers(RIDGE, matrix, numbers)
    np.testing.assert_array_equal(again.predict(matrix), fitted.predict(matrix))


def test_the_interval_holds_for_tracks_that_were_never_seen():
    matrix, numbers = make_numbers(2, 900, noise=0.5)
    first, rest = np.arange(300), np.arange(300, 900)
    fitted = fit_numbers(RIDGE, matrix.take(first), numbers.take(first))
    told = fitted.predict(matrix.take(rest))
    for i, target in enumerate(fitted.targets):
        off = np.abs(told[:, i] - numbers.values[rest, i])
        assert 0.86 < (off <= target.spread).mean() < 0.95


def test_artists_are_held_out_together():
    """Where artists tell the number and nothing else does, held-out tracks cannot be told."""
    random = np.random.default_rng(0)
    artist = np.repeat(np.arange(40), 8)
    columns = input_columns(("extracted",))
    voice = random.normal(size=(40, len(columns)))
    heard = voice[artist] + 0.1 * random.normal(size=(320, len(columns)))
    matrix = FeatureMatrix(heard.astype(np.float32), np.arange(320), columns)
    numbers = Numbers(("fame",), random.normal(size=40)[artist][:, np.newaxis])
    apart = fit_numbers(RIDGE, matrix, numbers, groups=artist)
    mixed = fit_numbers(RIDGE, matrix, numbers)
    assert mixed.held_out.r2[0] > 0.5
    assert apart.held_out.r2[0] < 0.1
    assert apart.targets[0].spread > 2 * mixed.targets[0].spread
    assert apart.grouped
    assert not mixed.grouped


def test_nothing_beyond_the_range_is_told():
    matrix, numbers = make_numbers(tracks=100)
    fitted = fit_numbers(RIDGE, matrix, numbers)
    far = FeatureMatrix(1e3 * matrix.values, matrix.track, matrix.columns)
    target = fitted.targets[0]
    told = fitted.predict(far)
    assert told.min() >= target.low == numbers.values.min()
    assert told.max() <= target.high == numbers.values.max()


def test_several_rows_of_a_track_count_as_their_mean():
    matrix, numbers = make_numbers(2, 50, rows=3)
    fitted = fit_numbers(RIDGE, matrix, numbers)
    rows = fitted.timeline(matrix).reshape(50, 3, 2)
    np.testing.assert_allclose(fitted.predict(matrix), rows.mean(axis=1))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_the_scale_of_the_numbers_does_not_matter(scale):
    matrix, numbers = make_numbers(tracks=80)
    fitted = fit_numbers(RIDGE, matrix, numbers)
    scaled = fit_numbers(RIDGE, matrix, Numbers(("x",), scale * numbers.values))
    np.testing.assert_allclose(scaled.predict(matrix) / scale, fitted.predict(matrix), rtol=1e-5)


def test_one_value_is_no_number_to_learn():
    matrix, _ = make_numbers(tracks=10)
    with pytest.raises(TrainingError, match="all tracks have the level 2"):
        fit_numbers(RIDGE, matrix, Numbers(("level",), np.full((10, 1), 2.0)))


def test_few_tracks_are_learned_from_and_said_to_be_few():
    matrix, numbers = make_numbers(tracks=6)
    fitted = fit_numbers(RIDGE, matrix, numbers)
    assert any("6 tracks are few" in text for text in fitted.warnings)
    target = fitted.targets[0]
    assert 0 < target.spread <= target.high - target.low


def test_one_artist_is_said_to_be_one():
    matrix, numbers = make_numbers(tracks=60)
    fitted = fit_numbers(RIDGE, matrix, numbers, groups=np.zeros(60, np.int64))
    assert any("one artist or album" in text for text in fitted.warnings)


def test_a_slip_of_the_pen_is_said():
    matrix, numbers = make_numbers(tracks=60)
    values = numbers.values.copy()
    values[7] = 1e9
    fitted = fit_numbers(RIDGE, matrix, Numbers(("tempo",), values))
    assert any("tempo 1e+09 is far from all others" in text for text in fitted.warnings)


def test_strata_are_spread_over_groups():
    values = np.arange(100.0)
    assert np.bincount(quantile_bins(values, None)).tolist() == [20] * 5
    groups = np.repeat(np.arange(5), 20)
    stratum = quantile_bins(values, groups)
    assert all(len(np.unique(groups[stratum == each])) > 1 for each in np.unique(stratum))
    assert quantile_bins(values, np.zeros(100, np.int64)).max() == 0
    assert quantile_bins(np.array([1.0, 1, 1, 2]), None).tolist() == [0, 0, 0, 0]


def test_ratings_of_listeners_are_told():
    """As a prototype did on these clips: about .90 for energy, .6 to .7 for valence (Spearman)."""
    from scipy.stats import spearmanr

    examples = rated_tracks()
    inputs = ("embedding", "tags")  # its descriptors are of an older version
    heard = np.concatenate([examples.features[name] for name in inputs], axis=1)
    matrix = FeatureMatrix(heard, np.arange(len(heard)), input_columns(inputs))
    artist = np.unique(examples.artist, return_inverse=True)[1]
    fitted = fit_numbers(find_recipe("ridge"), matrix, examples.numbers, groups=artist, n_splits=10)
    held, truth = fitted.held_out.values, examples.numbers.values
    energy, valence = (spearmanr(held[:, i], truth[:, i])[0] for i in (0, 1))
    assert energy > 0.87
    assert valence > 0.58
