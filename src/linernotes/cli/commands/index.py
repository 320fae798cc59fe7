"""``linernotes index``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.options import InLibrary, Json, Network

EXAMPLES = """
linernotes index
linernotes index --refit
linernotes index --network clap --network musicnn --pairs pairs.csv
"""


def index(
    library: InLibrary = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the space of tracks anew in any case.")
    ] = False,
    network: Network = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="CSV of pairs of tracks that sound alike (a third column says no), to learn from "
            "how much each --network counts. (default: what is by the same artist, or genre)"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """See that similar tracks are found at once, as scans do; learn how much networks count."""
    from linernotes.cli.library import index_library

    if pairs is not None and not network:
        raise typer.BadParameter("--pairs tells how much networks count: name them with --network")
    index_library(library=library, refit=refit, networks=network or [], pairs=pairs, as_json=json)
