"""``linernotes identify``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import Duration, Model, SkipIntro, Start, Timeout, Workers

EXAMPLES = """
linernotes identify song.mp3
linernotes identify ~/Music/Blue --report blue.html
linernotes identify ~/Music --json > identified.jsonl
linernotes identify song.mp3 --classes "surf rock,bossa nova,drum and bass"
"""

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")]


def identify(
    context: typer.Context,
    files: Files,
    model: Model = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about all of it.")
    ] = None,
    window: Annotated[float, typer.Option(min=0.5, max=60, help="Seconds heard at once.")] = 3.0,
    hop: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between windows. (default: no overlap)")
    ] = None,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
    classes: Annotated[
        str | None,
        typer.Option(help='Classes that nobody taught: "surf rock,bossa nova"; needs a network.'),
    ] = None,
    network: Annotated[
        str | None, typer.Option("--network", help="Which one tells --classes. (see: networks)")
    ] = None,
) -> None:
    """Tell what tracks are, how sure that is, and how it changes along them."""
    from linernotes.cli.identify import identify_files, tell_named_classes

    if network is not None and classes is None:
        raise typer.BadParameter("--network tells --classes; models name the networks they hear")
    if classes is not None:
        leave(*tell_named_classes(files, classes, network=network, workers=workers, as_json=json))

    with_defaults = {"window": window, "hop": hop, "start": start, "duration": duration,
                     "skip_intro": skip_intro, "timeout": timeout, "workers": workers,
                     "quiet": not context.obj}  # fmt: skip
    done, failed = identify_files(
        files, models=model, as_json=json, report=report, options=with_defaults
    )
    leave(done, failed)
