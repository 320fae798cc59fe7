"""How a network is run fastest on a machine, by measurement, without moving a number."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from linernotes.audio.signal import Samples
from linernotes.engine import cpu_count
from linernotes.engine.threads import map_in_order
from linernotes.networks.front_ends import Floats
from linernotes.networks.hearing import run_together, window_and_hop
from linernotes.networks.runtime import onnxruntime
from linernotes.networks.spec import NetworkError, NetworkSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_BATCHES = (4, 16)
#: Windows of a batch, at most.
MOST_TOGETHER = _BATCHES[-1]
# Windows of a batch are in memory together: so many seconds at most.
_MOST_SECONDS = 40.0
# What is measured is not exact: less is not worth leaving one window at a time.
_GAIN = 1.1
_ROUNDS, _MOST_PARTS = 2, 64
# Seconds: that measuring may take, and that are enough to be measured.
_BUDGET, _LONG_ENOUGH = 6.0, 0.3
_CPU_FACTS = Path("/proc/cpuinfo")


_Told = list[list[Floats]]
_Run = Callable[[Sequence[Samples], int], _Told]


@dataclass(frozen=True)
class NetworkPace:
    """How a network was fastest, and where.

    Parameters
    ----------
    batch
        Windows that it is given together.
    threads
        How many of these are worked on at once.
    machine
        What that was measured on: elsewhere it says nothing.
    """

    batch: int
    threads: int
    machine: str


def this_machine() -> str:
    """Return what speed and the last bits of numbers depend on here."""
    return f"{cpu_count()} x {_processor()}, onnxruntime {onnxruntime().__version__}"


@cache
def _processor() -> str:
    try:
        with _CPU_FACTS.open(encoding="utf-8", errors="replace") as facts:
            lines = facts.read(1 << 16).splitlines()
    except OSError:  # Linux alone tells in this way
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def measure_pace(spec: NetworkSpec, session: InferenceSession, sound: Samples) -> NetworkPace:
    """Try batches and threads on a network, and return the fastest that tell the same numbers.

    Parameters
    ----------
    spec
        What it hears and tells.
    session
        Its graph, ready to run.
    sound
        To hear, at its sample rate.

    Returns
    -------
    NetworkPace
        One window at a time where batches move the last bit of any number, or gain little.
    """
    size, _ = window_and_hop(spec)
    batches = [batch for batch in _BATCHES if batch * spec.input.window <= _MOST_SECONDS]
    count = max(batches, default=1)
    step = max(1, len(sound) // (count + 1))
    windows = [np.roll(sound, -i * step)[:size] for i in range(count)]
    run = _runner(spec, session)
    begun = time.perf_counter()
    singly, alone = _timed(lambda: run(windows, 1))
    best, batch = alone / _GAIN, 1
    for tried in batches:
        if time.perf_counter() - begun + 2 * alone > _BUDGET:
            break
        try:
            together, seconds = _timed(lambda tried=tried: run(windows, tried))  # type: ignore[misc]
        except NetworkError:  # its graph takes one window
            break
        if seconds < best and _are_equal(together, singly):
            best, batch = seconds, tried
    return NetworkPace(batch, _fastest_threads(run, windows, batch), this_machine())


def _runner(spec: NetworkSpec, session: InferenceSession) -> _Run:
    def run(windows: Sequence[Samples], batch: int) -> _Told:
        groups = [windows[i : i + batch] for i in range(0, len(windows), batch)]
        return [row for group in groups for row in run_together(spec, session, group)]

    return run


def _fastest_threads(run: _Run, windows: Sequence[Samples], batch: int) -> int:
    """Return how many batches to work on at once: one for each processor, or one.

    What is compared is the processors' time, for whoever else is busy now makes all others wait:
    threads that get in each other's way, or wait for the same memory, take more of it.
    """
    processors = cpu_count()
    _, once = _timed(lambda: run(windows[:batch], batch))
    count = max(2 * processors, min(_MOST_PARTS, round(_LONG_ENOUGH / max(once, 1e-6))))
    if processors == 1 or once * count * 2 * _ROUNDS > _BUDGET:
        return processors  # beside what it computes, threads cost nothing
    parts = [windows[:batch]] * count

    def seconds(threads: int) -> float:
        rows = map_in_order(lambda part: run(part, batch), parts, threads)
        return _timed(lambda: [row for told in rows for row in told])[1]

    rounds = [(seconds(1), seconds(processors)) for _ in range(_ROUNDS)]
    one, all_ = (min(column) for column in zip(*rounds, strict=True))
    return processors if _GAIN * all_ < processors * one else 1


def _timed(function: Callable[[], _Told]) -> tuple[_Told, float]:
    """Return what a function does, and the seconds of a processor that it takes."""
    begun = time.process_time()
    return function(), time.process_time() - begun


def _are_equal(ones: _Told, others: _Told) -> bool:
    return all(
        np.array_equal(one, other)
        for row, same in zip(ones, others, strict=True)
        for one, other in zip(row, same, strict=True)
    )
