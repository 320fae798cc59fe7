"""One function over many items on this machine, in processes that can be killed."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items handed out ahead of the one waited for, so that a long one leaves no process idle.
_AHEAD = 32


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """What became of one item.

    Parameters
    ----------
    item
        The item.
    value
        What the function returned, or ``None``.
    error
        What it raised; `TimeoutError` if it was killed for taking too long,
        `ProcessLookupError` if its process ended by itself.
    """

    item: Item
    value: Result | None
    error: BaseException | None


def cpu_count() -> int:
    """Return the number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def run(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    timeout: float | None = None,
    quiet: bool = True,
) -> Iterator[Outcome[Item, Result]]:
    """Call a function on every item, and give each its outcome whatever happens.

    An item that raises, hangs, or takes its process down costs itself alone.

    Parameters
    ----------
    function
        Importable function of one argument.
    items
        Arguments; taken a few at a time.
    workers
        Number of processes; ``None`` for one a processor.
    timeout
        Seconds that one item may take before its process is killed.
    quiet
        Drop what the processes write to standard error, decoders' chatter above all.

    Yields
    ------
    Outcome
        In the order of the items.

    Examples
    --------
    >>> [outcome.value for outcome in run(abs, [-1, 2])]
    [1, 2]
    """
    workers = workers or cpu_count()
    pool = ProcessPool(
        max_workers=workers,
        initializer=_start_worker,
        initargs=(quiet,),
        # Spawned processes inherit neither locks nor half-filled buffers from this one.
        context=multiprocessing.get_context("spawn"),
    )
    futures = ((item, pool.schedule(function, args=(item,), timeout=timeout)) for item in items)
    waiting = deque(itertools.islice(futures, workers + _AHEAD))
    finished = False
    try:
        while waiting:
            yield _outcome(*waiting.popleft())
            waiting.extend(itertools.islice(futures, 1))
        finished = True
    finally:
        # Whoever stops asking, or presses Ctrl-C, does not want the rest of the work done.
        pool.close() if finished else pool.stop()
        pool.join()


def _outcome(item: Item, future: Future[Result]) -> Outcome[Item, Result]:
    error = future.exception()
    if error is None:
        return Outcome(item, future.result(), None)
    if isinstance(error, ProcessExpired):
        error = ProcessLookupError(str(error))
    return Outcome(item, None, error)


def _start_worker(quiet: bool) -> None:
    if quiet:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stderr.fileno())
