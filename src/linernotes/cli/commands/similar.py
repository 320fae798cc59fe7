"""``linernotes similar``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave
from linernotes.cli.options import InLibrary, Json, Network, TrackModel

EXAMPLES = """
linernotes similar song.mp3 --why
linernotes similar --words "mellow jazz piano" -n 40 --playlist mellow.m3u8
linernotes similar first.mp3 --to last.mp3 --per-artist 1
"""


def similar(
    tracks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|ID|ARTIST...", help="Tracks, in the library or not; artists in it."
        ),
    ] = None,
    library: InLibrary = None,
    words: Annotated[
        str | None, typer.Option(help='What is wanted, in words: "gloomy rainy night piano".')
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="A track or artist that is not liked; may be repeated.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Find a path to this track.")] = None,
    mix: Annotated[bool, typer.Option("--mix", help="Go on from track to track.")] = False,
    seed: Annotated[int, typer.Option(help="Of the mix.")] = 0,
    n: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 20,
    per_artist: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many of an artist, also on the path of --to."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help='A filter: "genre=jazz and tempo>120"; repeatable.')
    ] = None,
    taste: Annotated[
        bool,
        typer.Option(
            "--taste/--no-taste",
            envvar="LINERNOTES_TASTE",
            help="Lean to what your stars, ratings and plays say you like.",
        ),
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="Say what is alike.")] = False,
    playlist: Annotated[Path | None, typer.Option(help="Write an .m3u8 file as well.")] = None,
    network: Network = None,
    model: TrackModel = None,
    json: Json = False,
) -> None:
    """Find what sounds like tracks, or like words; a path between two; a mix."""
    from linernotes.cli.explore import show_similar

    found = show_similar(
        tracks or [],
        library=library,
        disliked=unlike or [],
        words=words,
        to=to,
        mix=mix,
        random_state=seed,
        n=n,
        per_artist=per_artist,
        where=where or [],
        taste=taste,
        why=why,
        playlist=playlist,
        networks=network or [],
        models=model or [],
        as_json=json,
    )
    leave(found, 0 if found else 1)
