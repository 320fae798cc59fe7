"""Statistics of a quantity's values over time: a few numbers for each row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOMENTS = ("kurtosis", "max", "mean", "median", "min", "skew", "std")
"""The seven statistics of the FMA data set, in its order."""

_PERCENTILES = {"median": 0.5, "p05": 0.05, "p25": 0.25, "p75": 0.75, "p95": 0.95}

STATISTICS = {
    "kurtosis": "heaviness of the tails: fourth moment over the squared variance, less 3",
    "max": "largest value",
    "mean": "mean",
    "median": "middle value",
    "min": "smallest value",
    "skew": "asymmetry: third moment over the cubed standard deviation",
    "std": "standard deviation, over the number of frames",
    "p05": "value that 5 % of the frames stay below",
    "p25": "value that 25 % of the frames stay below",
    "p75": "value that 75 % of the frames stay below",
    "p95": "value that 95 % of the frames stay below",
}


def summarise(
    rows: NDArray[np.float32], statistics: Sequence[str] = MOMENTS
) -> NDArray[np.float32]:
    """Summarise values over time, row by row.

    Moments are as ``scipy.stats`` has them by default: of the sample rather than estimates
    for the population, and a normal distribution has no kurtosis. Percentiles lie between
    values as ``numpy.percentile`` puts them.

    Parameters
    ----------
    rows
        float32, shape (rows, frames), finite.
    statistics
        Names among `STATISTICS`, in any order.

    Returns
    -------
    summary
        float32, shape (rows, statistics), finite. Rows that are constant but for rounding have
        neither skew nor kurtosis, so do those of a single frame. Without any frames all is 0.

    Raises
    ------
    ValueError
        If a value is not finite, the shape is wrong, or there is no such statistic.

    Examples
    --------
    >>> summarise(np.array([[0, 0, 0, 4]], np.float32), ("mean", "max", "p75"))
    array([[1., 4., 1.]], dtype=float32)
    """
    unknown = [name for name in statistics if name not in STATISTICS]
    if unknown:
        raise ValueError(
            f"There is no statistic {unknown[0]!r}; choose from {', '.join(STATISTICS)}."
        )
    rows = np.ascontiguousarray(rows, np.float32)
    if rows.ndim != 2:
        raise ValueError(f"Rows must have shape (rows, frames), not {rows.shape}.")
    n_rows, n_frames = rows.shape
    if not rows.size:
        return np.zeros((n_rows, len(statistics)), np.float32)
    # numpy sorts floats on vector units, faster than it finds the middle one. NaN comes last.
    ascending = np.sort(rows, axis=1)
    if not np.isfinite(ascending[:, [0, -1]]).all():
        raise ValueError("Rows must be finite; there is NaN or infinity in them.")
    known: dict[str, NDArray[np.floating]] = {"max": ascending[:, -1], "min": ascending[:, 0]}
    if not {"kurtosis", "mean", "skew", "std"}.isdisjoint(statistics):
        from linernotes.features._kernels import moments

        table = np.empty((n_rows, 4))
        moments(rows, table)
        known.update(zip(("mean", "std", "skew", "kurtosis"), table.T, strict=True))
    for name in _PERCENTILES.keys() & statistics:
        known[name] = _between(ascending, _PERCENTILES[name] * (n_frames - 1))
    if not statistics:
        return np.zeros((n_rows, 0), np.float32)
    return np.stack([known[name] for name in statistics], axis=1, dtype=np.float32)


def _between(ascending: NDArray[np.float32], place: float) -> NDArray[np.float32]:
    """Interpolate between the values next to a place in each row."""
    below = int(place)
    above = min(below + 1, ascending.shape[1] - 1)
    rest = np.float32(place - below)
    value: NDArray[np.float32] = ascending[:, below] * (1 - rest) + ascending[:, above] * rest
    return value
