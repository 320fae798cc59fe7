"""``linernotes identify``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from linernotes.audio import find_tracks
from linernotes.cli.progress import with_progress
from linernotes.cli.show import show_result
from linernotes.display import printable
from linernotes.errors import LinernotesError
from linernotes.identification import (
    DEFAULT_MODELS,
    Identification,
    IdentificationFailure,
    identify_many,
)
from linernotes.learning import load_model

_NAMED = 10


def identify_files(
    paths: Sequence[str],
    *,
    models: Sequence[str] | None = None,
    as_json: bool = False,
    report: Path | None = None,
    options: dict[str, Any] | None = None,
) -> tuple[int, int]:
    """Identify files and folders, show each result as it comes, and write the report.

    Returns
    -------
    done, failed
        Numbers of files.
    """
    models = models or DEFAULT_MODELS
    for model in models:
        load_model(model)  # so that a wrong name is said once, before the work
    if report is not None and not report.parent.is_dir():
        raise ReportFolderError(f"there is no folder {report.parent} to write the report to")
    files = list(find_tracks(paths))
    output, messages = Console(highlight=False, soft_wrap=True), Console(stderr=True)
    results: list[Identification | IdentificationFailure] = []
    done = 0
    for result in with_progress(
        identify_many(files, models=models, **(options or {})), messages, total=len(files)
    ):
        done += not isinstance(result, IdentificationFailure)
        if as_json:
            print(json.dumps(result.as_dict()), flush=True)
        else:
            show_result(result, output)
        if report is not None:
            results.append(result)
    failed = len(files) - done
    if report is not None:
        from linernotes.identification import write_report

        write_report(results, report)
        messages.print(f"report: {printable(str(report))}", markup=False, highlight=False)
    if len(files) != 1:
        failures = f", {failed} could not be identified" if failed else ""
        messages.print(f"{done} of {len(files)} files identified{failures}", highlight=False)
    return done, failed if files else 1


def tell_named_classes(
    paths: Sequence[str], classes: str, *, network: str | None, workers: int | None, as_json: bool
) -> tuple[int, int]:
    """Tell which of some classes, that nobody taught, tracks belong to.

    Returns
    -------
    done, failed
        Numbers of files.
    """
    from linernotes.identification.zero_shot import tell_classes, words_network
    from linernotes.networks.licences import title_of

    output, messages = Console(highlight=False, soft_wrap=True), Console(stderr=True)
    asked = words_network(network)
    files = [str(file) for file in find_tracks(paths)]
    done = 0
    told = tell_classes(files, classes.split(","), network=asked, workers=workers)
    for result in with_progress(told, messages, total=len(files)):
        done += result.failure is None
        if as_json:
            print(json.dumps(result.as_dict()), flush=True)
            continue
        output.print(printable(result.file), markup=False)
        if result.failure is not None:
            output.print(printable(f"  {result.failure.message}"), markup=False)
        for name, share in result.classes[:_NAMED]:
            output.print(printable(f"  {name:24} {100 * share:5.1f} %"), markup=False)
    messages.print(
        printable(f"told by {title_of(asked.spec)} from the words alone: nobody has tested this"),
        markup=False, highlight=False,
    )  # fmt: skip
    return done, len(files) - done if files else 1


class ReportFolderError(LinernotesError):
    """The report cannot be written where it was asked for."""

    code = "report-folder"
