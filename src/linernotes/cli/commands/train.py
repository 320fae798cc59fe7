"""``linernotes train``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli import options
from linernotes.cli.exits import leave

EXAMPLES = """
linernotes train ~/Music/by-mood --output mood.linernotes
linernotes train labels.csv --label genre --report genre.html
linernotes train labels.csv --label genre --network clap
linernotes train parquet:s3://bucket/rows --label genre -o genre.linernotes
"""


def train(
    data: options.Data,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model file; with --recipe all, a folder of them."),
    ] = None,
    label: options.Label = None,
    as_: options.As = None,
    recipe: Annotated[str, typer.Option(help="How to learn: see recipes; or all.")] = "default",
    network: options.Network = None,
    group: options.Group = "artist,album",
    split: options.HowToSplit = None,
    folds: options.Folds = 5,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Tell how good it is, which takes longer.")
    ] = True,
    name: Annotated[
        str | None, typer.Option(help="What to call the model. (default: as its file)")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about the test.")
    ] = None,
    library: options.InLibrary = None,
    labels: options.Labels = None,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    json: options.Json = False,
) -> None:
    """Learn a label from examples, tell how good that is, and write a model file."""
    from linernotes.cli.evaluate import ALL, How
    from linernotes.cli.train import train_on

    recipe = options.recipe_of(recipe, network)
    if recipe == ALL and (report is not None or name is not None or not test):
        raise typer.BadParameter("--report, --name and --no-test are about one recipe; name it")
    if report is not None and not test:
        raise typer.BadParameter("--report is about the test; leave out --no-test")
    how = How(
        options.groups_of(group), options.split_of(split), folds, random_state=seed, workers=workers
    )
    leave(
        *train_on(
            data, recipe=recipe, output=output, label=label, numbers=options.numbers_of(as_),
            name=name,
            library=library, labels=labels, test=test, report=report, as_json=json, how=how,
        )
    )  # fmt: skip
