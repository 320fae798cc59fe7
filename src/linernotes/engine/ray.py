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

from linernotes.engine.clusters import ClusterError
from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    from linernotes.engine.clusters import EngineOptions

# How often an item is given to another worker when the one that had it died.
_RETRIES = 3


@contextmanager
def connect(
    place: EngineOptions, function: Callable[[Any], Any], _: Callable[[], None] | None = None
) -> Iterator[_Ray]:
    """Connect to a cluster, or start one here with a process for each processor."""
    import ray

    options: dict[str, Any] = {"address": place.address}
    if place.address is None:
        options = {"address": "local", "num_cpus": place.workers or cpu_count()}
        options["include_dashboard"] = False
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, OSError) as error:
        raise ClusterError(f"no Ray cluster answers at {place.address}; is it running?") from error
    try:
        yield _Ray(ray.remote(max_retries=_RETRIES)(_called(function)))
    finally:
        ray.shutdown()


def _called(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a plain function: Ray takes neither partial nor built-in ones."""

    def call(item: Any) -> Any:
        return function(item)

    return call


class _Ray:
    def __init__(self, task: Any) -> None:
        self._task = task

    def submit(self, item: Any) -> Future[Any]:
        future: Future[Any] = self._task.remote(item).future()
        return future

    def slots(self) -> int:
        import ray

        resources: Any = ray.cluster_resources
        return int(resources().get("CPU", 1))
