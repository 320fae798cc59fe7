"""``linernotes collect fma-small|fma-medium|gtzan``: published collections."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from linernotes.collect.archives import (
    DATA_SETS,
    DataSetSummary,
    archives_to_fetch,
    collect_data_set,
    is_address,
)
from linernotes.collect.http import Session, read_settings
from linernotes.datasets.remotes import Archive, DataSet, DataSetError
from linernotes.display import printable

_INTERRUPTED = 130
_LOADERS = {"fma-small": "fma", "fma-medium": "fma", "gtzan": "gtzan"}


def collect_published(
    name: str,
    *,
    folder: Path,
    source: str | None = None,
    checksums: Sequence[str] = (),
    contact: str | None = None,
    dry_run: bool = False,
    as_json: bool = False,
) -> tuple[int, int]:
    """Have a published collection in a folder, and say what is there.

    Parameters
    ----------
    checksums
        "NAME=sha256:…" of archives that were packed anew.

    Returns
    -------
    done, failed
        Tracks that are there, and tracks that are missing.

    Raises
    ------
    DataSetError
        A checksum is not written as it should be.
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    data_set = DATA_SETS[name].with_checksums(_checksums(checksums))
    if dry_run:
        _show_plan(data_set, archives_to_fetch(data_set, folder, source=source), as_json=as_json)
        return 1, 0
    fetching = source is None or is_address(source)
    settings = read_settings(contact=contact)
    try:
        with (
            Session(settings=settings) if fetching else nullcontext() as session,
            _bar(messages) as progress,
        ):
            summary = collect_data_set(
                data_set, folder, source=source, session=session, progress=progress
            )
    except KeyboardInterrupt:
        messages.print("stopped; what came so far is kept, run the same command to go on")
        raise SystemExit(_INTERRUPTED) from None
    if as_json:
        print(json.dumps(asdict(summary)), flush=True)
    for line in _lines(data_set, summary):
        messages.print(printable(line), markup=False)
    return summary.tracks, max(0, summary.expected - summary.tracks)


def _checksums(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, checksum in pairs:
        if not equals or not checksum:
            raise DataSetError(f"{name!r} is no checksum; write ARCHIVE=sha256:DIGITS")
    return {name: checksum for name, _, checksum in pairs}


def _show_plan(data_set: DataSet, archives: Sequence[Archive], *, as_json: bool) -> None:
    if as_json:
        listed = [{"archive": each.name, "bytes": each.size} for each in archives]
        print(json.dumps({"requests": len(archives), "archives": listed}))
        return
    console = Console(highlight=False, soft_wrap=True)
    for archive in archives:
        console.print(f"{archive.name:20}about {archive.size / 2**30:.1f} GiB", markup=False)
    total = sum(archive.size for archive in archives) / 2**30
    count = "1 request" if len(archives) == 1 else f"{len(archives)} requests"
    text = (
        f"{count}, about {total:.1f} GiB, and as much again while it is taken apart"
        if archives else f"nothing of {data_set.title} has to be fetched"
    )  # fmt: skip
    console.print(text, markup=False)


def _lines(data_set: DataSet, summary: DataSetSummary) -> list[str]:
    lines = [f"{data_set.title}: {summary.tracks} of {summary.expected} tracks in {summary.folder}"]
    if summary.broken:
        lines.append(f"known to be broken, and left out by training: {', '.join(summary.broken)}")
    lines.append(f"licence: {summary.licence}")
    lines.append(f"cite: {data_set.citation}")
    lines.append(f"next: linernotes train {_LOADERS[data_set.name]}:{summary.folder}")
    return lines


@contextmanager
def _bar(messages: Console) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show bytes, where there is somebody to see them."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(),
               TransferSpeedColumn())  # fmt: skip
    with Progress(*columns, console=messages, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(doing: str, done: int, whole: int | None) -> None:
            if bar.tasks[0].description != doing:
                bar.reset(task, description=doing)
            bar.update(task, completed=done, total=whole)

        yield show
