"""How much of this machine the work may use, and for how long."""

from __future__ import annotations

import os

GRACE = 30.0
"""Seconds that work has beyond its own time limit: to start, to import and to compile."""


def cpu_count() -> int:
    """Return the number of processors that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def worker_count(workers: int | None, items: int) -> int:
    """Return how many processes so many items are worth.

    Parameters
    ----------
    workers
        What the user wishes; ``None`` for one a processor.
    items
        How many there are.

    Returns
    -------
    int
        At least one, and no more than there are items.

    Examples
    --------
    >>> worker_count(4, 2), worker_count(4, 100), worker_count(4, 0)
    (2, 4, 1)
    """
    return min(workers or cpu_count(), max(1, items))


def threads_each(workers: int) -> int:
    """Return how many threads each of so many processes may use.

    Parameters
    ----------
    workers
        Processes, at least one.

    Returns
    -------
    int
        At least one.
    """
    return max(1, cpu_count() // workers)


def kill_after(timeout: float | None) -> float | None:
    """Return when to kill a process whose work should stop by itself after so many seconds.

    Parameters
    ----------
    timeout
        Seconds; ``None`` for work that takes as long as it takes.

    Returns
    -------
    float or None
        Seconds, `GRACE` included.

    Examples
    --------
    >>> kill_after(60.0), kill_after(None)
    (90.0, None)
    """
    return None if timeout is None else timeout + GRACE
