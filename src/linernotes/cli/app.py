"""The commands and their options. What they do is imported when they are called."""

from __future__ import annotations

import sys
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from linernotes import __version__
from linernotes.errors import LinernotesError

app = typer.Typer(
    help="Writes the liner notes of your music by listening to it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="List the models, or show what one is worth.")
app.add_typer(models_app, name="models")


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USAGE = 2
    NOTHING_DONE = 3


class MapMethod(StrEnum):
    """How a map is arranged."""

    TSNE = "tsne"
    UMAP = "umap"


Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")]
InLibrary = Annotated[
    str | None,
    typer.Option("--library", help="Folder or URL of the library. (default: see status)"),
]
Model = Annotated[
    list[str] | None,
    typer.Option("--model", "-m", help="Name or file of a model; repeatable. (default: genre)"),
]
Start = Annotated[float, typer.Option(min=0, help="Second to begin at.")]
Duration = Annotated[float | None, typer.Option(min=1, help="Seconds to listen to. (default: all)")]
SkipIntro = Annotated[
    float, typer.Option(min=0, help="Seconds to leave out of tracks at least twice as long.")
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds after which a file is given up.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes. (default: one a processor)")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"linernotes {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and decoder chatter.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    context.obj = debug


@app.command()
def identify(
    context: typer.Context,
    files: Files,
    model: Model = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML page about all of it.")
    ] = None,
    window: Annotated[float, typer.Option(min=0.5, max=60, help="Seconds heard at once.")] = 3.0,
    hop: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between windows. (default: no overlap)")
    ] = None,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Tell what tracks are, how sure that is, and how it changes along them."""
    from linernotes.cli.identify import identify_files

    with_defaults = {"window": window, "hop": hop, "start": start, "duration": duration,
                     "skip_intro": skip_intro, "timeout": timeout, "workers": workers,
                     "quiet": not context.obj}  # fmt: skip
    done, failed = identify_files(
        files, models=model, as_json=json, report=report, options=with_defaults
    )
    _leave(done, failed)


@app.command()
def features(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")
    ] = None,
    feature_set: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", help="Feature set; may be repeated. (default: descriptors)"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .csv or .parquet file. (default: CSV on stdout)"),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the sets: name, type, unit, description.")
    ] = False,
    json: Json = False,
    start: Start = 0.0,
    duration: Duration = None,
    skip_intro: SkipIntro = 0.0,
    timeout: Timeout = 600.0,
    workers: Workers = None,
) -> None:
    """Measure tracks: named numbers for your own tables and models."""
    from linernotes.cli.features import extract_files, list_features

    if list_:
        list_features(feature_set or [], as_json=json)
        return
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --list")
    options = {"start": start, "duration": duration, "skip_intro": skip_intro,
               "timeout": timeout, "workers": workers, "quiet": not context.obj}  # fmt: skip
    sets = feature_set or ["descriptors"]
    _leave(*extract_files(files, sets=sets, output=output, as_json=json, options=options))


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A track.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .html or .png file.")],
    start: Start = 0.0,
    duration: Duration = None,
    timeout: Timeout = 600.0,
) -> None:
    """Draw a track: waveform, spectrogram, chroma, MFCC, beats, loudness, stereo image."""
    from linernotes.cli.inspect import inspect_file

    inspect_file(file, output, start=start, duration=duration, timeout=timeout)


@app.command()
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
    genre_threshold: Annotated[
        float, typer.Option(min=0, max=1, help="How probable a genre must be.")
    ] = 0.5,
    mood_threshold: Annotated[
        float, typer.Option(min=0, max=1, help="How probable a mood must be.")
    ] = 0.1,
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
        _leave(done, failed or (0 if done else 1))
    if not files:
        raise typer.BadParameter("name a track or a folder, or ask for --undo")
    _leave(
        *tag_files(
            files,
            write=write,
            overwrite=overwrite,
            models=model,
            genre_threshold=genre_threshold,
            mood_threshold=mood_threshold,
            as_json=json,
            timeout=timeout,
            workers=workers,
            quiet=not context.obj,
        )
    )


@app.command()
def scan(
    context: typer.Context,
    folders: Annotated[
        list[str], typer.Argument(metavar="FOLDER...", help="Folders of tracks, or files.")
    ],
    library: InLibrary = None,
    full: Annotated[
        bool,
        typer.Option("--full/--excerpt", help="Listen to all of a track, or to 30 s of it."),
    ] = False,
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
    json: Json = False,
) -> None:
    """Listen to what is new in folders, and keep it in the library."""
    from linernotes.cli.library import scan_folders

    options = {"extent": "full" if full else "excerpt", "retry_failed": retry_failed,
               "force": force, "prune": prune, "repair": repair, "timeout": timeout,
               "workers": workers, "quiet": not context.obj}  # fmt: skip
    _leave(*scan_folders(folders, library=library, as_json=json, options=options))


@app.command()
def status(library: InLibrary = None, json: Json = False) -> None:
    """Tell what the library holds, and each file that failed."""
    from linernotes.cli.library import show_status

    show_status(library=library, as_json=json)


@app.command()
def export(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .parquet file.")],
    library: InLibrary = None,
) -> None:
    """Write everything about the tracks of the library to a table."""
    from linernotes.cli.library import export_library

    export_library(output, library=library)


@app.command()
def similar(
    tracks: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE|ID...", help="Tracks, in the library or not."),
    ] = None,
    library: InLibrary = None,
    words: Annotated[
        str | None, typer.Option(help='What is wanted, in tags: "mellow jazz piano".')
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="A track that is not liked; may be repeated.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Find a path to this track.")] = None,
    mix: Annotated[bool, typer.Option("--mix", help="Go on from track to track.")] = False,
    seed: Annotated[int, typer.Option(help="Of the mix.")] = 0,
    n: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 20,
    per_artist: Annotated[
        int | None, typer.Option(min=1, help="At most so many of an artist.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help='A filter on file tags: "genre=jazz"; repeatable.')
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Say what is alike.")] = False,
    playlist: Annotated[Path | None, typer.Option(help="Write an .m3u8 file as well.")] = None,
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
        seed=seed,
        n=n,
        per_artist=per_artist,
        where=where or [],
        why=why,
        playlist=playlist,
        as_json=json,
    )
    _leave(found, 0 if found else 1)


@app.command("map")
def draw(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the page.")] = Path(
        "map.html"
    ),
    library: InLibrary = None,
    by: Annotated[
        str | None, typer.Option(help="Colour by this first: genre, cluster, tempo, …")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page.")] = None,
    method: Annotated[
        MapMethod, typer.Option(help="How to arrange it; umap needs umap-learn.")
    ] = MapMethod.TSNE,
    seed: Annotated[int, typer.Option(help="Of the arrangement.")] = 0,
) -> None:
    """Draw the library as a map: what sounds alike lies together."""
    from linernotes.cli.explore import write_map

    drawn = write_map(output, library=library, by=by, title=title, method=method.value, seed=seed)
    _leave(drawn, 0 if drawn else 1)


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the report.")
    ] = Path("linernotes-demo.html"),
) -> None:
    """Fetch two songs once, identify them, and write the report."""
    from linernotes.cli.demo import run_demo

    _leave(*run_demo(output))


@app.command()
def doctor(json: Json = False) -> None:
    """Check that everything linernotes needs is here, and say what to do where it is not."""
    from linernotes.cli.doctor import show_checks

    if not show_checks(as_json=json):
        raise typer.Exit(Exit.SOME_FAILED)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, json: Json = False) -> None:
    """List the models, or show what one is worth."""
    from linernotes.cli.models import list_models

    if context.invoked_subcommand is None:
        list_models(as_json=json)


@models_app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE")], json: Json = False
) -> None:
    """Show a model's card: its data, its figures, and what it is not for."""
    from linernotes.cli.models import show_model

    show_model(name, as_json=json)


def _leave(done: int, failed: int) -> NoReturn:
    if not failed:
        raise typer.Exit(Exit.DONE)
    raise typer.Exit(Exit.SOME_FAILED if done else Exit.NOTHING_DONE)


def main() -> None:
    """Run the command line; errors are one sentence, tracebacks only with ``--debug``."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a crash.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        app()
    except LinernotesError as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"linernotes: {error}", err=True)
        sys.exit(Exit.WRONG_USAGE)
    except BrokenPipeError:
        # Whoever reads our output has read enough.
        sys.stderr.close()
        sys.exit(Exit.DONE)
