"""One track heard by several networks: decoded once, and resampled once for each rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Queue
from typing import TypeVar

import numpy as np

from linernotes.audio.signal import Samples, resample_blocks
from linernotes.networks.hearing import NetworkTimeline, hear
from linernotes.networks.installed import InstalledNetwork, open_network

T = TypeVar("T")

# Blocks that wait for a network at most: the slowest one sets the pace.
_WAITING = 8


def hear_together(
    networks: Sequence[InstalledNetwork],
    blocks: Iterable[Samples],
    sample_rate: int,
    *,
    threads: int | None = None,
) -> dict[str, NetworkTimeline]:
    """Let several networks hear the same sound, in bounded memory whatever its length.

    Parameters
    ----------
    networks
        Which ones.
    blocks
        Successive float32 blocks of mono samples, of any sizes.
    sample_rate
        Of the blocks.
    threads
        How many windows of each network to work on at once; by default as many as there are
        processors. The numbers do not depend on it.

    Returns
    -------
    dict
        What each of them tells, by its name.

    Raises
    ------
    NetworkError
        One of them cannot be run.
    """
    sessions = {network.spec.name: open_network(network) for network in networks}
    rates = dict.fromkeys(network.spec.front_end.sample_rate for network in networks)
    told: dict[str, Future[NetworkTimeline]] = {}
    with ThreadPoolExecutor(max(1, len(networks) + len(rates))) as pool:
        sinks = []
        for rate in rates:
            own = [network for network in networks if network.spec.front_end.sample_rate == rate]
            ends = []
            for network in own:
                name = network.spec.name
                work = partial(hear, network.spec, sessions[name], threads=threads)
                end, told[name] = _consumer(pool, work)
                ends.append(end)
            sinks.append(_consumer(pool, partial(_resample, sample_rate, rate, ends)))
        try:
            for block in blocks:
                for sink, _ in sinks:
                    sink.put(block)
        finally:
            for sink, _ in sinks:
                sink.put(None)
        for _, done in sinks:
            done.result()
        return {name: future.result() for name, future in told.items()}


def _resample(
    from_rate: int, to_rate: int, ends: Sequence[Queue[Samples | None]], blocks: Iterable[Samples]
) -> None:
    try:
        columns = (block[:, np.newaxis] for block in blocks)
        for block in resample_blocks(columns, from_rate=from_rate, to_rate=to_rate, channels=1):
            for end in ends:
                end.put(np.ascontiguousarray(block[:, 0]))
    finally:
        for end in ends:
            end.put(None)


def _consumer(
    pool: ThreadPoolExecutor, work: Callable[[Iterable[Samples]], T]
) -> tuple[Queue[Samples | None], Future[T]]:
    """Start work on what is put into a queue, until ``None`` is."""
    queue: Queue[Samples | None] = Queue(_WAITING)

    def taken() -> Iterator[Samples]:
        while (block := queue.get()) is not None:
            yield block

    def run() -> T:
        blocks = taken()
        try:
            return work(blocks)
        finally:
            for _ in blocks:  # whoever puts more must not wait for ever
                pass

    return queue, pool.submit(run)
