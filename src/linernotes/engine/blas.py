"""Products of matrices on one thread, so that they give the same numbers everywhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_inside = 0
_limits: Any = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let the products of matrices of this process run on one thread.

    Split over threads, sums are rounded otherwise on some processors: the same track would have
    other numbers in a process of many threads than in one that was given a single one. Threads may
    be inside at the same time; the last one that leaves brings back what was. (OpenBLAS may take
    that from none but the thread that was first; until then products are made on one thread.)

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    global _inside, _limits  # noqa: PLW0603 - it holds for the whole process
    from threadpoolctl import threadpool_limits

    with _lock:
        if not _inside:
            _limits = threadpool_limits(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _limits.restore_original_limits()
                _limits = None
