"""Work that hangs, crashes or raises costs itself alone."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from misbehave import work
from support import LONG, on_linux, wait_until

from linernotes.engine import Outcome, cpu_count, local, run, run_as_finished

# Seconds for work that takes none, on a machine that is busy with other things.
ENOUGH = 10


@pytest.mark.slow
def test_every_item_gets_its_outcome_in_order() -> None:
    items = ["a", "raise", "b", "hang", "die", "c", "kill", "noise", "d"]
    outcomes = list(run(work, items, workers=2, timeout=ENOUGH))
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
    outcomes = run(work, ["a", "hang", "hang"], workers=1)
    next(outcomes)
    outcomes.close()  # which would take an hour if it waited
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_outcomes_as_they_are_finished() -> None:
    items = ["hang", "a", "raise", "b", "die", "c", "kill", "d"]
    outcomes = [o for o in run_as_finished(work, items, workers=2, timeout=ENOUGH, tick=0.1) if o]
    assert sorted(o.item for o in outcomes) == sorted(items)
    assert [o.item for o in outcomes][-1] == "hang"
    errors = {o.item: type(o.error) for o in outcomes if o.error}
    assert errors == {
        "raise": ValueError, "hang": TimeoutError, "die": ProcessLookupError,
        "kill": ProcessLookupError,
    }  # fmt: skip


def test_outcomes_may_lead_to_more_items() -> None:
    ahead = ["a"]

    class Items:
        def __iter__(self) -> Items:
            return self

        def __next__(self) -> str:
            if not ahead:
                raise StopIteration
            return ahead.pop()

    values = []
    for outcome in run_as_finished(work, Items(), workers=1):
        if outcome is not None:
            values.append(outcome.value)
            if len(values) < 4:
                ahead.append(f"a{len(values)}")
    assert values == ["A", "A1", "A2", "A3"]


def test_while_nothing_happens_that_is_said() -> None:
    outcomes = list(run_as_finished(work, ["hang"], workers=1, timeout=1, tick=0.05))
    assert len(outcomes) > 5
    assert all(outcome is None for outcome in outcomes[:-1])


@on_linux
@pytest.mark.parametrize("engine", [run, run_as_finished])
def test_memory_is_limited(engine: Callable[..., Iterator[Outcome[str, str] | None]]) -> None:
    outcomes = engine(work, ["hog", "a"], workers=1, memory=2**30)
    found = {outcome.item: outcome for outcome in outcomes if outcome}
    assert isinstance(found["hog"].error, MemoryError)
    assert found["a"].value == "A"


@on_linux
def test_processes_killed_while_they_wait_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # A pool whose locks died with a process is given up after that.
    monkeypatch.setattr(local, "_STALLED", 1.0)
    ahead: list[str] = []

    class Items:
        def __iter__(self) -> Items:
            return self

        def __next__(self) -> str:
            if not ahead:
                raise StopIteration
            return ahead.pop()

    ahead += ["a", "slow"]
    values = []
    for outcome in run_as_finished(work, Items(), workers=2, timeout=ENOUGH, tick=0.1):
        if outcome is None:
            continue
        values.append(outcome.value)
        if outcome.value == "A":
            for process in multiprocessing.active_children():
                process.kill()
            ahead += ["b", "c"]
    assert {"A", "B", "C"} <= set(values)


@on_linux
def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "from misbehave import work\n"
        "from linernotes.engine import run_as_finished\n"
        "if __name__ == '__main__':\n"
        "    items = [f'hang at {path}' for path in sys.argv[1:]]\n"
        "    for _ in run_as_finished(work, items, workers=2, tick=0.2):\n"
        "        print(*(child.pid for child in multiprocessing.active_children()), flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    marks = [tmp_path / "one", tmp_path / "two"]
    with subprocess.Popen(
        [sys.executable, str(script), *map(str, marks)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as parent:
        assert parent.stdout is not None
        children: list[str] = []
        while len(children) < 2:
            children = parent.stdout.readline().split()
        wait_until(lambda: all(mark.exists() for mark in marks))
        parent.kill()
    wait_until(lambda: not any(_is_running(child) for child in children))


@pytest.mark.parametrize("engine", ["run", "run_as_finished"])
def test_scripts_that_processes_cannot_start_from_are_told_how(engine: str, tmp_path: Path) -> None:
    """Such as one on standard input, or one that begins again in every process."""
    script = tmp_path / "script.py"
    script.write_text(f"from linernotes.engine import {engine}\nprint(list({engine}(abs, [1, 2])))")
    with script.open() as file:
        for arguments, standard_input in ((["-"], file), ([str(script)], subprocess.DEVNULL)):
            done = subprocess.run(
                [sys.executable, *arguments], stdin=standard_input, capture_output=True,
                text=True, timeout=LONG, check=False,
            )  # fmt: skip
            assert done.returncode == 1
            # Python may warn of what was left to clean up behind it.
            assert any("save it as a file" in line for line in done.stderr.splitlines())


def _is_running(process: str) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_cpu_count_is_what_this_process_may_use() -> None:
    available: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    assert cpu_count() == (len(available(0)) if available else os.cpu_count())
