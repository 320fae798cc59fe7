"""``linernotes evaluate``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli import options
from linernotes.cli.exits import leave

EXAMPLES = """
linernotes evaluate default ~/Music/by-genre --report default.html
linernotes evaluate genre gtzan:/data/gtzan
linernotes evaluate default labels.csv --label genre --network all
linernotes evaluate mood.linernotes labels.csv --label mood --json
"""

Beside = Annotated[
    bool, typer.Option("--beside/--no-beside", help="Compare with the other way to split.")
]


def evaluate(
    subject: Annotated[
        str, typer.Argument(metavar="RECIPE|MODEL", help="Name of a recipe or model, a file, all.")
    ],
    data: options.Data,
    label: options.Label = None,
    as_: options.As = None,
    group: options.Group = "artist,album",
    split: options.HowToSplit = None,
    folds: options.Folds = 5,
    beside: Beside = True,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about it.")
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--network", help="Compare with what an installed network hears; repeatable; or all."
        ),
    ] = None,
    library: options.InLibrary = None,
    labels: options.Labels = None,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    json: options.Json = False,
) -> None:
    """Tell how good a recipe or model is on labelled tracks, and how far to believe that."""
    from linernotes.cli.evaluate import ALL, How, evaluate_subject

    if network and (subject == ALL or report is not None):
        raise typer.BadParameter("--network compares one recipe with networks, and has no report")
    if subject == ALL and report is not None:
        raise typer.BadParameter("a report is about one recipe or model; name it instead of all")
    how = How(options.groups_of(group), options.split_of(split), folds, beside, seed, workers)
    leave(
        *evaluate_subject(
            subject, data, label=label, numbers=options.numbers_of(as_), library=library,
            labels=labels, networks=network or [], report=report,
            as_json=json, how=how,
        )
    )  # fmt: skip
