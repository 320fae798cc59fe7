"""Options that several commands have, and what is made of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer


class LabelKind(StrEnum):
    """The kind that labels are taken for."""

    CLASSES = "classes"
    NUMBERS = "numbers"


class SplitMethod(StrEnum):
    """How tracks to learn from and tracks to be tested on are kept apart."""

    GROUPED = "grouped"
    OFFICIAL = "official"
    RANDOM = "random"


Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
InLibrary = Annotated[
    str | None,
    typer.Option("--library", help="Folder or URL of the library. (default: see status)"),
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        "--model", "-m", help="Name or file of a model; repeatable. (default: genre, mood)"
    ),
]
TrackModel = Annotated[
    list[str] | None,
    typer.Option("--model", "-m", help="A trained model to ask as well; repeatable."),
]
Network = Annotated[
    list[str] | None,
    typer.Option("--network", help="An installed network, or musicnn; repeatable. (see: networks)"),
]


def recipe_of(recipe: str, networks: list[str] | None) -> str:
    """Return the name of the recipe that hears networks, if any are named."""
    if not networks:
        return recipe
    if recipe != "default":
        raise typer.BadParameter("--network is a recipe of its own: leave out --recipe")
    return f"network:{'+'.join(networks)}"


Start = Annotated[float, typer.Option(min=0, help="Second to begin at.")]
Duration = Annotated[float | None, typer.Option(min=1, help="Seconds to listen to. (default: all)")]
SkipIntro = Annotated[
    float, typer.Option(min=0, help="Seconds to leave out of tracks at least twice as long.")
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds after which a file is given up.")]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="Folder with a folder for each class, CSV, library:DIR, parquet:FOLDER or "
        "parquet:s3://… (what scan --output parquet wrote), tags:DIR, fma:DIR, gtzan:DIR.",
    ),
]
Label = Annotated[
    str | None,
    typer.Option(help="What to learn: a column, or a file tag; energy,valence for two numbers."),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="CSV of labels for library: or parquet:, with a column uri, path or track_id."
    ),
]
As = Annotated[
    LabelKind | None,
    typer.Option("--as", help="What to take labels for. (default: what their values look like)"),
]
Group = Annotated[
    str, typer.Option(help="What is never on both sides: artist, album, or artist,album.")
]
HowToSplit = Annotated[
    SplitMethod | None,
    typer.Option(help="random flatters, and says so. (default: official if there is one)"),
]
Folds = Annotated[int, typer.Option(min=2, help="Trainings of a cross-validation.")]
Seed = Annotated[int, typer.Option(help="Of everything left to chance.")]
Full = Annotated[
    bool, typer.Option("--full/--excerpt", help="Listen to all of a track, or to 30 s of it.")
]
Pace = Annotated[
    float,
    typer.Option(min=0.01, max=1, help="Share of the processors to use at most."),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes. (default: one a processor)")]


def groups_of(text: str) -> tuple[str, ...]:
    """Return what is never on both sides, such as ("artist", "album")."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names or set(names) - {"artist", "album"}:
        raise typer.BadParameter("--group is artist, album, or artist,album")
    return names


def numbers_of(kind: LabelKind | None) -> bool | None:
    """Whether labels are taken for numbers; ``None`` for what they look like."""
    return None if kind is None else kind is LabelKind.NUMBERS


def split_of(split: SplitMethod | None) -> Literal["grouped", "official", "random"] | None:
    """Return the name of a way to split."""
    return None if split is None else split.value
