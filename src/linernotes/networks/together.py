"""One track heard by several networks: decoded once, and resampled once for each rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Queue
from threading import Event
from typing import Self, TypeVar

import numpy as np

from linernotes.audio.signal import Samples, resample_blocks
from linernotes.networks.hearing import NetworkTimeline, hear
from linernotes.networks.installed import InstalledNetwork, open_network

T = TypeVar("T")

# Blocks that wait for a network at most: the slowest one sets the pace.
_WAITING = 8


class SharedHearing:
    """Several networks that hear the same sound while somebody else decodes it.

    A context manager: the threads that work end with it, and at once where something went wrong.

    Parameters
    ----------
    networks
        Which ones.
    sample_rate
        Of the sound.
    threads
        How many windows of each network to work on at once; by default as many as was fastest when
        it was installed. The numbers do not depend on it.

    Raises
    ------
    NetworkError
        One of them cannot be run.

    Examples
    --------
    >>> with SharedHearing([find_installed("clap")], 44100) as hearing:  # doctest: +SKIP
    ...     hearing.put(np.zeros(441000, np.float32))
    ...     hearing.told()["clap"].end
    array([10.])
    """

    def __init__(
        self,
        networks: Sequence[InstalledNetwork],
        sample_rate: int,
        *,
        threads: int | None = None,
    ) -> None:
        sessions = {network.spec.name: open_network(network) for network in networks}
        rates = dict.fromkeys(network.spec.front_end.sample_rate for network in networks)
        self._told: dict[str, Future[NetworkTimeline]] = {}
        self._sinks: list[tuple[Queue[Samples | None], Future[None]]] = []
        self._ended = False
        self._given_up = Event()
        self._pool = ThreadPoolExecutor(max(1, len(networks) + len(rates)))
        for rate in rates:
            own = [network for network in networks if network.spec.front_end.sample_rate == rate]
            ends = []
            for network in own:
                name, pace = network.spec.name, network.pace
                work = partial(
                    hear,
                    network.spec,
                    sessions[name],
                    threads=pace.threads if threads is None else threads,
                    batch=pace.batch,
                )
                end, self._told[name] = self._consumer(work)
                ends.append(end)
            self._sinks.append(self._consumer(partial(_resample, sample_rate, rate, ends)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._given_up.set()
        self._end()
        self._pool.shutdown()

    def put(self, block: Samples) -> None:
        """Let the networks hear more; waits while they have not heard what they were given.

        Parameters
        ----------
        block
            float32, shape (n,): the next mono samples.
        """
        for sink, _ in self._sinks:
            sink.put(block)

    def told(self) -> dict[str, NetworkTimeline]:
        """Return what each of them tells of all that they were given, by its name.

        Returns
        -------
        dict
            Of `NetworkTimeline`.

        Raises
        ------
        NetworkError
            One of them does not run.
        """
        self._end()
        for _, done in self._sinks:
            done.result()
        return {name: future.result() for name, future in self._told.items()}

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            for sink, _ in self._sinks:
                sink.put(None)

    def _consumer(
        self, work: Callable[[Iterable[Samples]], T]
    ) -> tuple[Queue[Samples | None], Future[T]]:
        """Start work on what is put into a queue, until ``None`` is."""
        queue: Queue[Samples | None] = Queue(_WAITING)

        def taken() -> Iterator[Samples]:
            while (block := queue.get()) is not None:
                if not self._given_up.is_set():
                    yield block

        def run() -> T:
            blocks = taken()
            try:
                return work(blocks)
            finally:
                for _ in blocks:  # whoever puts more must not wait for ever
                    pass

        return queue, self._pool.submit(run)


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
    sample_rate, threads
        As of `SharedHearing`.

    Returns
    -------
    dict
        What each of them tells, by its name.

    Raises
    ------
    NetworkError
        One of them cannot be run.
    """
    with SharedHearing(networks, sample_rate, threads=threads) as hearing:
        for block in blocks:
            hearing.put(block)
        return hearing.told()


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
