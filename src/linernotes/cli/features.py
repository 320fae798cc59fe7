"""``linernotes features``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from linernotes.audio import find_tracks
from linernotes.cli.progress import with_progress
from linernotes.display import printable
from linernotes.errors import Failure
from linernotes.features import SETS, Column, Features, extract_tracks, find_set
from linernotes.features.table import open_table


def extract_files(
    paths: Sequence[str],
    *,
    sets: Sequence[str],
    output: Path | None = None,
    as_json: bool = False,
    options: dict[str, Any] | None = None,
) -> tuple[int, int]:
    """Extract features of files and folders into a table, or as JSON.

    Returns
    -------
    done, failed
        Numbers of files.
    """
    for name in sets:
        find_set(name)
    files = list(find_tracks(paths))
    messages = Console(stderr=True, highlight=False)
    done = 0
    # JSON goes to standard output, and a table beside it only where one was asked for.
    quiet = as_json and output is None
    with nullcontext(_nothing) if quiet else open_table(output, sets) as write:
        results = extract_tracks(files, sets=sets, **(options or {}))
        for result in with_progress(results, messages, total=len(files)):
            if as_json:
                print(json.dumps(_as_dict(result)), flush=True)
            if isinstance(result, Failure):
                text = f"{result.file}: {result.code}: {result.message}"
                messages.print(printable(text), markup=False, soft_wrap=True)
                continue
            for warning in result.warnings:
                messages.print(
                    printable(f"{result.file}: warning: {warning}"), markup=False, soft_wrap=True
                )
            write(result)
            done += 1
    failed = len(files) - done
    if len(files) != 1 or output is not None:
        failures = f", {failed} failed" if failed else ""
        where = f" in {output}" if output is not None else ""
        messages.print(
            printable(f"features of {done} of {len(files)} files{where}{failures}"), markup=False
        )
    return done, failed if files else 1


def list_features(sets: Sequence[str], *, as_json: bool) -> None:
    """Print the data dictionary of feature sets: name, type, unit and description."""
    chosen = [find_set(name) for name in sets] or list(SETS.values())
    if as_json:
        listed = [
            {
                "name": feature_set.name,
                "version": feature_set.version,
                "description": feature_set.description,
                "columns": [_entry(row) for row in feature_set.columns],
            }
            for feature_set in chosen
        ]
        print(json.dumps(listed))
        return
    console = Console(highlight=False)
    for feature_set in chosen:
        count = len(feature_set.columns)
        title = f"{feature_set.name} {feature_set.version}: {count} columns"
        console.print(f"\n{title}\n{feature_set.description}\n", markup=False)
        table = Table(box=None, pad_edge=False)
        for heading in ("name", "type", "unit", "description"):
            table.add_column(heading, overflow="fold")
        for names, row in _folded(feature_set.columns):
            entry = _entry(row)
            table.add_row(names, entry["type"], entry["unit"], entry["description"])
        console.print(table)


def _folded(rows: Sequence[Column]) -> list[tuple[str, Column]]:
    """Tell neighbours that differ in their number or band alone as one entry."""

    def alike(row: Column) -> tuple[str, str, str]:
        stem, _, last = row.name.rpartition("_")
        return stem, row.unit, "" if last.isdigit() else row.description

    folded = []
    for _, group in itertools.groupby(rows, alike):
        first, *others = group
        last = others[-1] if others else first
        until = f" to {last.name.rpartition('_')[2]}" if others else ""
        through = f" … {last.description}" if last.description != first.description else ""
        entry = replace(first, description=first.description + through)
        folded.append((first.name + until, entry))
    return folded


def _entry(row: Column) -> dict[str, str]:
    guess = " (an estimate)" if row.estimated else ""
    return {
        "name": row.name,
        "type": "float32",
        "unit": row.unit,
        "description": row.description + guess,
    }


def _as_dict(result: Features | Failure) -> dict[str, Any]:
    if isinstance(result, Failure):
        return {**result.as_dict(), "duration": None, "warnings": [], "features": {}}
    return {
        "file": result.file,
        "error": None,
        "duration": round(result.duration, 3),
        "warnings": list(result.warnings),
        "features": {
            name: {
                column: float(str(value))
                for column, value in zip(find_set(name).names, values, strict=True)
            }
            for name, values in result.values.items()
        },
    }


def _nothing(_: Features) -> None:
    pass
