"""The engine Dask: a task for each item on a ``distributed`` cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from linernotes.engine.clusters import ClusterError
from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

    from linernotes.engine.clusters import EngineOptions

# Seconds to wait for the scheduler.
_PATIENCE = 20.0
# A cluster of our own watches itself less closely: that takes processors that are to listen.
_QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}


@contextmanager
def connect(
    options: EngineOptions, function: Callable[[Any], Any], at_end: Callable[[], None] | None = None
) -> Iterator[_Dask]:
    """Connect to a scheduler, or start one here with a process for each processor."""
    import dask
    import distributed

    with ExitStack() as stack:
        address: Any = options.address
        if address is None:
            stack.enter_context(dask.config.set(_QUIET))
            address = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=options.workers or cpu_count(),
                    threads_per_worker=1,
                    dashboard_address=None,
                    memory_limit=0,
                )
            )
        try:
            client = stack.enter_context(
                distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
            )
        except OSError as error:
            raise ClusterError(
                f"no Dask scheduler answers at {options.address}; is it running?"
            ) from error
        try:
            yield _Dask(client, function)
        finally:
            if at_end is not None and client.status == "running":
                with suppress(Exception):  # it may be the cluster that has ended
                    client.run(at_end, on_error="ignore")


class _Dask:
    def __init__(self, client: Client, function: Callable[[Any], Any]) -> None:
        self._client, self._function = client, function

    def submit(self, item: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with _telling():
            task = self._client.submit(self._function, item, pure=False)
        task.add_done_callback(lambda done: _settle(future, done))
        return future

    def slots(self) -> int:
        with _telling():
            return sum(self._client.nthreads().values())


@contextmanager
def _telling() -> Iterator[None]:
    """Say of whatever Dask raises without its scheduler that the connection is lost."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise ConnectionError(str(error)) from error


def _settle(future: Future[Any], task: DaskFuture[Any]) -> None:
    """Pass on what became of a task, and let go of it."""
    try:
        # Where its worker has died with the result, this waits for another one to do it again.
        future.set_result(task.result())
    except (CancelledError, asyncio.CancelledError) as error:
        future.set_exception(ClusterError(f"the scheduler went away ({error})"))
    except Exception as error:
        future.set_exception(error)
    task.release()
