"""The commands and their options. What they do is imported when they are called."""

from __future__ import annotations

import sys
from enum import IntEnum
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


Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Tracks, or folders of them.")]
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
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", "-m", help="Name or file of a model; may be repeated. (default: genre)"
        ),
    ] = None,
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
