"""``linernotes export``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.options import InLibrary, TrackModel

EXAMPLES = """
linernotes export tracks.csv
linernotes export tracks.parquet --model mine.linernotes
"""


def export(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .parquet file.")],
    library: InLibrary = None,
    model: TrackModel = None,
) -> None:
    """Write everything about the tracks of the library to a table."""
    from linernotes.cli.library import export_library

    export_library(output, library=library, models=model or [])
