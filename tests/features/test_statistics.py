import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from linernotes.features.statistics import MOMENTS, STATISTICS, summarise


def test_statistics_are_scipys_and_numpys():
    rows = np.random.default_rng(0).lognormal(size=(20, 1291)).astype(np.float32)
    for cut in (rows, np.ascontiguousarray(rows[:, 1:]), rows[:, :2], rows[:, ::2]):
        exact = cut.astype(float)
        expected = {
            "kurtosis": scipy.stats.kurtosis(exact, axis=1),
            "max": exact.max(axis=1),
            "mean": exact.mean(axis=1),
            "median": np.median(exact, axis=1),
            "min": exact.min(axis=1),
            "skew": scipy.stats.skew(exact, axis=1),
            "std": exact.std(axis=1),
            **{f"p{p:02}": np.percentile(exact, p, axis=1) for p in (5, 25, 75, 95)},
        }
        assert list(expected) == list(STATISTICS)
        found = summarise(cut, tuple(STATISTICS))
        assert found.dtype == np.float32
        for column, name in zip(found.T, STATISTICS, strict=True):
            np.testing.assert_allclose(column, expected[name], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(summarise(cut), found[:, : len(MOMENTS)])


def test_any_order_and_any_choice():
    rows = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    everything = dict(zip(STATISTICS, summarise(rows, tuple(STATISTICS)).T, strict=True))
    for names in (("p95", "mean"), ("std",), ("p05",), ()):
        expected = np.array([everything[name] for name in names]).T.reshape(3, len(names))
        np.testing.assert_array_equal(summarise(rows, names), expected)


@pytest.mark.parametrize("value", [0, 1, -3.7, 1e-20, 12345.678])
@pytest.mark.parametrize("n_frames", [1, 2, 999])
def test_constant_rows_have_neither_skew_nor_kurtosis(value, n_frames):
    row = np.full((1, n_frames), value, np.float32)
    found = dict(zip(STATISTICS, summarise(row, tuple(STATISTICS))[0], strict=True))
    assert found["skew"] == found["kurtosis"] == 0
    assert abs(found["std"]) <= 1e-6 * abs(row[0, 0])
    for name in ("max", "mean", "median", "min", "p05", "p25", "p75", "p95"):
        assert found[name] == pytest.approx(row[0, 0], rel=1e-6)


def test_no_frames_and_no_rows():
    assert summarise(np.zeros((3, 0), np.float32)).tolist() == [[0] * 7] * 3
    assert summarise(np.zeros((0, 5), np.float32)).shape == (0, 7)


@settings(max_examples=40, deadline=None)
@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.integers(1, 20)),
        elements=st.floats(-(2.0**50), 2.0**50, width=32),
    )
)
def test_nothing_is_ever_infinite(rows):
    found = summarise(rows, tuple(STATISTICS))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(
        summarise(rows[:, ::-1], tuple(STATISTICS)),
        found,
        rtol=1e-3,
        atol=1e-3 * np.abs(rows).max(),
    )


def test_bad_input():
    with pytest.raises(ValueError, match="'average'"):
        summarise(np.ones((1, 3), np.float32), ("average",))
    with pytest.raises(ValueError, match="shape"):
        summarise(np.ones(3, np.float32))
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="finite"):
            summarise(np.array([[0, bad, 1]], np.float32))
