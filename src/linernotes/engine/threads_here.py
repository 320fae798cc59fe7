"""The engine of one machine: a thread for each processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    from linernotes.engine.clusters import EngineOptions


@contextmanager
def connect(
    options: EngineOptions, function: Callable[[Any], Any], at_end: Callable[[], None] | None = None
) -> Iterator[_Threads]:
    """Start the threads, and end them; what has not begun by then is not begun any more."""
    workers = options.workers or cpu_count()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="linernotes-engine")
    try:
        yield _Threads(pool, function, workers)
    finally:
        pool.shutdown(cancel_futures=True)
        if at_end is not None:
            at_end()


class _Threads:
    def __init__(
        self, pool: ThreadPoolExecutor, function: Callable[[Any], Any], workers: int
    ) -> None:
        self._pool, self._function, self._workers = pool, function, workers

    def submit(self, item: Any) -> Future[Any]:
        return self._pool.submit(self._function, item)

    def slots(self) -> int:
        return self._workers
