"""One function over many items on this machine, in processes that can be killed."""

from __future__ import annotations

import ctypes
import functools
import itertools
import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from linernotes.engine.copied import can_be_copied, run_in_copy
from linernotes.engine.pacing import lower_priority
from linernotes.engine.processors import cpu_count
from linernotes.errors import LinernotesError

if TYPE_CHECKING:
    from pebble import ProcessPool

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items handed out ahead of the one waited for, so that a long one leaves no process idle.
_AHEAD = 32
# Where the order does not matter, enough that processes need not wait for the next item.
_SPARE = 4
# Seconds beyond the time limit after which a pool that answers nothing is given up.
_STALLED = 60.0
_MOST_BREAKS = 3


# Spawned processes inherit neither locks nor half-filled buffers from this one.
_CONTEXT = multiprocessing.get_context("spawn")


class Later:
    """Says in place of an item that there are more, but not now."""


#: The only one.
LATER = Later()


class WorkersError(LinernotesError):
    """No process could be started for the work."""

    code: ClassVar[str] = "workers"


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """The outcome of one item.

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


def run(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
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
        Number of processes; ``None`` for one a processor. A single item is worked on in a copy
        of this process where that is safe, which is there sooner.
    timeout
        Seconds that one item may take before its process is killed.
    memory
        Bytes that each process may hold, what it needs to start included; beyond them Python
        raises `MemoryError`, and a library may end the process. Kept on Linux alone.
    quiet
        Drop what the processes write to standard error, decoders' chatter above all.

    Yields
    ------
    Outcome
        In the order of the items.

    Raises
    ------
    WorkersError
        No process could be started, as from a script that is not made for it.

    Examples
    --------
    >>> [outcome.value for outcome in run(abs, [-1, 2])]
    [1, 2]
    """
    items = iter(items)
    first = list(itertools.islice(items, 2))
    if len(first) == 1 and can_be_copied():
        prepare = functools.partial(_prepare, quiet, memory)
        yield Outcome(first[0], *run_in_copy(function, first[0], timeout=timeout, prepare=prepare))
        return
    items = itertools.chain(first, items)
    workers = workers or cpu_count()
    started = _flag()
    pool = _start_pool(workers, memory, quiet, started)
    futures = ((item, pool.schedule(function, args=(item,), timeout=timeout)) for item in items)
    waiting = deque(itertools.islice(futures, workers + _AHEAD))
    finished = False
    try:
        while waiting:
            yield _outcome(*waiting.popleft(), started)
            waiting.extend(itertools.islice(futures, 1))
        finished = True
    finally:
        # Whoever stops asking, or presses Ctrl-C, does not want the rest of the work done.
        pool.close() if finished else pool.stop()
        pool.join()


def run_as_finished(
    function: Callable[[Item], Result],
    items: Iterable[Item | Later],
    *,
    workers: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    quiet: bool = True,
    tick: float = 1.0,
    spare: int = _SPARE,
    lowest_priority: bool = False,
) -> Iterator[Outcome[Item, Result] | None]:
    """Do as `run` does, but yield each outcome as soon as it is there, and never stay silent.

    Parameters
    ----------
    function
        As in `run`.
    items
        Arguments; taken a few at a time. An iterator that had no more is asked again after
        each outcome, so that what an outcome says may lead to more items. After `LATER` it is
        asked again after each outcome or tick.
    workers, timeout, memory, quiet
        As in `run`.
    tick
        Seconds without an outcome after which ``None`` is yielded, for whoever has
        something to do meanwhile.
    spare
        Items handed out beyond one for each process, so that none has to wait for the next.
    lowest_priority
        Let the processes have only what nobody else wants of the machine.

    Yields
    ------
    Outcome or None
        In any order.

    Raises
    ------
    WorkersError
        As in `run`.

    Examples
    --------
    >>> outcomes = run_as_finished(abs, [-1, 2])
    >>> sorted(outcome.value for outcome in outcomes if outcome)
    [1, 2]
    """
    processes = Processes(
        function,
        workers=workers,
        timeout=timeout,
        memory=memory,
        quiet=quiet,
        lowest_priority=lowest_priority,
    )
    finished = False
    try:
        yield from processes.run(items, tick=tick, spare=spare)
        finished = True
    finally:
        processes.end(finished=finished)


class Processes(Generic[Item, Result]):
    """Processes that can be killed, kept from one call to the next with what they have loaded.

    Parameters
    ----------
    function, workers, timeout, memory, quiet, lowest_priority
        As in `run_as_finished`.
    """

    def __init__(
        self,
        function: Callable[[Item], Result],
        *,
        workers: int | None = None,
        timeout: float | None = None,
        memory: int | None = None,
        quiet: bool = True,
        lowest_priority: bool = False,
    ) -> None:
        self._workers = workers or cpu_count()
        started = _flag()
        start = functools.partial(
            _start_pool, self._workers, memory, quiet, started, lowest_priority
        )
        self._crew = _Crew(function, timeout, start, started)

    def run(
        self, items: Iterable[Item | Later], *, tick: float = 0.2, spare: int = _SPARE
    ) -> Iterator[Outcome[Item, Result] | None]:
        """Call the function on every item.

        Whoever stops asking ends the processes before the next call.

        Parameters
        ----------
        items, tick, spare
            As in `run_as_finished`.

        Yields
        ------
        Outcome or None
            As there.
        """
        source = iter(items)
        crew = self._crew
        while True:
            more_later = False
            most = self._workers + spare
            for item in itertools.islice(source, max(0, most - len(crew.at_work))):
                if isinstance(item, Later):
                    more_later = True
                    break
                crew.hand_out(item)
            if not crew.at_work and not more_later:
                return
            yield from crew.wait(tick)

    def end(self, *, finished: bool = True) -> None:
        """End the processes.

        Parameters
        ----------
        finished
            Whether they have nothing to do any more; else that is given up.
        """
        self._crew.dismiss(finished)


class _Crew(Generic[Item, Result]):
    """A pool, and another one in its place when it breaks.

    Whoever kills processes from outside may leave a pool's locks to nobody.
    """

    def __init__(
        self,
        function: Callable[[Item], Result],
        timeout: float | None,
        start: Callable[[], ProcessPool],
        started: Any,
    ) -> None:
        self.at_work: dict[Future[Result], Item] = {}
        self._function = function
        self._timeout = timeout
        self._start, self._started = start, started
        self._pool = start()
        self._ready: SimpleQueue[Future[Result]] = SimpleQueue()
        self._breaks, self._alive = 0, time.monotonic()

    def hand_out(self, item: Item) -> None:
        """Have an item worked on."""
        future: Future[Result]
        try:
            future = self._pool.schedule(self._function, args=(item,), timeout=self._timeout)
        except RuntimeError as error:  # the pool broke since it was last heard of
            future = Future()
            future.set_exception(BrokenProcessPool(str(error)))
        if not self.at_work:
            self._alive = time.monotonic()
        self.at_work[future] = item
        future.add_done_callback(self._ready.put)

    def wait(self, seconds: float) -> Iterator[Outcome[Item, Result] | None]:
        """Yield the next outcome, or ``None`` if there is none for so long."""
        try:
            future = self._ready.get(timeout=seconds)
        except Empty:
            if self._is_stalled():
                yield from self._restart()
            yield None
            return
        if future not in self.at_work:  # of a pool that is no more
            return
        outcome = _outcome(self.at_work[future], future, self._started)
        if isinstance(outcome.error, BrokenProcessPool):
            yield from self._restart()
            return
        del self.at_work[future]
        self._breaks, self._alive = 0, time.monotonic()
        yield outcome

    def dismiss(self, finished: bool) -> None:
        """End the processes."""
        # Whoever stops asking, or presses Ctrl-C, does not want the rest of the work done.
        self._pool.close() if finished else self._pool.stop()
        self._pool.join()

    def _is_stalled(self) -> bool:
        """Whether even what hangs should have been given up long ago."""
        if self._timeout is None or not self.at_work:
            return False
        return time.monotonic() > self._alive + self._timeout + _STALLED

    def _restart(self) -> Iterator[Outcome[Item, Result]]:
        items = list(self.at_work.values())
        self.at_work.clear()
        self.dismiss(finished=False)
        self._pool = self._start()
        self._breaks, self._alive = self._breaks + 1, time.monotonic()
        if self._breaks <= _MOST_BREAKS:
            for item in items:
                self.hand_out(item)
            return
        self._breaks = 0
        for item in items:
            yield Outcome(item, None, ProcessLookupError("the processes ended"))


def _flag() -> Any:
    """Return what the first process to start sets, without a lock that it could die with."""
    return _CONTEXT.RawValue(ctypes.c_bool, False)


def _start_pool(
    workers: int, memory: int | None, quiet: bool, started: Any, lowest_priority: bool = False
) -> ProcessPool:
    from pebble import ProcessPool

    return ProcessPool(
        max_workers=workers,
        initializer=_start_worker,
        initargs=(quiet, memory, started, lowest_priority),
        context=_CONTEXT,
    )


def _outcome(item: Item, future: Future[Result], started: Any) -> Outcome[Item, Result]:
    error = future.exception()
    if error is None:
        return Outcome(item, future.result(), None)
    if isinstance(error, BrokenProcessPool) and not started.value:
        raise WorkersError(
            "the processes that do the work end before they begin; if a script calls linernotes, "
            'save it as a file and put what it does under: if __name__ == "__main__":'
        ) from error
    from pebble import ProcessExpired

    if isinstance(error, ProcessExpired):
        error = ProcessLookupError(str(error))
    return Outcome(item, None, error)


def _start_worker(quiet: bool, memory: int | None, started: Any, lowest_priority: bool) -> None:
    started.value = True
    if lowest_priority:
        lower_priority()
    _prepare(quiet, memory)


def _prepare(quiet: bool, memory: int | None) -> None:
    """Make ready the process that does the work."""
    # There is a process for each processor; more threads in them would only get in each
    # other's way. Heeded where numpy is not loaded yet.
    for library in ("OMP", "OPENBLAS", "MKL", "VECLIB", "NUMEXPR"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    if quiet:
        with Path(os.devnull).open("wb") as nowhere:
            # What libraries write to is not always what Python does.
            for error_output in {2, sys.stderr.fileno()}:
                os.dup2(nowhere.fileno(), error_output)
    if memory is not None and sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process with the one that started it, even where its work hangs."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
