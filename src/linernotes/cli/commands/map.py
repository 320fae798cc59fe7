"""``linernotes map``: its options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import InLibrary, Network

EXAMPLES = """
linernotes map
linernotes map --output house.html --by genre --title "Our music"
"""


class MapMethod(StrEnum):
    """How a map is arranged."""

    TSNE = "tsne"
    UMAP = "umap"


def map_(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the page.")] = Path(
        "map.html"
    ),
    library: InLibrary = None,
    by: Annotated[
        str | None, typer.Option(help="Colour by this first: genre, cluster, tempo, …")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page.")] = None,
    method: Annotated[
        MapMethod, typer.Option(help="How to arrange it; umap needs umap-learn.")
    ] = MapMethod.TSNE,
    seed: Annotated[int, typer.Option(help="Of the arrangement.")] = 0,
    network: Network = None,
) -> None:
    """Draw the library as a map: what sounds alike lies together."""
    from linernotes.cli.explore import write_map

    drawn = write_map(
        output,
        library=library,
        by=by,
        title=title,
        method=method.value,
        random_state=seed,
        networks=network or [],
    )
    leave(drawn, 0 if drawn else 1)
