"""``linernotes export``: its options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.options import InLibrary, TrackModel, Workers

EXAMPLES = """
linernotes export tracks.csv
linernotes export --to rekordbox.xml --key camelot --listen
linernotes export tracks.parquet --model mine.linernotes
"""


class Notation(StrEnum):
    """How keys are written."""

    MUSICAL = "musical"
    CAMELOT = "camelot"
    OPENKEY = "openkey"


def export(
    output: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A .csv or .parquet file.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(help="A collection of rekordbox (.xml) or Traktor (.nml); may be there."),
    ] = None,
    library: InLibrary = None,
    model: TrackModel = None,
    key: Annotated[Notation, typer.Option(help="How keys are written for DJs.")] = Notation.MUSICAL,
    listen: Annotated[
        bool,
        typer.Option("--listen", help="Listen for beat grids and cue points: seconds a track."),
    ] = False,
    workers: Workers = None,
) -> None:
    """Write everything about the tracks of the library to a table, or to a DJ's collection."""
    if to is not None and output is None:
        from linernotes.cli.players import export_collection

        export_collection(to, library=library, notation=key.value, listen=listen, workers=workers)
    elif output is not None and to is None:
        from linernotes.cli.library import export_library

        export_library(output, library=library, models=model or [])
    else:
        raise typer.BadParameter("name one file: a table, or a collection after --to")
