"""Windows cut out of a stream of frames or samples, whatever blocks it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


def cut_windows(blocks: Iterable[Rows], size: int, step: int) -> Iterator[tuple[int, Rows]]:
    """Cut a stream of rows, which are frames or samples, into windows.

    Parameters
    ----------
    blocks
        Successive blocks of rows, any number in each.
    size, step
        Rows in a window, and from one window to the next.

    Yields
    ------
    start, rows
        Index of the first row, and ``size`` rows; fewer only when there are no more. When half a
        step or more is left after the last window, one more ends with the last row.
    """
    pending: Rows | None = None
    first = 0  # index of the first pending row
    start = 0  # of the window to come
    for block in blocks:
        pending = block if pending is None else np.concatenate([pending, block])
        while start + size <= first + len(pending):
            yield start, pending[start - first : start - first + size]
            start += step
        # The very last window may need as many rows as it is long.
        done = max(0, min(start - first, len(pending) - size))
        pending = pending[done:]
        first += done
    if pending is None:
        return
    total = first + len(pending)
    if start == 0:
        if total:
            yield 0, pending
        return
    left = total - (start - step + size)
    if left > 0 and 2 * left >= step:
        yield total - size, pending[-size:]
