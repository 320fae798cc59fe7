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


class ReportFolderError(LinernotesError):
    """The report cannot be written where it was asked for."""

    code = "report-folder"
