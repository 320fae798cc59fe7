"""Bars are shown where there is somebody to see them, and nowhere else."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from linernotes.cli.bars import scan_bar, share_bar
from linernotes.cli.progress import with_progress
from linernotes.errors import Failure
from linernotes.library import Progress


def console(terminal: bool) -> tuple[Console, io.StringIO]:
    output = io.StringIO()
    return Console(
        file=output, force_terminal=terminal, highlight=False, soft_wrap=True, width=100
    ), output


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_done_and_how_much_of_it(terminal: bool) -> None:
    messages, output = console(terminal)
    with share_bar(messages) as show:
        for doing in ("comparing", "arranging"):
            for share in (0.0, 0.5, 1.0):
                show(doing, share)
                messages.print(end="")
    assert ("arranging" in output.getvalue()) is terminal
    assert ("100%" in output.getvalue()) is terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_results_pass_through(terminal: bool) -> None:
    messages, output = console(terminal)
    assert list(with_progress(iter("abc"), messages, total=3)) == ["a", "b", "c"]
    assert ("listening" in output.getvalue()) is terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_a_scan_tells_each_failure(terminal: bool) -> None:
    messages, output = console(terminal)
    with scan_bar(messages) as show:
        show(Progress("finding", 4, 4, 0))
        show(Progress("listening", 1, 4, 0))
        show(Progress("listening", 2, 4, 1, Failure("\x1b[31m.mp3", "empty", "the file is empty")))
        show(Progress("storing", 4, 4, 1))
    told = output.getvalue()
    assert "\\x1b[31m.mp3: empty: the file is empty" in told
    assert ("1 failed" in told) is terminal
