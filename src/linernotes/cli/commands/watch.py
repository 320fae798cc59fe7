"""``linernotes watch``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.options import Full, InLibrary, Json, Pace

EXAMPLES = """
linernotes watch ~/Music
linernotes watch ~/Music /mnt/records --pace 0.25 --json
"""


def watch(
    context: typer.Context,
    folders: Annotated[list[str], typer.Argument(metavar="FOLDER...", help="Folders of tracks.")],
    library: InLibrary = None,
    full: Full = False,
    pace: Pace = 1.0,
    json: Json = False,
) -> None:
    """Keep the library up to date with folders, gently, until it is stopped."""
    from linernotes.cli.library import watch_folders

    options = {"extent": "full" if full else "excerpt", "pace": pace, "quiet": not context.obj}
    watch_folders(folders, library=library, as_json=json, options=options)
