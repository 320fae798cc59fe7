"""The bars that show how far the work is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from linernotes.display import printable
from linernotes.library.time_left import in_words

if TYPE_CHECKING:
    from linernotes.library import Progress as ScanProgress


@contextmanager
def count_bar(messages: Console, *, total: int) -> Iterator[Callable[[], None]]:
    """Show how many tracks were listened to."""
    with _bar(messages, MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("listening", total=total)
        yield lambda: bar.advance(task)


@contextmanager
def share_bar(messages: Console) -> Iterator[Callable[[str, float], None]]:
    """Show what is being done, and the share of it that is done."""
    with _bar(messages, TaskProgressColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=1.0)

        def show(doing: str, share: float) -> None:
            if bar.tasks[0].description != doing:
                bar.reset(task, description=doing)
            bar.update(task, completed=share)

        yield show


@contextmanager
def scan_bar(messages: Console) -> Iterator[Callable[[ScanProgress], None]]:
    """Show how far a scan is, and tell each failure, whether or not there is a bar."""
    columns = (MofNCompleteColumn(), _RateColumn(), _TimeLeftColumn(), _FailedColumn())
    with _bar(messages, *columns) as bar:
        task = bar.add_task("finding", total=None)
        known = 0

        def show(progress: ScanProgress) -> None:
            nonlocal known
            if progress.failure is not None:
                failure = progress.failure
                text = f"{failure.file}: {failure.code}: {failure.message}"
                messages.print(printable(text), markup=False)
            if progress.phase == "finding":
                bar.update(task, completed=progress.total)
                return
            if bar.tasks[0].description == "finding":
                # What was known before says nothing of the rate.
                known = progress.done
                bar.reset(task, total=progress.total - known)
            bar.update(
                task,
                description=progress.phase,
                completed=progress.done - known,
                failed=progress.failed,
                seconds_left=progress.seconds_left,
            )

        yield show


@contextmanager
def byte_bar(messages: Console) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show how much of each file is fetched."""
    with _bar(messages, DownloadColumn(), TimeRemainingColumn()) as bar:
        tasks: dict[str, TaskID] = {}

        def show(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=done, total=total)

        yield show


def _bar(messages: Console, *columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )


class _RateColumn(ProgressColumn):
    """Tracks a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if not speed else f"{speed:.1f}/s", style="progress.data.speed")


class _TimeLeftColumn(ProgressColumn):
    """How long a scan still takes, as exactly as that can be known."""

    def render(self, task: Task) -> Text:
        seconds = task.fields.get("seconds_left")
        return Text("" if seconds is None else f"{in_words(seconds)} left")


class _FailedColumn(ProgressColumn):
    """Files that failed, once there are any."""

    def render(self, task: Task) -> Text:
        failed = task.fields.get("failed", 0)
        return Text(f"{failed} failed" if failed else "", style="red")
