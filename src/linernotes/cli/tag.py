"""``linernotes tag``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from linernotes.audio import find_tracks
from linernotes.cli.progress import with_progress
from linernotes.display import printable
from linernotes.errors import Failure
from linernotes.identification import DEFAULT_MODELS
from linernotes.identification.tag_planning import plan_files
from linernotes.learning import load_model
from linernotes.library.lookup import library_at_hand
from linernotes.library.tagging.planning import TagPlan
from linernotes.library.tagging.undo import Undone, undo_tags


def tag_files(
    paths: Sequence[str],
    *,
    write: bool = False,
    overwrite: bool = False,
    models: Sequence[str] | None = None,
    library: str | None = None,
    genre_threshold: float | None = None,
    dialect: str | None = None,
    as_json: bool = False,
    timeout: float = 600.0,
    workers: int | None = None,
    quiet: bool = True,
) -> tuple[int, int]:
    """Show what would be written to the tags of files and folders, or write it.

    What a library knows of a track is not listened to. Only what is sure is written; the rest of
    what was heard is shown.

    Returns
    -------
    done, failed
        Numbers of files.
    """
    for model in models or DEFAULT_MODELS:
        load_model(model)  # so that a wrong name is said once, before the work
    files = list(find_tracks(paths))
    plans = plan_files(
        files,
        models=tuple(models or DEFAULT_MODELS),
        library=library_at_hand(library),
        overwrite=overwrite,
        genre_threshold=genre_threshold,
        dialect=dialect,
        timeout=timeout,
        workers=workers,
        quiet=quiet,
    )
    output, messages = Console(highlight=False, soft_wrap=True), Console(stderr=True)
    done = changed = 0
    results = _written(plans) if write else plans
    for result in with_progress(results, messages, total=len(files)):
        done += isinstance(result, TagPlan)
        changed += isinstance(result, TagPlan) and bool(result.changes)
        _show(result, output, as_json=as_json)
    failed = len(files) - done
    failures = f", {failed} failed" if failed else ""
    if write:
        ending = "; linernotes tag --undo takes it back" if changed else ""
        said = f"{changed} of {len(files)} files written{failures}{ending}"
    else:
        ending = "; nothing was written: --write does it" if changed else ""
        said = f"{changed} of {len(files)} files would change{failures}{ending}"
    messages.print(said, highlight=False)
    return done, failed if files else 1


def undo_files(paths: Sequence[str], *, as_json: bool = False) -> tuple[int, int]:
    """Take back what was last written to files and folders, or, without any, by the last run.

    Returns
    -------
    done, failed
        Numbers of files.
    """
    output, messages = Console(highlight=False, soft_wrap=True), Console(stderr=True)
    done = failed = 0
    for result in undo_tags(find_tracks(paths) if paths else None):
        done += isinstance(result, Undone)
        failed += isinstance(result, Failure)
        _show(result, output, as_json=as_json)
    failures = f", {failed} could not be" if failed else ""
    nothing = "" if done or failed else ": there is nothing to take back"
    messages.print(f"{done} files are what they were{failures}{nothing}", highlight=False)
    return done, failed


def _written(plans: Iterable[TagPlan | Failure]) -> Iterator[TagPlan | Failure]:
    """Write each plan as it comes, in one run; what failed before is passed on."""
    from linernotes.library.tagging.writing import write_all

    waiting: list[Failure] = []

    def planned() -> Iterator[TagPlan]:
        for plan in plans:
            if isinstance(plan, Failure):
                waiting.append(plan)
            else:
                yield plan

    for result in write_all(planned()):
        yield from waiting
        waiting.clear()
        yield result
    yield from waiting


def _show(result: TagPlan | Undone | Failure, output: Console, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_as_dict(result)), flush=True)
        return
    line = Text(printable(result.file or ""), style="bold")
    if isinstance(result, Failure):
        line.append(f"\n  {result.code}: {printable(result.message)}", style="red")
    elif isinstance(result, Undone):
        for back in result.changes:
            line.append(_difference(back["field"], back["old"], back["new"]))
    else:
        for change in result.changes:
            line.append(_difference(change.field, change.old, change.new or None))
        for kept in result.kept:
            told = f"\n  {kept.field}: {printable(kept.old or '')} stays; heard: {kept.new}"
            line.append(told, style="dim not bold")
        for doubt in result.doubts:
            heard = printable(doubt.value)
            if doubt.confidence is not None:
                heard += f" {doubt.confidence:.0%}"
            told = f"\n  {doubt.field}: {heard}, not sure, not written"
            line.append(told, style="dim not bold")
        for warning in result.warnings:
            line.append(f"\n  warning: {printable(warning)}", style="yellow")
        if not result.changes:
            line.append("\n  nothing to change", style="dim not bold")
    output.print(line)


def _difference(field: str | None, old: str | None, new: str | None) -> Text:
    text = Text(f"\n  {field}: ", style="not bold")
    if old is not None:
        text.append(printable(old), style="red strike")
        text.append(" → ")
    text.append("none" if new is None else printable(new), style="dim" if new is None else "green")
    return text


def _as_dict(result: TagPlan | Undone | Failure) -> dict[str, Any]:
    if isinstance(result, Failure):
        return {**result.as_dict(), "changes": []}
    return result.as_dict()
