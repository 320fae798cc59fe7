"""``linernotes serve``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.options import InLibrary

EXAMPLES = """
linernotes serve --open
linernotes serve --host 0.0.0.0 --port 8080 --music ~/Music
linernotes serve --host 0.0.0.0 --https
linernotes serve --host 0.0.0.0 --subsonic
"""


def serve(
    library: InLibrary = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for the whole house.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="LINERNOTES_TOKEN",
            help="What visitors have to show. (default: made up where others can reach it)",
        ),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A name that the server may be called by; repeatable.")
    ] = None,
    music: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder that may be scanned from the page, or chosen in part; repeatable. "
            "(default: those that are chosen there, below the home folder and on drives)"
        ),
    ] = None,
    https: Annotated[
        bool,
        typer.Option(
            "--https", help="Encrypt, with a certificate made here; phones may record then."
        ),
    ] = False,
    max_upload: Annotated[int, typer.Option(min=1, help="Megabytes of an upload.")] = 200,
    open_: Annotated[bool, typer.Option("--open", help="Show the page at once.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that listen to uploads. (default: all but one)"),
    ] = None,
    subsonic: Annotated[
        bool,
        typer.Option(
            "--subsonic",
            help="Let in apps that speak Subsonic; 'linernotes subsonic' shows their password.",
        ),
    ] = False,
    taste: Annotated[
        bool,
        typer.Option(
            "--taste/--no-taste",
            envvar="LINERNOTES_TASTE",
            help="What is similar leans to what your stars, ratings and plays say you like.",
        ),
    ] = False,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--network",
            help="An installed network that words are asked of: clap; several, or musicnn beside "
            "one, say what is alike as well.",
        ),
    ] = None,
) -> None:
    """Serve pages: identify, library, map, models. On this machine alone, if not told otherwise."""
    from linernotes.cli.serve import serve_pages

    serve_pages(
        library=library,
        host=host,
        port=port,
        token=token,
        names=name or [],
        music=music or [],
        workers=workers,
        upload_megabytes=max_upload,
        https=https,
        open_browser=open_,
        subsonic=subsonic,
        taste=taste,
        networks=network or [],
    )
