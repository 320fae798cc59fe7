"""From values over time to columns."""

from __future__ import annotations

import numpy as np
import pytest

from linernotes.features.descriptor import Column, numbered
from linernotes.features.reduction import derived, frames, once, statistics
from linernotes.features.statistics import MOMENTS

ROWS = np.arange(12, dtype=np.float32).reshape(3, 4)
DICTIONARY = numbered(3, "Hz", "a frequency")


def test_statistics_come_one_after_the_other_over_all_rows() -> None:
    reduction = statistics("mean", "std")
    values = reduction.reduce(ROWS, np.ones(1))
    assert values == pytest.approx([*ROWS.mean(axis=1), *ROWS.std(axis=1)])
    columns = reduction.columns(DICTIONARY)
    assert [column.name for column in columns] == [
        "mean_01", "mean_02", "mean_03", "std_01", "std_02", "std_03",
    ]  # fmt: skip
    assert {column.unit for column in columns} == {"Hz"}


def test_seven_moments_are_taken_unless_asked_otherwise() -> None:
    columns = statistics().columns(DICTIONARY)
    assert [column.name for column in columns[::3]] == [f"{name}_01" for name in MOMENTS]
    shapes = [column for column in columns if column.name.startswith(("skew", "kurtosis"))]
    assert {column.unit for column in shapes} == {"1"}


def test_what_is_measured_once_is_averaged_over_pieces_by_length() -> None:
    assert once().reduce(np.array([[2.0], [3.0]], np.float32), np.ones(1)) == pytest.approx([2, 3])
    values = once().reduce(np.array([[0.0, 4.0]], np.float32), np.array([180.0, 60.0]))
    assert values == pytest.approx([1.0])


@pytest.mark.parametrize("count", [1, 4, 10])
def test_frames_are_cut_or_padded(count: int) -> None:
    reduction = frames(count)
    values = reduction.reduce(ROWS, np.ones(1)).reshape(3, count)
    kept = min(count, 4)
    assert np.array_equal(values[:, :kept], ROWS[:, :kept])
    assert not values[:, kept:].any()
    names = [column.name for column in reduction.columns(DICTIONARY)]
    assert len(set(names)) == 3 * count


def test_columns_can_be_derived_from_the_whole_track() -> None:
    span = Column("span", "Hz", "from the lowest to the highest")
    reduction = derived(lambda rows: np.array([np.ptp(rows)], np.float32), span)
    assert reduction.columns(DICTIONARY) == (span,)
    assert reduction.reduce(ROWS, np.ones(1)) == pytest.approx([11])
