"""Listening to uploads: in processes that can be killed, one upload at a time in each."""

from __future__ import annotations

import json
import os
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.engine import Outcome, cpu_count, run_as_finished
from linernotes.errors import LinernotesError
from linernotes.files import write_atomically
from linernotes.identification import Identification
from linernotes.identification.so_far import HeardSoFar
from linernotes.identification.tracks import identify_and_analyse
from linernotes.library.content import track_id
from linernotes.library.errors import failure_of
from linernotes.web.jobs import Job
from linernotes.web.limits import Limits

if TYPE_CHECKING:
    from linernotes.library import TrackAnalysis

# A process is killed only if it did not stop by itself, after time to start and to compile.
_GRACE = 30.0
# How often it is looked whether a job is still wanted.
_TICK = 0.1
# Processes that have nothing to do for so long end.
_IDLE = 100.0
# Pages come first: whoever browses should not feel that somebody's track is listened to.
_NICENESS = 5
# Seconds between two notes of what was heard so far.
_PAUSE = 0.5


@dataclass(frozen=True)
class ListeningOrder:
    """A file that a process is to listen to.

    Parameters
    ----------
    path
        The file.
    name
        What it is called.
    models
        Names or files of models.
    seconds
        That it may take.
    threads
        Processors to use.
    notes
        A file in which the process notes what it does, or ``None``.
    """

    path: str
    name: str
    models: tuple[str, ...]
    seconds: float
    threads: int = 1
    notes: str | None = None


@dataclass(frozen=True, eq=False)
class HeardFeatures:
    """What a library compares a track by.

    Parameters
    ----------
    duration
        Seconds.
    embedding, tags, descriptors
        As of `linernotes.library.TrackAnalysis`.
    """

    duration: float
    embedding: NDArray[np.float32]
    tags: NDArray[np.float32]
    descriptors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class UploadHeard:
    """The outcome of listening to a file.

    Parameters
    ----------
    identification
        Tags, classes and their timelines.
    features
        What a library would compare it by; ``None`` if that could not be found out.
    track_id
        By which a library knows it, if it holds it.
    """

    identification: Identification
    features: HeardFeatures | None
    track_id: str | None = None


def hear(order: ListeningOrder) -> UploadHeard:
    """Listen to a file, in a process of its own.

    Raises
    ------
    AudioError
        It cannot be listened to.
    """
    _give_way()
    _note(order, {"phase": "listening"})
    told_at = time.monotonic()

    def follow(so_far: HeardSoFar) -> None:
        nonlocal told_at
        if time.monotonic() < told_at + _PAUSE:
            return
        told_at = time.monotonic()
        length = so_far.duration
        _note(order, {
            "phase": "listening",
            "seconds": round(so_far.seconds, 1),
            "duration": None if length is None else round(length, 1),
            "tags": list(so_far.tags),
            "now": list(so_far.now),
            "waveform": outline(so_far.waveform),
        })  # fmt: skip

    heard, analysis = identify_and_analyse(
        order.path, models=order.models, timeout=order.seconds, threads=order.threads,
        follow=follow,
    )  # fmt: skip
    told = replace(heard, file=order.name)
    with suppress(LinernotesError, OSError):
        return UploadHeard(told, _features(analysis), track_id(order.path))
    return UploadHeard(told, _features(analysis))


def _features(analysis: TrackAnalysis | None) -> HeardFeatures | None:
    if analysis is None or analysis.networks is None or analysis.descriptors is None:
        return None
    networks = analysis.networks
    return HeardFeatures(analysis.duration, networks.embedding, networks.tags, analysis.descriptors)


def named(told: Identification) -> dict[str, Any]:
    """Return what a job tells of what was heard, at its end: what the file's tags call it.

    Examples
    --------
    >>> named(identify("song.mp3"))  # doctest: +SKIP
    {'phase': 'listening', 'title': 'So What', 'artist': 'Miles Davis'}
    """
    return {"phase": "listening", "title": told.title, "artist": told.artist}


def outline(waveform: NDArray[np.float32]) -> list[list[int]]:
    """Return a waveform as pages draw it: lowest and highest per cent of full scale.

    Examples
    --------
    >>> outline(np.array([[-0.5, 0.25], [-1.0, 1.0]], np.float32))
    [[-50, 25], [-100, 100]]
    """
    percent = np.clip(np.rint(100 * waveform), -100, 100)
    pairs: list[list[int]] = percent.astype(int).tolist()
    return pairs


class Listeners:
    """Threads that each hand one order after the other to a process.

    Parameters
    ----------
    workers
        How many; by default one less than there are processors, so that pages stay fast.
    limits
        Seconds and bytes that a track may take.
    keep
        Called with each result before it is told that it is there.
    """

    def __init__(
        self, *, workers: int | None, limits: Limits, keep: Callable[[Job, UploadHeard], None]
    ) -> None:
        self._keep = keep
        self._workers = workers or max(1, cpu_count() - 1)
        self._limits = limits
        self._orders: queue.Queue[tuple[Job, ListeningOrder] | None] = queue.Queue()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, name=f"listener-{i}", daemon=True)
            for i in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def order(self, job: Job, path: Path | str, *, models: tuple[str, ...], name: str) -> None:
        """Have a file listened to; the job tells what becomes of it."""
        order = ListeningOrder(
            path=os.fspath(path),
            name=name,
            models=models,
            seconds=self._limits.analysis_seconds,
            threads=max(1, cpu_count() // self._workers),
        )
        self._orders.put((job, order))

    def close(self) -> None:
        """End the processes and threads."""
        self._closing.set()
        for _ in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _serve(self) -> None:
        """Keep a process at hand while there is something to do."""
        while not self._closing.is_set():
            first = self._orders.get()
            if first is not None:
                self._serve_with_process(first)

    def _serve_with_process(self, first: tuple[Job, ListeningOrder]) -> None:
        with tempfile.TemporaryDirectory(
            prefix="linernotes-", ignore_cleanup_errors=True
        ) as folder:
            source = _OneByOne(self._orders, first, os.path.join(folder, "notes"))  # noqa: PTH118
            outcomes = run_as_finished(
                hear,
                source,
                workers=1,
                timeout=self._limits.analysis_seconds + _GRACE,
                memory=self._limits.analysis_bytes,
                tick=_TICK,
            )
            try:
                for outcome in outcomes:
                    job = source.job
                    if job is None:
                        continue
                    if outcome is not None:
                        source.job = None
                        self._end(job, outcome)
                    elif job.unwanted.is_set() or self._closing.is_set():
                        # The process goes with its job; the next one gets a new process.
                        return
                    else:
                        job.tell(**source.note())
            finally:
                outcomes.close()  # type: ignore[attr-defined]
                if source.job is not None:
                    source.job.stop()

    def _end(self, job: Job, outcome: Outcome[ListeningOrder, UploadHeard]) -> None:
        if outcome.value is not None:
            self._keep(job, outcome.value)
            job.progress = named(outcome.value.identification)
            job.finish(outcome.value)
        else:
            job.fail(failure_of(job.name, outcome.error))


class _OneByOne:
    """Gives out the next order when the one before has been dealt with."""

    def __init__(
        self,
        orders: queue.Queue[tuple[Job, ListeningOrder] | None],
        first: tuple[Job, ListeningOrder],
        notes: str,
    ) -> None:
        self._orders = orders
        self._next: tuple[Job, ListeningOrder] | None = first
        self._notes = notes
        self.job: Job | None = None

    def __iter__(self) -> Iterator[ListeningOrder]:
        return self

    def __next__(self) -> ListeningOrder:
        while self.job is None:
            found, self._next = self._next, None
            if found is None:
                try:
                    found = self._orders.get(timeout=_IDLE)
                except queue.Empty:
                    break
            if found is None:
                break
            job, order = found
            if job.begin():
                self.job = job
                Path(self._notes).unlink(missing_ok=True)
                job.tell(phase="starting")
                return replace(order, notes=self._notes)
        raise StopIteration

    def note(self) -> dict[str, Any]:
        """Return what the process says that it does."""
        try:
            said: dict[str, Any] = json.loads(Path(self._notes).read_bytes())
        except (OSError, ValueError):
            return {"phase": "starting"}
        return said


def _note(order: ListeningOrder, what: dict[str, Any]) -> None:
    if order.notes is not None:
        with suppress(OSError):
            write_atomically(order.notes, json.dumps(what).encode("ascii"), durable=False)


def _give_way() -> None:
    with suppress(AttributeError, OSError):  # not on Windows
        if os.getpriority(os.PRIO_PROCESS, 0) < _NICENESS:
            os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
