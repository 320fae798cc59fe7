"""``linernotes tag``: its options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import InLibrary, Json, Model, Timeout, Workers

EXAMPLES = """
linernotes tag ~/Music/Blue
linernotes tag ~/Music/Blue --write
linernotes tag ~/Music/Blue --dialect navidrome
linernotes tag --undo
"""


class Player(StrEnum):
    """Players whose dialect of tags is known."""

    PICARD = "picard"
    REKORDBOX = "rekordbox"
    FOOBAR = "foobar"
    PLEX = "plex"
    NAVIDROME = "navidrome"


def tag(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write it; without this nothing is.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take back the last run, or the last write to these files."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Change what the files already say, too.")
    ] = False,
    model: Model = None,
    library: InLibrary = None,
    genre_threshold: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="How probable a genre must be. (default: where 9 of 10 are right)"
        ),
    ] = None,
    dialect: Annotated[
        Player | None,
        typer.Option(help="Write as this player wants it. (default: as most of them do)"),
    ] = None,
    json: Json = False,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Show what would be written to the tags of files; write it, or take it back."""
    from linernotes.cli.tag import tag_files, undo_files

    if undo:
        if write:
            raise typer.BadParameter("--undo and --write exclude each other")
        done, failed = undo_files(files or [], as_json=json)
        leave(done, failed or (0 if done else 1))
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --undo")
    leave(
        *tag_files(
            files,
            write=write,
            overwrite=overwrite,
            models=model,
            library=library,
            genre_threshold=genre_threshold,
            dialect=None if dialect is None else dialect.value,
            as_json=json,
            timeout=timeout,
            workers=workers,
            quiet=not context.obj,
        )
    )
