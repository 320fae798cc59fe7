"""How far the work on many files is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Result = TypeVar("Result")


def with_progress(results: Iterator[Result], messages: Console, *, total: int) -> Iterator[Result]:
    """Pass results on while a bar shows how far it is, where there is somebody to see it."""
    if total < 2 or not messages.is_terminal:
        yield from results
        return
    columns = (TextColumn("listening"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages, transient=True) as progress:
        task = progress.add_task("", total=total)
        for result in results:
            yield result
            progress.advance(task)
