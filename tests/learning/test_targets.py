from __future__ import annotations

import numpy as np
import pytest

from linernotes.learning.targets import Target, conformal_spread, target_from_dict

ENERGY = Target("energy", low=0.0, high=1.0, median=0.5, spread=0.2)


@pytest.mark.parametrize(
    ("low", "high", "value", "written"),
    [
        (0, 1, 0.6234, "0.62"),
        (1, 5, 3.456, "3.5"),
        (60, 190, 119.6, "120"),
        (1955, 2021, 1987.4, "1987"),
        (0.0, 0.004, 0.00123, "0.0012"),
        (0, 1e12, 3.2e11, "3.2e+11"),
    ],
)
def test_a_value_is_written_as_its_range_deserves(low, high, value, written):
    assert Target("x", low=low, high=high, median=low, spread=0).write(value) == written


def test_units_are_written_as_people_do():
    tempo = Target("tempo", low=60, high=190, median=120, spread=5, unit="BPM")
    assert tempo.write(119.6) == "120 BPM"
    assert Target("share", low=0, high=100, median=50, spread=5, unit="%").write(31) == "31%"


def test_an_interval_stays_in_the_range():
    assert ENERGY.interval(0.5) == (0.3, 0.7)
    assert ENERGY.interval(0.9) == (pytest.approx(0.7), 1.0)
    assert ENERGY.interval(0.0) == (0.0, 0.2)


def test_the_spread_holds_nine_of_ten_further_tracks():
    random = np.random.default_rng(0)
    held = []
    for _ in range(400):
        spread = conformal_spread(random.normal(size=60))
        held.append((np.abs(random.normal(size=500)) <= spread).mean())
    assert 0.89 < np.mean(held) < 0.93


def test_of_very_few_tracks_the_spread_is_wide():
    assert conformal_spread(np.array([0.1, -0.3, 0.2])) == 0.6


def test_a_target_comes_back_as_it_was():
    assert target_from_dict(ENERGY.as_dict(), "it") == ENERGY


@pytest.mark.parametrize(
    "odd",
    [
        {"low": 2.0},
        {"high": 0.0, "median": 0.0},
        {"median": 1.5},
        {"spread": -0.1},
        {"low": -1e300},
        {"name": ""},
        {"name": "a\x1b[31m"},
        {"unit": None},
        {"low": True},
        {"more": 1},
    ],
)
def test_an_odd_target_is_refused(odd):
    with pytest.raises(ValueError, match="it"):
        target_from_dict({**ENERGY.as_dict(), **odd}, "it")
