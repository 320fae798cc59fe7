import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import median_filter

from linernotes.features._median import mirrored, running_median


def brute_force(values, size):
    return np.median(sliding_window_view(values, size, axis=0), axis=-1)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9, 13, 15, 17, 29, 31, 33, 63, 65])
@pytest.mark.parametrize("columns", [1, 255, 257])
def test_medians_are_bit_equal_to_sorting(size, columns):
    rng = np.random.default_rng(size)
    for count in (size, size + 1, size + 15, size + 100):
        values = rng.random((count, columns)).astype(np.float32)
        assert np.array_equal(running_median(values, size), brute_force(values, size))


@given(
    size=st.integers(0, 20).map(lambda half: 2 * half + 1),
    count=st.integers(1, 60),
    random_state=st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_ties_and_short_inputs_are_sorted_too(size, count, random_state):
    values = np.random.default_rng(random_state).integers(0, 3, (count, 3)).astype(np.float32)
    padded = mirrored(values, size)
    found = running_median(padded, size)
    assert found.shape == values.shape
    assert np.array_equal(found, brute_force(padded, size))


def test_mirrored_ends_are_scipys():
    values = np.random.default_rng(0).random((40, 50)).astype(np.float32)
    for axis in (0, 1):
        padded = mirrored(values, 31, axis=axis)
        found = running_median(np.ascontiguousarray(padded if not axis else padded.T), 31)
        size = (31, 1) if not axis else (1, 31)
        expected = median_filter(values, size=size, mode="reflect")
        assert np.array_equal(found if not axis else found.T, expected)
