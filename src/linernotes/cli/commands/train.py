"""``linernotes train``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import (
    As,
    Data,
    Folds,
    Group,
    HowToSplit,
    InLibrary,
    Json,
    Label,
    Seed,
    Workers,
    groups_of,
    numbers_of,
    split_of,
)

EXAMPLES = """
linernotes train ~/Music/by-mood --output mood.linernotes
linernotes train labels.csv --label genre --report genre.html
linernotes train library: --label energy --as numbers --folds 10
"""


def train(
    data: Data,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model file; with --recipe all, a folder of them."),
    ] = None,
    label: Label = None,
    as_: As = None,
    recipe: Annotated[str, typer.Option(help="How to learn: see recipes; or all.")] = "default",
    group: Group = "artist,album",
    split: HowToSplit = None,
    folds: Folds = 5,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Tell how good it is, which takes longer.")
    ] = True,
    name: Annotated[
        str | None, typer.Option(help="What to call the model. (default: as its file)")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about the test.")
    ] = None,
    library: InLibrary = None,
    seed: Seed = 0,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Learn a label from examples, tell how good that is, and write a model file."""
    from linernotes.cli.evaluate import ALL, How
    from linernotes.cli.train import train_on

    if recipe == ALL and (report is not None or name is not None or not test):
        raise typer.BadParameter("--report, --name and --no-test are about one recipe; name it")
    if report is not None and not test:
        raise typer.BadParameter("--report is about the test; leave out --no-test")
    how = How(groups_of(group), split_of(split), folds, random_state=seed, workers=workers)
    leave(
        *train_on(
            data, recipe=recipe, output=output, label=label, numbers=numbers_of(as_), name=name,
            library=library, test=test, report=report, as_json=json, how=how,
        )
    )  # fmt: skip
