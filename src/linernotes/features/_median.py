"""Running medians by a sorting network that neighbouring windows share.

A median of 31 values costs a sort. Sixteen neighbouring windows have sixteen values in
common, which are sorted once; eight of these windows have eight more in common, which are
sorted and merged into them, and so on down to the single window. On the way whatever can no
longer be a median is dropped, so that a median costs some forty minima and maxima instead of
a few hundred comparisons (the idea: A. Adams, "Fast median filters using separable sorting
networks", ACM Transactions on Graphics 40, 2021). Nothing branches on the data: many columns
pass through the network side by side, on vector units.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]
Program = NDArray[np.uint64]
Step = tuple[int, int, int]

# So many columns go through the network at once. More would leave the second-level cache, with
# fewer the steps between the loops cost more than the loops.
LANES = 256

COPY, EXCHANGE, MINIMUM, MAXIMUM, RESULT = range(5)


def running_median(values: Matrix, size: int) -> Matrix:
    """Medians of ``size`` successive rows, for each column.

    Parameters
    ----------
    values
        float32, shape (n, columns), C-contiguous, finite.
    size
        Rows per median, odd, at most n.

    Returns
    -------
    float32, shape (n - size + 1, columns).
    """
    count, columns = values.shape[0] - size + 1, values.shape[1]
    if size == 1:
        return values.copy()
    medians = np.empty((count, columns), np.float32)
    _run(_program(size), values, medians, _windows_at_once(size), _wires(size))
    return medians


def mirrored(values: Matrix, size: int, *, axis: int = 0) -> Matrix:
    """Extend a matrix by a mirror image, so that it has as many running medians as rows.

    With it `running_median` is ``scipy.ndimage.median_filter(..., mode="reflect")``.
    """
    padding = [(0, 0), (0, 0)]
    padding[axis] = (size // 2, size // 2)
    return np.pad(values, padding, mode="symmetric")


def _windows_at_once(size: int) -> int:
    """Return the largest power of two up to half the window's length."""
    return 1 << (((size + 1) // 2).bit_length() - 1)


def _wires(size: int) -> int:
    return 2 * (size + _windows_at_once(size))


@lru_cache(maxsize=8)
def _program(size: int) -> Program:
    """Return the steps (kind, wire, wire) from the rows of all windows to their medians.

    The wires from 0 on hold the rows; what is sorted and merged goes to wires behind them.
    """
    width = _windows_at_once(size)
    core = size - width + 1
    first = size + width - 1
    steps = [(COPY, width - 1 + i, first + i) for i in range(core)]
    steps += _sorting(first, core)
    # A core value of rank r can have any rank from r to r + width - 1 in a window.
    lowest = first + size // 2 - width + 1
    steps += _descent(0, width, size, lowest, first + core)
    return np.array(steps, np.uint64)


def _descent(start: int, width: int, size: int, kept: int, free: int) -> list[Step]:
    """From the candidates of ``width`` windows, sorted on the wires from ``kept``, on down."""
    if width == 1:
        return [(RESULT, start, kept)]
    half = width // 2
    added, merged = free, free + half
    steps: list[Step] = []
    for left in (True, False):
        rows = start + half - 1 if left else start + size
        steps += [(COPY, rows + i, added + i) for i in range(half)]
        steps += _sorting(added, half)
        # Both the lowest and the highest of the candidates and the added values drop out:
        # of two sorted halves, one turned round, pairs have the lower half in their minima.
        steps += [(COPY, kept + i, merged + i) for i in range(half)]
        steps += [(MAXIMUM, merged + i, added + half - 1 - i) for i in range(half)]
        steps += _untwisting(merged, half)
        steps += [(MINIMUM, merged + i, kept + width - 1 - i) for i in range(half)]
        steps += _untwisting(merged, half)
        steps += _descent(start if left else start + half, half, size, merged, merged + half)
    return steps


def _sorting(first: int, count: int) -> list[Step]:
    """K. Batcher's merge exchange sort (Knuth, "The art of computer programming", 5.2.2 M)."""
    steps: list[Step] = []
    top = 1 << max(0, (count - 1).bit_length() - 1)
    p = top if count > 1 else 0
    while p:
        q, r, d = top, 0, p
        while d:
            steps += [(EXCHANGE, first + i, first + i + d) for i in range(count - d) if i & p == r]
            d, q, r = (q - p, q // 2, p) if q != p else (0, q, r)
        p //= 2
    return steps


def _untwisting(first: int, count: int) -> list[Step]:
    """Sort values that rise and then fall, or the reverse; a power of two of them."""
    steps: list[Step] = []
    distance = count // 2
    while distance:
        steps += [
            (EXCHANGE, first + i, first + i + distance) for i in range(count) if not i & distance
        ]
        distance //= 2
    return steps


@compiled()
def _fill(wire: Vector, values: Matrix, start: int, begin: int, end: int) -> None:
    """Put rows of values, from ``start`` on, onto the first wires."""
    for row in range(len(values) - start):
        for lane in range(end - begin):
            wire[row * LANES + lane] = values[start + row, begin + lane]


@compiled()
def _store(wire: Vector, place: np.int64, medians: Vector) -> None:
    for lane in range(len(medians)):
        medians[lane] = wire[place + lane]


@compiled("void(uint64[:,::1], float32[:,::1], float32[:,::1], int64, int64)", relaxed=False)
def _run(program: Program, values: Matrix, medians: Matrix, width: int, wires: int) -> None:
    """Send all columns through the network, ``width`` medians at a time."""
    count, columns = medians.shape
    rows = len(values) - count + width
    # Unsigned, because numba lets signed places count from the end, which stops vectors.
    stride = np.uint64(LANES)
    wire = np.zeros(wires * LANES, np.float32)
    for begin in range(0, columns, LANES):
        end = min(begin + LANES, columns)
        lanes = np.uint64(end - begin)
        for start in range(0, count, width):
            _fill(wire, values[: start + rows], start, begin, end)
            for step in range(len(program)):
                kind = program[step, 0]
                a = program[step, 1] * stride
                b = program[step, 2] * stride
                if kind == EXCHANGE:
                    for lane in range(lanes):
                        low = wire[a + lane]
                        high = wire[b + lane]
                        wire[a + lane] = low if low < high else high
                        wire[b + lane] = high if low < high else low
                elif kind == MINIMUM:
                    for lane in range(lanes):
                        low = wire[a + lane]
                        high = wire[b + lane]
                        wire[a + lane] = low if low < high else high
                elif kind == MAXIMUM:
                    for lane in range(lanes):
                        low = wire[a + lane]
                        high = wire[b + lane]
                        wire[a + lane] = high if low < high else low
                elif kind == COPY:
                    for lane in range(lanes):
                        wire[b + lane] = wire[a + lane]
                elif start + np.int64(program[step, 1]) < count:
                    _store(
                        wire, np.int64(b), medians[start + np.int64(program[step, 1]), begin:end]
                    )
