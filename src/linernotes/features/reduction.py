"""From values over time to the fixed number of columns that a feature set has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linernotes.features.descriptor import Column, Rows
from linernotes.features.statistics import MOMENTS, STATISTICS, summarise

Values: TypeAlias = NDArray[np.float32]
Durations: TypeAlias = NDArray[np.float64]

# What says how a distribution is shaped has no unit.
_PURE = {"kurtosis", "skew"}


@dataclass(frozen=True)
class Reduction:
    """How rows of any length become columns.

    Parameters
    ----------
    columns
        The columns that come of the rows of a descriptor, in order.
    reduce
        ``reduce(rows, durations)`` returns their values. The rows are those of all the pieces
        of a track, one after the other; ``durations`` are the lengths of the pieces. Where there
        is an estimate, it is reduced in place of the rows.
    estimate
        What is made of the rows before, such as a key; reductions that share it share the work.
    """

    columns: Callable[[tuple[Column, ...]], tuple[Column, ...]]
    reduce: Callable[[Any, Durations], Values]
    estimate: Callable[[Rows], Any] | None = None


def statistics(*names: str) -> Reduction:
    """Summarise each row by statistics: all rows by the first, then all by the second.

    Parameters
    ----------
    names
        Among `linernotes.features.statistics.STATISTICS`; the seven moments if none is given.

    Examples
    --------
    >>> reduction = statistics("mean", "max")
    >>> [row.name for row in reduction.columns((Column("01", "Hz", ""), Column("02", "Hz", "")))]
    ['mean_01', 'mean_02', 'max_01', 'max_02']
    >>> reduction.reduce(np.array([[0, 4], [1, 1]], np.float32), np.ones(1))
    array([2., 1., 4., 1.], dtype=float32)
    """
    names = names or MOMENTS

    def columns(rows: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(
            replace(
                row,
                name=_joined(name, row.name),
                unit="1" if name in _PURE else row.unit,
                description=f"{row.description}: {STATISTICS[name]}",
            )
            for name in names
            for row in rows
        )

    return Reduction(columns, lambda rows, _: summarise(rows, names).T.ravel())


def once() -> Reduction:
    """Take what is measured once per clip; of a track in pieces, their mean by length.

    Examples
    --------
    >>> once().reduce(np.array([[1, 4]], np.float32), np.array([180, 60]))
    array([1.75], dtype=float32)
    """

    def reduce(rows: Rows, durations: Durations) -> Values:
        if rows.shape[1] == 1:
            return rows[:, 0]
        return np.average(rows, axis=1, weights=durations).astype(np.float32)

    return Reduction(lambda rows: rows, reduce)


def frames(count: int) -> Reduction:
    """Take the first frames as they are, row by row, with zeros where there are fewer.

    Examples
    --------
    >>> frames(3).reduce(np.array([[1, 2], [3, 4]], np.float32), np.ones(1))
    array([1., 2., 0., 3., 4., 0.], dtype=float32)
    """
    width = len(str(count))

    def columns(rows: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(
            replace(
                row,
                name=_joined(row.name, f"{frame:0{width}}"),
                description=f"{row.description}: in frame {frame}",
            )
            for row in rows
            for frame in range(1, count + 1)
        )

    def reduce(rows: Rows, _: Durations) -> Values:
        kept = np.zeros((len(rows), count), np.float32)
        kept[:, : rows.shape[1]] = rows[:, :count]
        return kept.ravel()

    return Reduction(columns, reduce)


def derived(
    function: Callable[[Any], Values],
    *columns: Column,
    estimate: Callable[[Rows], Any] | None = None,
) -> Reduction:
    """Compute columns from the rows of the whole track, such as a key from its chroma.

    Parameters
    ----------
    function
        Returns the columns' values, given the rows, or what is estimated from them.
    columns
        What they are called.
    estimate
        What is made of the rows first; parts of a set that share descriptor and estimate share the
        work.

    Examples
    --------
    >>> loudest = Column("loudest", "1", "number of the row with the largest value")
    >>> reduction = derived(lambda rows: rows.max(axis=1).argmax(keepdims=True), loudest)
    >>> int(reduction.reduce(np.array([[1, 2], [3, 4]], np.float32), np.ones(1))[0])
    1
    """
    return Reduction(lambda _: columns, lambda found, _: function(found), estimate)


def _joined(*parts: str) -> str:
    return "_".join(part for part in parts if part)
