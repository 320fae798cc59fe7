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
# Of servers in front of a head node.
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
        # By itself Ray tries for many minutes.
        wait_for_answer(_head(options.address), _PATIENCE)
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **arguments)
    except (ConnectionError, OSError, RuntimeError) as error:
        raise ClusterError(
            f"no Ray cluster answers at {options.address} or lets us in ({_first_line(error)}); is "
            "it running, and does RAY_AUTH_MODE say what it does there?"
        ) from error
    try:
        heads = _head(options.address) or _head(ray.get_runtime_context().gcs_address)
        yield _Ray(ray.remote(max_retries=_RETRIES)(_called(function)), heads)
    finally:
        ray.shutdown()


def _called(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a plain function: Ray takes neither partial nor built-in ones."""

    def call(item: Any) -> Any:
        return function(item)

    return call


def _head(address: str | None) -> list[tuple[str, int]]:
    """Return where a head node answers, if its address says so."""
    host, _, port = (address or "").removeprefix(_CLIENT).rpartition(":")
    return [(host, int(port))] if host and port.isdigit() else []


class _Ray:
    def __init__(self, task: Any, heads: list[tuple[str, int]]) -> None:
        self._task, self._heads = task, heads

    def submit(self, item: Any) -> Future[Any]:
        future: Future[Any] = self._task.remote(item).future()
        return future

    def slots(self) -> int:
        import ray

        wait_for_answer(self._heads, _PATIENCE)
        resources: Any = ray.cluster_resources
        return int(resources().get("CPU", 1))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
