"""``linernotes tag``."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from linernotes.audio import find_tracks, probe
from linernotes.cli.progress import with_progress
from linernotes.cli.show import printable
from linernotes.engine import cpu_count, run
from linernotes.errors import Failure
from linernotes.features import extract_track, names
from linernotes.identification import DEFAULT_MODELS, identify
from linernotes.learning import Estimate, Prediction, load_model
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.recall import library_at_hand, recall_descriptors
from linernotes.library.tagging.planning import TagPlan, plan_tags, suggest_fields
from linernotes.library.tagging.undo import Undone, undo_tags
from linernotes.library.tagging.writing import write_all

# A process is killed only if it did not stop by itself, after time to start and to import.
_GRACE = 30.0


def tag_files(
    paths: Sequence[str],
    *,
    write: bool = False,
    overwrite: bool = False,
    models: Sequence[str] | None = None,
    library: str | None = None,
    genre_threshold: float = 0.5,
    mood_threshold: float = 0.1,
    as_json: bool = False,
    timeout: float = 600.0,
    workers: int | None = None,
    quiet: bool = True,
) -> tuple[int, int]:
    """Show what would be written to the tags of files and folders, or write it.

    What a library knows of a track, its tempo and key, is not measured anew. What models are
    asked is: a library does not keep the windows that they hear.

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
        mood_threshold=mood_threshold,
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


def plan_files(
    files: Sequence[str],
    *,
    models: Sequence[str],
    library: str | None,
    overwrite: bool,
    genre_threshold: float,
    mood_threshold: float,
    timeout: float,
    workers: int | None,
    quiet: bool,
) -> Iterator[TagPlan | Failure]:
    """Listen to files, in processes that can be killed, and plan their tags.

    Yields
    ------
    TagPlan or Failure
        In the order of the files.
    """
    workers = min(workers or cpu_count(), max(1, len(files)))
    function = functools.partial(
        plan_file,
        models=tuple(models),
        library=library,
        overwrite=overwrite,
        genre_threshold=genre_threshold,
        mood_threshold=mood_threshold,
        timeout=timeout,
        threads=max(1, cpu_count() // workers),
    )
    limit = timeout + _GRACE
    for outcome in run(function, files, workers=workers, timeout=limit, quiet=quiet):
        yield outcome.value or Failure.of(outcome.item, outcome.error)


def plan_file(
    file: str,
    *,
    models: Sequence[str],
    library: str | None,
    overwrite: bool,
    genre_threshold: float,
    mood_threshold: float,
    timeout: float,
    threads: int,
) -> TagPlan:
    """Listen to one file, and plan its tags.

    Raises
    ------
    LinernotesError
        It cannot be heard, or its tags cannot be written.
    """
    # What is no audio, or of a format that is not written, is said before the work.
    probe(file)
    plan_tags(file, {})
    heard = identify(file, models=models, timeout=timeout, threads=threads)
    measured = None if library is None else recall_descriptors(library, file)
    if measured is None:
        measured = extract_track(file, timeout=timeout).values["descriptors"]
    told = [p for p in heard.predictions if isinstance(p, Prediction)]
    classes = {prediction.model: prediction.top(len(prediction.classes)) for prediction in told}
    genres = [p.model for p in told if p.label == "genre" and not p.rejected]
    suggested = suggest_fields(
        genre=classes[genres[0]] if genres else (),
        models=classes,
        values={p.model: values_of(p) for p in heard.predictions if isinstance(p, Estimate)},
        tags=heard.tags.top(len(heard.tags.names)),
        descriptors=dict(zip(names("descriptors"), measured.tolist(), strict=True)),
        genre_threshold=genre_threshold,
        mood_threshold=mood_threshold,
    )
    return plan_tags(file, suggested, overwrite=overwrite)


def values_of(estimate: Estimate) -> str:
    """Write what a regression tells as the value of a field: one number alone, several by name."""
    told = list(zip(estimate.targets, estimate.values.tolist(), strict=True))
    if len(told) == 1:
        return told[0][0].digits(told[0][1])
    return SEPARATOR.join(f"{target.name} {target.digits(value)}" for target, value in told)


def _written(plans: Iterable[TagPlan | Failure]) -> Iterator[TagPlan | Failure]:
    """Write each plan as it comes, in one run; what failed before is passed on."""
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
            line.append(_difference(change.field, change.old, change.new))
        for kept in result.kept:
            told = f"\n  {kept.field}: {printable(kept.old or '')} stays; heard: {kept.new}"
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
