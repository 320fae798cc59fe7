"""How far answers are to be relied on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.learning.certainty import Certainty, certainties, fit_sure_above


def told(*probabilities, sure_above=0.8, rejected=False, contradicted=False):
    return certainties(
        np.array([probabilities]),
        sure_above=sure_above,
        rejected=np.array([rejected]),
        contradicted=np.array([contradicted]),
    )[0]


def test_an_answer_is_sure_from_its_threshold_on():
    assert told(0.8, 0.2) is Certainty.SURE
    assert told(0.79, 0.21) is Certainty.LIKELY


def test_without_half_of_the_probability_or_without_a_lead_it_is_not_sure():
    assert told(0.49, 0.1) is Certainty.NOT_SURE
    assert told(0.52, 0.48, sure_above=0.5) is Certainty.NOT_SURE


def test_what_the_tags_contradict_is_not_sure_however_probable():
    assert told(0.99, 0.01, contradicted=True) is Certainty.NOT_SURE


def test_none_of_these_goes_before_everything():
    assert told(0.99, 0.01, rejected=True, contradicted=True) is Certainty.NONE_OF_THESE


@pytest.mark.parametrize("right", [0.95, 0.9])
def test_the_threshold_is_where_nine_of_ten_are_right(right):
    random = np.random.default_rng(0)
    top = np.repeat([0.95, 0.75, 0.55], 400)
    correct = np.repeat([right, 0.7, 0.4], 400)
    truth = (random.random(1200) >= correct).astype(int)
    truth[:400] = np.arange(400) >= right * 400
    p = np.column_stack([top, 1 - top])
    assert 0.75 < fit_sure_above(np.log(p), truth) <= 0.95


def test_few_answers_are_never_sure():
    p = np.tile([0.99, 0.01], (19, 1))
    assert fit_sure_above(np.log(p), np.zeros(19, int)) == 1.0


@given(st.integers(0, 2**32 - 1), st.integers(20, 200))
def test_among_the_sure_ones_nine_of_ten_are_right(random_state, n):
    random = np.random.default_rng(random_state)
    p = random.dirichlet(np.full(4, 0.3), n)
    truth = np.array([random.choice(4, p=row) for row in p])
    with np.errstate(divide="ignore"):
        threshold = fit_sure_above(np.log(p), truth)
    sure = p.max(axis=1) >= threshold
    if sure.any():
        assert (p.argmax(axis=1) == truth)[sure].mean() >= 0.9
