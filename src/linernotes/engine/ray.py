"""The engine Ray: a task for each item.

Tasks, and not ``map_batches`` of a data set, since a data set has to be there as a whole before
it begins.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from linernotes.engine.clusters import ClusterError, wait_for_answer
from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    from linernotes.engine.clusters import EngineOptions

# How often an item is given to another worker when the one that had it died.
_RETRIES = 3
# Seconds without its head node after which a cluster is given up: Ray itself ends this process
# after 60.
_PATIENCE = 20.0
# Addresses of heads that are reached through a server of their own, which tells when it goes away.
_CLIENT = "ray://"


@contextmanager
def connect(
    options: EngineOptions, function: Callable[[Any], Any], _: Callable[[], None] | None = None
) -> Iterator[_Ray]:
    """Connect to a cluster, or start one here with a process for each processor."""
    import ray

    arguments: dict[str, Any] = {"address": options.address}
    if options.address is None:
        arguments = {"address": "local", "num_cpus": options.workers or cpu_count()}
        arguments["include_dashboard"] = False
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **arguments)
    except (ConnectionError, OSError, RuntimeError) as error:
        raise ClusterError(
            f"no Ray cluster answers at {options.address} or lets us in ({_first_line(error)}); is "
            "it running, and does RAY_AUTH_MODE say what it does there?"
        ) from error
    try:
        yield _Ray(ray.remote(max_retries=_RETRIES)(_called(function)), _head(options.address))
    finally:
        ray.shutdown()


def _called(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a plain function: Ray takes neither partial nor built-in ones."""

    def call(item: Any) -> Any:
        return function(item)

    return call


def _head(address: str | None) -> tuple[str, int] | None:
    """Return where the head node answers, if that can be seen from here."""
    import ray

    if (address or "").startswith(_CLIENT):
        return None
    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    return host, int(port)


class _Ray:
    def __init__(self, task: Any, head: tuple[str, int] | None) -> None:
        self._task, self._head = task, head

    def submit(self, item: Any) -> Future[Any]:
        future: Future[Any] = self._task.remote(item).future()
        return future

    def slots(self) -> int:
        import ray

        if self._head is not None:
            wait_for_answer([self._head], _PATIENCE)
        resources: Any = ray.cluster_resources
        return int(resources().get("CPU", 1))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
