"""``linernotes playlist``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.examples import examples
from linernotes.cli.options import InLibrary, Json

playlist_app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME|ID", help="Which playlist.")]
Tracks = Annotated[list[str], typer.Argument(metavar="FILE|ID...", help="Tracks of the library.")]


@playlist_app.callback(
    epilog=examples("""
        linernotes playlist create Blue first.mp3 second.mp3
        linernotes playlist create Calm --words "calm piano" --where "voice=no" -n 40
        linernotes playlist export Calm calm.m3u8
    """)
)
def playlist() -> None:
    """Keep playlists in the library: of tracks, or of what a question finds."""


@playlist_app.command(
    "list",
    epilog=examples("""
        linernotes playlist list
        linernotes playlist list --json
    """),
)
def list_playlists(library: InLibrary = None, json: Json = False) -> None:
    """List the playlists of the library."""
    from linernotes.cli.playlists import list_playlists

    list_playlists(library=library, as_json=json)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist show Blue
        linernotes playlist show Blue --json
    """)
)
def show(name: Name, library: InLibrary = None, json: Json = False) -> None:
    """Show the tracks of a playlist."""
    from linernotes.cli.playlists import show_playlist

    show_playlist(name, library=library, as_json=json)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist create Blue first.mp3 second.mp3
        linernotes playlist create Fast --where "tempo>140" --once
        linernotes playlist create Likewise --like first.mp3 --words slow -n 30
    """)
)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    tracks: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|ID...", help="Tracks of the library.")
    ] = None,
    library: InLibrary = None,
    words: Annotated[str, typer.Option(help='What is wanted: "mellow jazz piano".')] = "",
    where: Annotated[str, typer.Option(help='A filter: "genre=jazz and year<1970".')] = "",
    like: Annotated[list[str] | None, typer.Option(help="A track that is liked.")] = None,
    unlike: Annotated[list[str] | None, typer.Option(help="A track that is not liked.")] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many tracks are asked for.")] = 50,
    per_artist: Annotated[int | None, typer.Option(min=1, help="At most of an artist.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Keep what is found, not the question.")
    ] = False,
    comment: Annotated[str, typer.Option(help="What is said of it.")] = "",
) -> None:
    """Keep a playlist: of tracks, or of a question that `refresh` asks anew."""
    from linernotes.cli.playlists import create_playlist

    create_playlist(
        name, tracks or [], library=library, words=words, where=where, like=like or [],
        unlike=unlike or [], n=n, per_artist=per_artist, once=once, comment=comment,
    )  # fmt: skip


@playlist_app.command(
    epilog=examples("""
        linernotes playlist add Blue third.mp3
        linernotes playlist add Blue 6019de67
    """)
)
def add(name: Name, tracks: Tracks, library: InLibrary = None) -> None:
    """Add tracks at the end of a playlist."""
    from linernotes.cli.playlists import add_tracks

    add_tracks(name, tracks, library=library)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist remove Blue third.mp3
        linernotes playlist remove Blue 6019de67
    """)
)
def remove(name: Name, tracks: Tracks, library: InLibrary = None) -> None:
    """Take tracks out of a playlist."""
    from linernotes.cli.playlists import remove_tracks

    remove_tracks(name, tracks, library=library)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist rename Blue "Kind of Blue"
        linernotes playlist rename 00ff00ff00ff00ff Blue
    """)
)
def rename(
    name: Name, new: Annotated[str, typer.Argument(metavar="NEW")], library: InLibrary = None
) -> None:
    """Call a playlist something else."""
    from linernotes.cli.playlists import rename_playlist

    rename_playlist(name, new, library=library)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist delete Blue
        linernotes playlist delete 00ff00ff00ff00ff
    """)
)
def delete(name: Name, library: InLibrary = None) -> None:
    """Delete a playlist; its tracks stay where they are."""
    from linernotes.cli.playlists import delete_playlist

    delete_playlist(name, library=library)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist refresh
        linernotes playlist refresh Calm
    """)
)
def refresh(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME|ID", help="Which. (default: all smart ones)")
    ] = None,
    library: InLibrary = None,
) -> None:
    """Ask the questions of smart playlists anew."""
    from linernotes.cli.playlists import refresh_playlists

    refresh_playlists(name, library=library)


@playlist_app.command(
    epilog=examples("""
        linernotes playlist export Blue blue.m3u8
        linernotes playlist export Blue blue.xspf
        linernotes playlist export Blue blue.jspf --listenbrainz
    """)
)
def export(
    name: Name,
    output: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .m3u8, .m3u, .xspf or .jspf file.")
    ],
    library: InLibrary = None,
    listenbrainz: Annotated[
        bool,
        typer.Option("--listenbrainz", help="By MusicBrainz ids alone, as ListenBrainz imports."),
    ] = False,
) -> None:
    """Write a playlist to a file that players read."""
    from linernotes.cli.playlists import export_playlist

    export_playlist(name, output, library=library, for_listenbrainz=listenbrainz)
