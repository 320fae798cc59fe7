"""Memory of a process that works for hours."""

from __future__ import annotations

import ctypes
import sys

# As malloc.h has it.
_ARENAS = -8
_FEW = 2


def keep_memory_together() -> None:
    """Have all threads take memory from the same places, where the C library is glibc.

    By itself it gives eight places to each processor. Many threads that take and leave large pieces
    leave gaps in all of them, and the process grows without end.
    """
    _call("mallopt", _ARENAS, _FEW)


def give_back_memory() -> None:
    """Give the system back what is free, where the C library is glibc, which keeps it for later."""
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function is not None:
            function(*numbers)
