"""``linernotes collect``: its commands and their options."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.examples import examples
from linernotes.cli.exits import leave
from linernotes.cli.options import Json

collect_app = typer.Typer(
    help="Collect labels and previews from public services.", no_args_is_help=True
)
import_app = typer.Typer(help="Import what lies on this machine already.", no_args_is_help=True)

Contact = Annotated[
    str | None, typer.Option(help="Your address of mail or page; services want to know it.")
]
Cache = Annotated[Path | None, typer.Option(help="Folder of kept answers. (default: the user's)")]
Offline = Annotated[bool, typer.Option("--offline", help="Use what is kept; send nothing.")]
Balance = Annotated[bool, typer.Option("--balance", help="As many of each as of the smallest.")]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Tell how many requests it takes, and how long; send none."),
]
Into = Annotated[Path, typer.Option("--output", "-o", help="The folder to collect into.")]
IntoTable = Annotated[
    Path, typer.Option("--output", "-o", dir_okay=False, help="The .csv to write.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="URL|DIR", help="Where the archives lie. (default: official)"),
]
Checksum = Annotated[
    list[str] | None,
    typer.Option(metavar="ARCHIVE=sha256:…", help="Expect this instead of the published one."),
]


class UndecidedTracks(StrEnum):
    """The treatment of tracks with no single true label."""

    LEAVE_OUT = "leave-out"
    KEEP = "keep"


class Version(StrEnum):
    """Versions of a song that may be taken for the original."""

    LIVE = "live"
    REMASTER = "remaster"
    REMIX = "remix"
    INSTRUMENTAL = "instrumental"
    ACOUSTIC = "acoustic"
    DEMO = "demo"
    RE_RECORDING = "re-recording"


@collect_app.command(
    epilog=examples("""
        linernotes collect producers "Rick Rubin" "Brian Eno" -o rooms --balance
        linernotes collect producers "Rick Rubin" -o rooms --dry-run
    """)
)
def producers(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME|MBID...", help="Producers, by name or MBID.")
    ],
    output: Into,
    per_producer: Annotated[int, typer.Option(min=1, help="Tracks of each, at most.")] = 100,
    per_artist: Annotated[
        int | None,
        typer.Option(min=1, help="Of one artist for each, at most. (default: a fifth)"),
    ] = None,
    per_album: Annotated[
        int | None,
        typer.Option(min=1, help="Of one album for each, at most. (default: a tenth)"),
    ] = None,
    balance: Balance = False,
    allow: Annotated[
        list[Version] | None,
        typer.Option(help="A version that may stand for the original; repeatable."),
    ] = None,
    shared: Annotated[
        UndecidedTracks, typer.Option(help="Tracks that several people produced.")
    ] = UndecidedTracks.LEAVE_OUT,
    conflicts: Annotated[
        UndecidedTracks, typer.Option(help="Tracks of which sources say different things.")
    ] = UndecidedTracks.LEAVE_OUT,
    credit_table: Annotated[
        Path | None,
        typer.Option("--credits", help="Credits out of collect import, instead of asking."),
    ] = None,
    accept_itunes_terms: Annotated[
        bool,
        typer.Option("--accept-itunes-terms", help="Ask iTunes too; you may use its previews."),
    ] = False,
    contact: Contact = None,
    cache: Cache = None,
    offline: Offline = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Collect previews of what people produced: audio, and a table that models learn from."""
    if not all(name.strip() for name in names):
        raise typer.BadParameter("the name of a producer is empty")
    from linernotes.cli.collect_producers import collect_producers
    from linernotes.collect.producer_rules import Rules

    rules = Rules(
        per_producer=per_producer,
        per_artist=per_artist,
        per_album=per_album,
        allowed=frozenset(version.value for version in allow or []),
        keep_shared=shared is UndecidedTracks.KEEP,
        keep_conflicts=conflicts is UndecidedTracks.KEEP,
        balance=balance,
    )
    leave(
        *collect_producers(
            names, folder=output, rules=rules, itunes=accept_itunes_terms,
            credit_table=credit_table, contact=contact, cache=cache, offline=offline,
            dry_run=dry_run, as_json=json,
        )
    )  # fmt: skip


@collect_app.command(
    epilog=examples("""
        linernotes collect genres rock jazz -o genres --contact me@example.org
        linernotes collect genres calm=ambient loud=metal -o moods --balance --dry-run
    """)
)
def genres(
    classes: Annotated[
        list[str],
        typer.Argument(metavar="GENRE|LABEL=GENRE|LABEL=PLAYLIST...", help="The classes."),
    ],
    output: Into,
    service: Annotated[str, typer.Option(help="deezer, jamendo, itunes or spotify.")] = "deezer",
    per_genre: Annotated[int, typer.Option(min=1, help="Tracks of each, at most.")] = 100,
    per_artist: Annotated[int, typer.Option(min=1, help="Of one artist, at most.")] = 5,
    per_album: Annotated[int, typer.Option(min=1, help="Of one album, at most.")] = 2,
    balance: Balance = False,
    deezer_previews: Annotated[
        bool, typer.Option("--deezer-previews", help="Take the audio from Deezer in any case.")
    ] = False,
    accept_itunes_terms: Annotated[
        bool, typer.Option("--accept-itunes-terms", help="You may use previews of the store.")
    ] = False,
    contact: Contact = None,
    cache: Cache = None,
    offline: Offline = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Collect tracks by genre or playlist: audio, and a table that models learn from."""
    from linernotes.cli.collect_genres import collect_by_genre
    from linernotes.collect.genre_sources import GenreRules

    rules = GenreRules(
        per_genre=per_genre, per_artist=per_artist, per_album=per_album, balance=balance,
        deezer_previews=deezer_previews,
    )  # fmt: skip
    leave(
        *collect_by_genre(
            classes, folder=output, service=service, rules=rules,
            terms_accepted=accept_itunes_terms, contact=contact, cache=cache, offline=offline,
            dry_run=dry_run, as_json=json,
        )
    )  # fmt: skip


def _published(name: str) -> Callable[..., None]:
    def command(
        output: Into,
        source: From = None,
        checksum: Checksum = None,
        contact: Contact = None,
        dry_run: DryRun = False,
        json: Json = False,
    ) -> None:
        from linernotes.cli.collect_datasets import collect_published

        leave(
            *collect_published(
                name, folder=output, source=source, checksums=checksum or [], contact=contact,
                dry_run=dry_run, as_json=json,
            )
        )  # fmt: skip

    return command


for _name in ("fma-small", "fma-medium", "gtzan"):
    collect_app.command(
        _name,
        help=f"Fetch {_name}, check it and take it apart.",
        epilog=examples(f"""
            linernotes collect {_name} --output {_name}
            linernotes collect {_name} --output {_name} --from ~/Downloads
            linernotes collect {_name} --output {_name} --dry-run
        """),
    )(_published(_name))
collect_app.add_typer(import_app, name="import")


@import_app.command(
    epilog=examples("""
        linernotes collect import musicbrainz release.tar.xz -o credits.csv
        linernotes collect import musicbrainz *.tar.xz -o a.csv --producer "Brian Eno"
    """)
)
def musicbrainz(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="DUMP...", help="recording.tar.xz, release.tar.xz, or both."),
    ],
    output: IntoTable,
    producer: Annotated[
        list[str] | None, typer.Option(help="Name or MBID; repeatable. (default: everybody)")
    ] = None,
    json: Json = False,
) -> None:
    """Read who produced what from JSON dumps of MusicBrainz, however large."""
    from linernotes.cli.collect_import import import_dump

    leave(*import_dump(files, output=output, producers=producer or [], as_json=json))


@import_app.command(
    epilog=examples("""
        linernotes collect import spotify rock.csv jazz.csv -o features.csv
        linernotes collect import spotify tracks.csv -o features.csv --label mood
    """)
)
def spotify(
    tables: Annotated[list[Path], typer.Argument(metavar="CSV...", help="Exported tables.")],
    output: IntoTable,
    label: Annotated[
        str | None, typer.Option(help="Column of the label. (default: genre, or the file's name)")
    ] = None,
    json: Json = False,
) -> None:
    """Make one table of exported tables of Spotify's audio features."""
    from linernotes.cli.collect_import import import_features

    leave(*import_features(tables, output=output, label=label, as_json=json))
