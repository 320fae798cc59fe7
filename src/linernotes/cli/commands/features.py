"""``linernotes features``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import Duration, Json, SkipIntro, Start, Timeout, Workers

EXAMPLES = """
linernotes features ~/Music --output tracks.parquet
linernotes features song.flac --set style --set production --json
linernotes features --list
"""


def features(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")
    ] = None,
    feature_set: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", help="Feature set; may be repeated. (default: descriptors)"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .csv or .parquet file. (default: CSV on stdout)"),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the sets: name, type, unit, description.")
    ] = False,
    json: Json = False,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Measure tracks: named numbers for your own tables and models."""
    from linernotes.cli.features import extract_files, list_features

    if list_:
        list_features(feature_set or [], as_json=json)
        return
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --list")
    options = {"start": start, "duration": duration, "skip_intro": skip_intro,
               "timeout": timeout, "workers": workers, "quiet": not context.obj}  # fmt: skip
    sets = feature_set or ["descriptors"]
    leave(*extract_files(files, sets=sets, output=output, as_json=json, options=options))
