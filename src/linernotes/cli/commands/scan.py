"""``linernotes scan``: its options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import Full, InLibrary, Json, Network, Pace, TrackModel, Workers


class Engine(StrEnum):
    """What runs the work."""

    LOCAL = "local"
    DASK = "dask"
    RAY = "ray"
    SPARK = "spark"


class OutputKind(StrEnum):
    """What is written instead of a library."""

    PARQUET = "parquet"


EXAMPLES = """
linernotes scan ~/Music
linernotes scan ~/Music --prune --retry-failed
linernotes scan ~/Music --gentle --network clap
linernotes scan s3://box/music --library s3://box/library --engine dask
"""

Gentle = Annotated[
    bool,
    typer.Option(
        "--gentle", help="Lowest priority, one processor, and pauses while others are busy."
    ),
]


def scan(
    context: typer.Context,
    folders: Annotated[
        list[str],
        typer.Argument(
            metavar="FOLDER...", help="Folders of tracks, files, or addresses: s3://box/music."
        ),
    ],
    library: InLibrary = None,
    full: Full = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Analyse everything again.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Forget files that are gone, and old versions.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="First take damaged tables back to a readable state.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that a file may take. (default: 120, in full 900)"),
    ] = None,
    workers: Workers = None,
    gentle: Gentle = False,
    pace: Pace = 1.0,
    engine: Annotated[
        Engine | None,
        typer.Option("--engine", help="Where the work runs. (default: on this machine)"),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            "--scheduler",
            "--master",
            help="Of a cluster that runs. (default: start one here)",
        ),
    ] = None,
    output: Annotated[
        tuple[OutputKind, str] | None,
        typer.Option("--output", help="Write shards there, and no library: parquet s3://box/rows."),
    ] = None,
    private_addresses: Annotated[
        bool, typer.Option("--private-addresses", help="Fetch from this network as well.")
    ] = False,
    network: Network = None,
    model: TrackModel = None,
    json: Json = False,
) -> None:
    """Listen to what is new in folders, and keep it in the library."""
    from linernotes.cli.library import is_far, scan_folders

    elsewhere = {"engine": None if engine is None else engine.value, "address": address,
                 "output": None if output is None else output[1],
                 "private_addresses": private_addresses or None}  # fmt: skip
    far = is_far(folders, {name: value for name, value in elsewhere.items() if value})
    if far and (gentle or pace != 1.0):
        raise typer.BadParameter("--gentle and --pace are for folders of this machine")
    if address is not None and engine in (None, Engine.LOCAL):
        raise typer.BadParameter("--address needs --engine: dask, ray or spark")
    options = {"extent": "full" if full else "excerpt", "retry_failed": retry_failed,
               "force": force, "prune": prune, "repair": repair, "timeout": timeout,
               "workers": workers, "quiet": not context.obj}  # fmt: skip
    if not far:
        options |= {"gentle": gentle, "pace": pace}
    leave(
        *scan_folders(
            folders,
            library=library,
            models=model or [],
            networks=network or [],
            as_json=json,
            options=options,
            elsewhere=elsewhere,
        )
    )
