"""``linernotes mcp``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.options import InLibrary

EXAMPLES = """
linernotes mcp
linernotes mcp --music ~/Music --allow-write
"""


def mcp(
    library: InLibrary = None,
    music: Annotated[
        list[str] | None,
        typer.Option(help="A folder whose files may be listened to as well; repeatable."),
    ] = None,
    allow_write: Annotated[
        bool, typer.Option("--allow-write", help="Let the assistant save playlists.")
    ] = False,
) -> None:
    """Answer an assistant's questions about the library (Model Context Protocol)."""
    from linernotes.cli.players import serve_assistant

    serve_assistant(library=library, music=music or [], allow_write=allow_write)
