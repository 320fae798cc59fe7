"""``linernotes scan``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import Full, InLibrary, Json, Pace, TrackModel, Workers

EXAMPLES = """
linernotes scan ~/Music
linernotes scan ~/Music --prune --retry-failed
linernotes scan /mnt/music --library ~/house --full --workers 4
linernotes scan ~/Music --gentle
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
        list[str], typer.Argument(metavar="FOLDER...", help="Folders of tracks, or files.")
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
    model: TrackModel = None,
    json: Json = False,
) -> None:
    """Listen to what is new in folders, and keep it in the library."""
    from linernotes.cli.library import scan_folders

    options = {"extent": "full" if full else "excerpt", "retry_failed": retry_failed,
               "force": force, "prune": prune, "repair": repair, "timeout": timeout,
               "workers": workers, "gentle": gentle, "pace": pace,
               "quiet": not context.obj}  # fmt: skip
    leave(
        *scan_folders(folders, library=library, models=model or [], as_json=json, options=options)
    )
