"""The parts that recipes are put together from: columns, components, neighbours, choice."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KNeighborsClassifier

from linernotes.learning.baselines.sklearn_variants import Components, Neighbours, SupportVectors
from linernotes.learning.estimators.preprocessing import ColumnSelector
from linernotes.learning.selection import best_index


def test_columns_are_taken_without_copying() -> None:
    values = np.arange(12.0).reshape(3, 4)
    found = ColumnSelector(1, 3).fit_transform(values)
    np.testing.assert_array_equal(found, values[:, 1:3])
    assert np.shares_memory(found, values)


@pytest.mark.parametrize(("start", "stop"), [(2, 2), (0, 5), (-1, 2), (3, 1)])
def test_columns_that_are_not_there_are_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="There are 4 columns"):
        ColumnSelector(start, stop).fit(np.ones((2, 4)))


def test_components_are_those_of_scikit_learn_where_there_are_enough_rows() -> None:
    values = np.random.default_rng(0).normal(size=(40, 20))
    found = Components(12).fit_transform(values)
    np.testing.assert_array_equal(found, PCA(12, random_state=0).fit(values).transform(values))
    few = Components(12).fit(values[:5])
    assert few.transform(values).shape == (40, 5)
    assert few.n_components == 12


def test_neighbours_vote_as_in_scikit_learn_where_there_are_enough() -> None:
    rng = np.random.default_rng(0)
    values, target = rng.normal(size=(60, 4)).astype(np.float32), rng.integers(0, 3, 60)
    mine = Neighbours(n_neighbors=7).fit(values[:40], target[:40])
    theirs = KNeighborsClassifier(7).fit(values[:40], target[:40])
    np.testing.assert_allclose(
        mine.predict_proba(values[40:]), theirs.predict_proba(values[40:]), atol=1e-12
    )
    np.testing.assert_array_equal(mine.predict(values[40:]), theirs.predict(values[40:]))


@pytest.mark.parametrize(("rows", "votes"), [(40, 15), (12, 6), (3, 1), (2, 1)])
def test_at_most_half_of_the_rows_vote(rows: int, votes: int) -> None:
    values, target = np.arange(rows)[:, np.newaxis], np.arange(rows) % 2
    model = Neighbours(n_neighbors=15).fit(values, target)
    assert model.n_neighbors_ == votes
    np.testing.assert_allclose(model.predict_proba(values).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("training", "validation", "tolerance", "chosen"),
    [
        ([0.9, 0.8, 0.7], [0.6, 0.77, 0.68], 0.05, 1),
        ([0.9, 0.8, 0.7], [0.8, 0.77, 0.68], None, 0),
        ([0.75, 0.95], [0.70, 0.90], 0.05, 1),  # exactly the tolerance is within it
        ([1.0, 1.0, 0.9], [0.5, 0.7, 0.65], 0.05, 1),  # none is: then all are allowed
        ([0.6, 0.6], [0.6, 0.6], 0.05, 0),
        ([0.5, 0.9], [0.6, 0.88], 0.05, 1),  # better on held-out rows is no over-fitting
    ],
)
def test_settings_are_chosen_by_what_was_held_out_within_a_tolerance(
    training: list[float], validation: list[float], tolerance: float | None, chosen: int
) -> None:
    assert best_index(training, validation, tolerance=tolerance) == chosen


@pytest.mark.parametrize(("training", "validation"), [([], []), ([0.5], [0.5, 0.6])])
def test_scores_have_to_be_complete(training: list[float], validation: list[float]) -> None:
    with pytest.raises(ValueError, match="needs a training and a validation score"):
        best_index(training, validation)


@pytest.mark.parametrize("gamma", ["scale", "auto", 0.125])
def test_the_width_of_the_kernel_is_the_one_that_decides(gamma: str | float) -> None:
    rng = np.random.default_rng(0)
    values, target = rng.normal(size=(40, 3)).astype(np.float32), np.arange(40) % 2
    fitted = SupportVectors(gamma=gamma).fit(values, target)
    kernel = rbf_kernel(values.astype(float), fitted.support_vectors_, gamma=fitted.gamma_)
    decisions = kernel @ fitted.dual_coef_[0] + fitted.intercept_
    np.testing.assert_allclose(decisions, fitted.decision_function(values), atol=1e-9)


def test_the_kernel_of_rows_that_are_all_alike_has_a_width() -> None:
    assert SupportVectors().fit(np.ones((4, 2)), [0, 0, 1, 1]).gamma_ == 1.0
