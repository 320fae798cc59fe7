"""``linernotes push``: its commands and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.examples import examples
from linernotes.cli.exits import leave
from linernotes.cli.options import InLibrary

push_app = typer.Typer(no_args_is_help=True)


@push_app.callback(
    epilog=examples("""
        linernotes push mpd
        linernotes push mpd --host /run/mpd/socket --playlist Blue --overwrite
    """)
)
def push() -> None:
    """Tell a player what is heard, and give it playlists."""


@push_app.command(
    epilog=examples("""
        linernotes push mpd
        linernotes push mpd --host player.local --music ~/Music
        linernotes push mpd --playlist Blue --overwrite
    """)
)
def mpd(
    library: InLibrary = None,
    host: Annotated[
        str,
        typer.Option(envvar="MPD_HOST", help="Name, address, or path of a socket; password@host."),
    ] = "localhost",
    port: Annotated[int, typer.Option(envvar="MPD_PORT", min=1, max=65535)] = 6600,
    password: Annotated[
        str | None, typer.Option(envvar="MPD_PASSWORD", help="If MPD wants one.")
    ] = None,
    music: Annotated[
        str | None,
        typer.Option(help="MPD's music folder, as it is reached from here. (a socket tells it)"),
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option(help="Push this playlist, and no stickers; repeatable. (default: all)"),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace playlists of the same names in MPD.")
    ] = False,
) -> None:
    """Write stickers and playlists to MPD, the Music Player Daemon."""
    from linernotes.cli.playlists import push_to_mpd

    leave(
        *push_to_mpd(
            library=library,
            host=host,
            port=port,
            password=password,
            music=music,
            names=playlist,
            overwrite=overwrite,
        )
    )
