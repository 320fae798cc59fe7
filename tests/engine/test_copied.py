"""A copy of this process does one item, and whatever happens to it costs that alone."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from misbehave import work
from support import LONG, heeding_ctrl_c, on_linux, wait_until

from linernotes.engine.copied import can_be_copied, run_in_copy

pytestmark = on_linux


def nothing() -> None:
    """Prepare nothing."""


@pytest.mark.parametrize(
    ("item", "error"),
    [("raise", ValueError), ("die", ProcessLookupError), ("kill", ProcessLookupError)],
)
def test_what_goes_wrong_is_told(item: str, error: type[BaseException]) -> None:
    value, told = run_in_copy(work, item, timeout=LONG, prepare=nothing)
    assert value is None
    assert isinstance(told, error)


def test_what_hangs_is_killed() -> None:
    _, told = run_in_copy(work, "hang", timeout=0.2, prepare=nothing)
    assert isinstance(told, TimeoutError)


def test_what_it_returns_comes_whole() -> None:
    value, told = run_in_copy(bytes, 10_000_000, timeout=LONG, prepare=nothing)
    assert told is None
    assert value == bytes(10_000_000)


def test_what_cannot_be_sent_is_described() -> None:
    value, told = run_in_copy(lambda _: threading.Lock(), 0, timeout=LONG, prepare=nothing)
    assert value is None
    assert isinstance(told, RuntimeError)


def test_a_process_with_threads_is_not_copied() -> None:
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait)
    thread.start()
    try:
        assert not can_be_copied()
    finally:
        go_on.set()
        thread.join()


SLEEPER = """
import os, sys, time
from pathlib import Path
from linernotes.engine import run

def sleep(place):
    Path(place).write_text(str(os.getpid()))
    time.sleep(3600)

list(run(sleep, [sys.argv[1]]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_the_copy_ends_with_whoever_asked(tmp_path: Path, number: signal.Signals) -> None:
    script, mark = tmp_path / "sleeper.py", tmp_path / "copy"
    script.write_text(SLEEPER)
    command = [sys.executable, script, mark]
    with heeding_ctrl_c(), subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: mark.exists() and mark.read_text())
        copy = int(mark.read_text())
        assert copy != process.pid
        process.send_signal(number)
        process.wait(LONG)
    wait_until(lambda: not is_running(copy))


def is_running(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_one_item_costs_no_second_interpreter(tmp_path: Path) -> None:
    script = tmp_path / "one.py"
    script.write_text(
        "import os\n"
        "from linernotes.engine import run\n"
        "def parent(_): return os.getppid()\n"
        "(outcome,) = run(parent, [0])\n"
        "print(outcome.value == os.getpid())\n"
    )
    # Not written for processes that begin anew, which this is not.
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True", done.stderr
