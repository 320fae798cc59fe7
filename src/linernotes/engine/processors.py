"""How much of this machine the work may use."""

from __future__ import annotations

import os


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
