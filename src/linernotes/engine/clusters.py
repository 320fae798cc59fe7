"""One function over many items, wherever it runs: here, on Dask, on Ray or on Spark.

An engine is a way to hand out an item and get a future for what becomes of it. Twice as many
items are handed out as can be worked on at once, so that none has to wait for the next, and the
memory of whoever hands out stays the same however many there are.
"""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, ClassVar, Protocol, TypeVar

from linernotes.engine.local import Outcome
from linernotes.errors import LinernotesError

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The engines by name, and the modules that know them.
ENGINES = {
    "local": "linernotes.engine.threads_here",
    "dask": "linernotes.engine.dask",
    "ray": "linernotes.engine.ray",
    "spark": "linernotes.engine.spark",
}
_AHEAD = 2
# Seconds after which a cluster is asked again how many items it works on, and whether it is there.
_FRESH = 2.0
# Seconds that whoever is asked whether it is there may take to answer.
_ANSWERS_WITHIN = 5.0


class ClusterError(LinernotesError):
    """A cluster cannot be reached, or went away."""

    code: ClassVar[str] = "cluster"


class Cluster(Protocol):
    """Where work runs."""

    def submit(self, item: Any) -> Future[Any]:
        """Hand out an item; what the function returns comes back in the future."""

    def slots(self) -> int:
        """Return how many items are worked on at once, as of now.

        This and `submit` raise `ConnectionError` when the cluster has gone away.
        """


@dataclass(frozen=True)
class EngineOptions:
    """Where an engine is to run.

    Parameters
    ----------
    engine
        One of `ENGINES`.
    address
        Of a cluster that runs already: a scheduler's (Dask), a master's (Spark), a head node's
        (Ray). Without it a cluster is started on this machine.
    workers
        Of a cluster that is started here; ``None`` for one a processor.
    """

    engine: str = "local"
    address: str | None = None
    workers: int | None = None


@contextmanager
def open_cluster(
    options: EngineOptions, function: Callable[[Any], Any], at_end: Callable[[], None] | None = None
) -> Iterator[Cluster]:
    """Connect to a cluster, or start one here.

    Parameters
    ----------
    options, function, at_end
        As in `run_on`.

    Raises
    ------
    ClusterError
        There is no such engine, it is not installed, or it cannot be reached.
    """
    if options.engine not in ENGINES:
        raise ClusterError(f"there is no engine {options.engine}; there are {', '.join(ENGINES)}")
    with ExitStack() as stack:
        try:
            module = import_module(ENGINES[options.engine])
            cluster: Cluster = stack.enter_context(module.connect(options, function, at_end))
        except ImportError as error:
            raise ClusterError(
                f"this engine needs more: pip install 'linernotes[{options.engine}]' ({error})"
            ) from error
        yield cluster


def run_on(
    options: EngineOptions,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    at_end: Callable[[], None] | None = None,
) -> Iterator[Outcome[Item, Result]]:
    """Call a function on every item, on a cluster.

    Parameters
    ----------
    options
        Where.
    function
        Importable function of one argument, on every machine of the cluster.
    items
        Arguments; taken a few at a time. An iterator that had no more is asked again after each
        outcome, so that what an outcome says may lead to more items.
    at_end
        Called in each worker that stays when the work has ended, where the engine can do that.

    Yields
    ------
    Outcome
        In any order. What a worker does that dies is done again by another one; an item on which
        worker after worker dies has that error.

    Raises
    ------
    ClusterError
        The cluster cannot be reached, or went away.

    Examples
    --------
    >>> sorted(outcome.value for outcome in run_on(EngineOptions(workers=1), abs, [-1, 2]))
    [1, 2]
    """
    source = iter(items)
    at_work: dict[Future[Result], Item] = {}
    ready: SimpleQueue[Future[Result]] = SimpleQueue()
    slots, asked = 0, -math.inf
    with open_cluster(options, function, at_end) as cluster:
        while True:
            try:
                if time.monotonic() > asked + _FRESH:
                    slots, asked = max(1, cluster.slots()), time.monotonic()
                room = _AHEAD * slots - len(at_work)
                for item in islice(source, max(0, room)):
                    future = cluster.submit(item)
                    at_work[future] = item
                    future.add_done_callback(ready.put)
            except ConnectionError as lost:
                raise gone(options) from lost
            if not at_work:
                return
            try:
                future = ready.get(timeout=_FRESH)
            except Empty:  # which may be because nobody is there any more
                continue
            item = at_work.pop(future)
            if future.cancelled():
                raise gone(options)
            error = future.exception()
            if isinstance(error, CancelledError | ClusterError):
                raise gone(options) from error
            yield Outcome(item, None if error else future.result(), error)


def gone(options: EngineOptions) -> ClusterError:
    """Return what says that a cluster went away."""
    where = f" at {options.address}" if options.address else ""
    return ClusterError(
        f"the {options.engine} cluster{where} went away; what was found is kept, start again to "
        "go on"
    )


def wait_for_answer(addresses: Sequence[tuple[str, int]], seconds: float) -> None:
    """Return as soon as somebody answers at one of some addresses (host, port), or there is none.

    Raises
    ------
    ConnectionError
        Nobody does for so long.
    """
    end = time.monotonic() + seconds
    while addresses and not any(map(_answers, addresses)):
        if time.monotonic() > end:
            raise ConnectionError(f"nobody answers at {addresses}")
        time.sleep(0.2)


def _answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=_ANSWERS_WITHIN).close()
    except OSError:
        return False
    return True
