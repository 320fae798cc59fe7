"""Work that hangs, crashes or raises costs itself alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from misbehave import work

from linernotes.engine import cpu_count, run


def test_every_item_gets_its_outcome_in_order() -> None:
    items = ["a", "raise", "b", "hang", "die", "c", "kill", "noise", "d"]
    outcomes = list(run(work, items, workers=2, timeout=3))
    assert [outcome.item for outcome in outcomes] == items
    good = {outcome.item: outcome.value for outcome in outcomes if outcome.error is None}
    assert good == {item: item.upper() for item in ("a", "b", "c", "d", "noise")}
    errors = {outcome.item: type(outcome.error) for outcome in outcomes if outcome.error}
    assert errors == {
        "raise": ValueError, "hang": TimeoutError, "die": ProcessLookupError,
        "kill": ProcessLookupError,
    }  # fmt: skip


def test_items_are_taken_a_few_at_a_time() -> None:
    taken = 0

    def items():
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield "a"

    outcomes = run(work, items(), workers=1)
    next(outcomes)
    assert taken < 100
    outcomes.close()


@pytest.mark.parametrize("quiet", [True, False])
def test_chatter_is_dropped_unless_asked_for(
    quiet: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    list(run(work, ["noise"], workers=1, quiet=quiet))
    assert ("noise" in capfd.readouterr().err) is not quiet


def test_stopping_early_ends_the_processes() -> None:
    started = time.monotonic()
    outcomes = run(work, ["a", "hang", "hang"], workers=1)
    next(outcomes)
    outcomes.close()
    assert time.monotonic() - started < 10


def test_cpu_count_is_what_this_process_may_use() -> None:
    available: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    assert cpu_count() == (len(available(0)) if available else os.cpu_count())
