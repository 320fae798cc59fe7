"""Rows of several pictures: learned from and asked one by one."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from linernotes.learning.baselines.pictures import Pictures


def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    target = np.arange(count) % 2
    noise = np.random.default_rng(0).normal(0, 0.5, (count, 3, 2))
    return (noise + 5 + target[:, None, None]).reshape(count, 6).astype(np.float32), target


def test_the_answer_is_the_mean_over_the_pictures() -> None:
    values, target = rows(40)
    model = Pictures(LogisticRegression(), 3).fit(values, target)
    each = model.estimator_.predict_proba(values.reshape(120, 2)).reshape(40, 3, 2)
    np.testing.assert_allclose(model.predict_proba(values), each.mean(axis=1), atol=1e-5)
    assert (model.predict(values) == target).mean() > 0.9


def test_black_pictures_are_neither_learned_from_nor_asked() -> None:
    values, target = rows(40)
    cut = values.copy()
    cut[:, 4:] = 0
    model = Pictures(LogisticRegression(), 3).fit(cut, target)
    plain = LogisticRegression().fit(cut[:, :4].reshape(80, 2), np.repeat(target, 2))
    np.testing.assert_allclose(model.estimator_.coef_, plain.coef_)
    two = plain.predict_proba(cut[:, :4].reshape(80, 2)).reshape(40, 2, 2).mean(axis=1)
    np.testing.assert_allclose(model.predict_proba(cut), two, atol=1e-5)


def test_a_row_that_is_black_all_over_has_an_answer() -> None:
    values, target = rows(40)
    values[7] = 0
    model = Pictures(LogisticRegression(), 3).fit(values, target)
    found = model.predict_proba(values[7:8])
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def test_settings_of_the_classifier_can_be_set() -> None:
    model = clone(Pictures(LogisticRegression(), 3)).set_params(estimator__C=0.5)
    assert model.estimator.C == 0.5


def test_columns_that_cannot_be_cut_are_refused() -> None:
    with pytest.raises(ValueError, match="6 columns are not 4 equal pictures"):
        Pictures(LogisticRegression(), 4).fit(np.ones((2, 6)), [0, 1])
