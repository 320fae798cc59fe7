"""Memory of a process that works for hours."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Give the system back what is free, where the C library keeps it for later (glibc).

    Many threads that take and leave large pieces would else grow a process without end.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
