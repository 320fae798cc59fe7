"""``linernotes scan``, ``status`` and ``export``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from linernotes.cli.show import printable
from linernotes.library import Library, Progress, ScanResult

_INTERRUPTED = 130


def scan_folders(
    folders: Sequence[str],
    *,
    library: str | None = None,
    as_json: bool = False,
    options: dict[str, Any] | None = None,
) -> tuple[int, int]:
    """Scan folders into a library, and say truly how it went.

    Returns
    -------
    done, failed
        Numbers of files; nothing found is one failure.

    Raises
    ------
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    place = Library(library)
    with _bar(messages) as progress:
        try:
            result = place.scan(list(folders), progress=progress, **(options or {}))
        except KeyboardInterrupt:
            messages.print("stopped; everything found so far is kept, scan again to go on")
            raise SystemExit(_INTERRUPTED) from None
    if as_json:
        print(json.dumps(result.as_dict()), flush=True)
    messages.print(_last_line(result), markup=False)
    done = result.scanned - result.failed
    return done, result.failed if result.scanned else 1


def show_status(*, library: str | None = None, as_json: bool = False) -> None:
    """Print what a library holds, and each file that failed with its code."""
    status = Library(library).status()
    if as_json:
        print(json.dumps(status.as_dict()))
        return
    console = Console(highlight=False, soft_wrap=True)
    for failure in status.failures:
        text = f"{failure.file}: {failure.code}: {failure.message}"
        console.print(printable(text), markup=False)
    if status.failures:
        codes = Counter(failure.code for failure in status.failures)
        counts = ", ".join(f"{count} {code}" for code, count in codes.most_common())
        console.print(f"\nfailed        {len(status.failures)}  ({counts})", markup=False)
    rows = {
        "tracks": status.tracks,
        "analysed": status.analysed,
        "missing": f"{status.missing} files" if status.missing else "",
        "duplicates": f"{status.duplicates} files" if status.duplicates else "",
        "versions": ", ".join(f"{name} {version}" for name, version in status.versions.items()),
        "library": printable(status.library),
        "size": "" if status.size is None else f"{status.size / 1e6:.1f} MB",
    }
    for name, value in rows.items():
        if value != "":
            console.print(f"{name:14}{value}", markup=False)


def export_library(output: Path, *, library: str | None = None) -> None:
    """Write the tracks of a library to a table."""
    place = Library(library)
    collection = place.collection()
    from linernotes.library.export import export

    target = export(collection, output)
    message = f"{len(collection)} tracks in {target}"
    Console(stderr=True, highlight=False, soft_wrap=True).print(printable(message), markup=False)


def _last_line(result: ScanResult) -> str:
    if not result.scanned and not result.removed:
        return "no files were found"
    parts = [f"{result.added} added", f"{result.updated} updated", f"{result.unchanged} unchanged"]
    if result.removed:
        parts.append(f"{result.removed} removed")
    if result.failed:
        parts.append(f"{result.failed} failed (linernotes status lists them)")
    return f"{result.scanned} files in {result.seconds:.0f} s: {', '.join(parts)}"


class _RateColumn(ProgressColumn):
    """Tracks a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if not speed else f"{speed:.1f}/s", style="progress.data.speed")


class _FailedColumn(ProgressColumn):
    """Files that failed, once there are any."""

    def render(self, task: Task) -> Text:
        failed = task.fields.get("failed", 0)
        return Text(f"{failed} failed" if failed else "", style="red")


@contextmanager
def _bar(messages: Console) -> Iterator[Callable[[Progress], None]]:
    """Show how far a scan is, where there is somebody to see it, and each failure anywhere."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _RateColumn(),
        TimeRemainingColumn(), _FailedColumn(),
    )  # fmt: skip
    with Bar(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task("finding", total=None)
        known = 0

        def show(progress: Progress) -> None:
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
            )

        yield show
