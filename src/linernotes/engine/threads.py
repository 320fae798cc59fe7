"""Threads of this process, which all that is computed of one track shares."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import ParamSpec, TypeVar

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


def map_in_order(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Map with threads over any number of items, a few of them at a time.

    Examples
    --------
    >>> list(map_in_order(len, ["a", "bc"], threads=2))
    [1, 2]
    """
    if threads == 1:
        yield from map(function, items)
        return
    pool = _pool(threads, os.getpid())
    running: deque[Future[R]] = deque()
    for item in items:
        running.append(pool.submit(function, item))
        if len(running) > 2 * threads:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


class Background:
    """Work that threads do while a track is decoded, so little at a time that memory is bounded.

    A context manager: what has not begun when it ends is not begun any more.

    Parameters
    ----------
    threads
        How many; with one, work is done at once where it is asked for.

    Examples
    --------
    >>> with Background(2) as background:
    ...     background.run(pow, 2, 10).result()
    1024
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._running: deque[Future[object]] = deque()

    def __enter__(self) -> Background:
        return self

    def __exit__(self, *_: object) -> None:
        for future in self._running:
            future.cancel()

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin a piece of work, after waiting for earlier ones where many have not ended."""
        if self.threads == 1:
            future: Future[R] = Future()
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
            return future
        begun = _pool(self.threads, os.getpid()).submit(function, *args, **kwargs)
        self._running.append(begun)  # type: ignore[arg-type]
        if len(self._running) > 2 * self.threads:
            wait([self._running.popleft()])
        return begun


@cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:  # noqa: ARG001
    """Threads are kept: new ones take some 20 ms to spread over the processors.

    A forked process has the pool's memory, but none of its threads.
    """
    return ThreadPoolExecutor(threads, thread_name_prefix="linernotes")
