"""A machine stays usable while it works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from misbehave import priority
from support import on_linux, wait_until

from linernotes.engine import LATER, Later, Pacer, cpu_count, run_as_finished
from linernotes.engine.pacing import BUSY, Others


class Clock:
    """Tells the time that it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.8, 1.0])
def test_no_more_than_its_share_of_the_processors_is_used(share: float) -> None:
    clock = Clock()
    pacer = Pacer(share=share, clock=clock)
    working: dict[int, float] = {}
    used, item = 0.0, 0
    for _ in range(20_000):
        while len(working) < pacer.workers and pacer.may_begin():
            item += 1
            pacer.begin(item)
            working[item] = clock.now + 1 + item % 3
        clock.now += 0.1
        used += 0.1 * len(working)
        for each in [each for each, end in working.items() if end <= clock.now]:
            pacer.end(each)
            del working[each]
    assert used / clock.now == pytest.approx(share * cpu_count(), rel=0.1)


def test_a_share_is_a_share() -> None:
    for share in (0, -1, 1.5, float("nan")):
        with pytest.raises(ValueError, match="share"):
            Pacer(share=share)
    assert not Pacer().paces
    assert Pacer(share=0.5, workers=cpu_count()).paces


def test_the_gentle_wait_for_others() -> None:
    busy = BUSY + 0.1
    pacer = Pacer(gentle=True, others=lambda: busy)
    assert pacer.workers == 1
    assert not pacer.may_begin()
    busy = BUSY - 0.1
    assert pacer.may_begin()


def test_what_others_use_is_seen() -> None:
    others = Others()
    burn = [sys.executable, "-c", "while True: pass"]
    crowd = [subprocess.Popen(burn) for _ in range(min(4, cpu_count()))]
    try:
        if os.getpriority(os.PRIO_PROCESS, 0) > 0:
            pytest.skip("at a lowered priority nothing counts as busy")
        # How large it is depends on how much of the machine is ours.
        wait_until(lambda: others.share() > 0)
    finally:
        for each in crowd:
            each.kill()
            each.wait()


@on_linux
def test_processes_of_the_lowest_priority() -> None:
    outcomes = run_as_finished(priority, [0], workers=1, lowest_priority=True)
    (outcome,) = (outcome for outcome in outcomes if outcome is not None)
    assert (outcome.value, outcome.error) == (19, None)


def test_items_may_come_later() -> None:
    asked = 0

    def items() -> Iterator[int | Later]:
        nonlocal asked
        for item in (-1, -2, -3):
            for _ in range(3):
                asked += 1
                yield LATER
            yield item

    outcomes = run_as_finished(abs, items(), workers=1, tick=0.01, spare=0)
    assert [outcome.value for outcome in outcomes if outcome is not None] == [1, 2, 3]
    assert asked == 9
