"""``linernotes collect import``: what lies on this machine already."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from linernotes.collect.musicbrainz_dump import DumpSummary, import_credits
from linernotes.collect.spotify_export import TableSummary, import_tables
from linernotes.display import printable

_INTERRUPTED = 130


def import_dump(
    files: Sequence[Path], *, output: Path, producers: Sequence[str] = (), as_json: bool = False
) -> tuple[int, int]:
    """Write the producers that dumps of MusicBrainz name to a table.

    Returns
    -------
    done, failed
        Credits; and producers that were not found, dumps that are cut off. No credits are one
        failure.

    Raises
    ------
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=messages, transient=True) as bar:
            sizes = [file.stat().st_size for file in files if file.exists()]
            task = bar.add_task("", total=sum(sizes))
            summary = import_credits(
                files, output, producers=producers, progress=lambda size: bar.advance(task, size)
            )
    except KeyboardInterrupt:
        messages.print("stopped; run the same command to go on")
        raise SystemExit(_INTERRUPTED) from None
    if as_json:
        people = [
            {"producer": name, "mbid": mbid, "recordings": count}
            for (name, mbid), count in summary.producers.items()
        ]
        print(json.dumps({**asdict(summary), "producers": people}), flush=True)
    for line in _dump_lines(summary, output):
        messages.print(printable(line), markup=False)
    failed = len(summary.missing) + len(summary.cut_off)
    return summary.credits, failed or (0 if summary.credits else 1)


def import_features(
    tables: Sequence[Path], *, output: Path, label: str | None = None, as_json: bool = False
) -> tuple[int, int]:
    """Write exported tables of Spotify's audio features as one.

    Returns
    -------
    done, failed
        Rows that were written, and whether there are none.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    summary = import_tables(tables, output, label=label)
    if as_json:
        print(json.dumps(asdict(summary)), flush=True)
    for line in _table_lines(summary, output):
        messages.print(printable(line), markup=False)
    return summary.written, 0 if summary.written else 1


def _dump_lines(summary: DumpSummary, output: Path) -> list[str]:
    most = sorted(summary.producers.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [f"{name} ({mbid}): {count} recordings" for (name, mbid), count in most[:20]]
    if len(most) > 20:
        lines.append(f"and {len(most) - 20} more")
    lines += [f"{name}: no credits" for name in summary.missing]
    lines += [
        f"{name}: several artists have this name; name one by its MBID"
        for name in summary.ambiguous
    ]
    lines += [f"{name} ends in the middle; download it again" for name in summary.cut_off]
    if summary.damaged:
        lines.append(f"{summary.damaged} of {summary.lines} lines could not be read")
    count = f"{summary.credits} credits of {summary.recordings} recordings"
    return [*lines, f"{count} in {output}"]


def _table_lines(summary: TableSummary, output: Path) -> list[str]:
    lines = list(summary.warnings)
    if summary.left_out:
        told = [f"{count} with {why}" for why, count in sorted(summary.left_out.items())]
        lines.append(f"left out: {', '.join(told)}")
    labels = sorted(summary.labels.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{label} {count}" for label, count in labels[:20])
    lines.append(f"labels: {shown}{', …' if len(labels) > 20 else ''}")
    lines.append(f"{summary.written} of {summary.rows} rows in {output}")
    lines.append(f"next: linernotes train {output} --recipe spotify-svc")
    return lines
