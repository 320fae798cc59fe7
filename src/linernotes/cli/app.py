"""The command line put together: the commands, in the order of the help, and how errors end it."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from linernotes import __version__
from linernotes.cli.commands import (
    demo,
    doctor,
    evaluate,
    export,
    features,
    identify,
    index,
    inspect,
    mcp,
    recipes,
    scan,
    serve,
    similar,
    status,
    subsonic,
    tag,
    taste,
    train,
    watch,
)
from linernotes.cli.commands import map as map_
from linernotes.cli.commands.collect import collect_app
from linernotes.cli.commands.models import models_app
from linernotes.cli.commands.networks import networks_app
from linernotes.cli.commands.playlist import playlist_app
from linernotes.cli.commands.push import push_app
from linernotes.cli.completion import InstallCompletion, ShowCompletion, prepare_completion
from linernotes.cli.examples import examples
from linernotes.cli.exits import Exit
from linernotes.cli.without_pandas import without_pandas
from linernotes.errors import LinernotesError

app = typer.Typer(
    help="Writes the liner notes of your music by listening to it.",
    epilog=examples("""
        linernotes demo
        linernotes identify song.mp3
        linernotes scan ~/Music
        linernotes similar song.mp3
    """),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# By the heading under which the help lists them.
_COMMANDS = {
    "Tracks": (identify.identify, features.features, inspect.inspect, tag.tag),
    "Library": (
        scan.scan, watch.watch, status.status, index.index, export.export, similar.similar,
        map_.map_, taste.taste, serve.serve,
    ),
    "Players": (mcp.mcp, subsonic.subsonic),
    "Models": (train.train, evaluate.evaluate, recipes.recipes),
    "Help": (demo.demo, doctor.doctor),
}  # fmt: skip
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        _module = sys.modules[_command.__module__]
        app.command(
            _module.__name__.rpartition(".")[2],
            rich_help_panel=_panel,
            epilog=examples(_module.EXAMPLES),
        )(_command)
app.add_typer(playlist_app, name="playlist", rich_help_panel="Players")
app.add_typer(push_app, name="push", rich_help_panel="Players")
app.add_typer(models_app, name="models", rich_help_panel="Models")
app.add_typer(networks_app, name="networks", rich_help_panel="Models")
app.add_typer(collect_app, name="collect", rich_help_panel="Models")


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
    install_completion: InstallCompletion = None,
    show_completion: ShowCompletion = None,
) -> None:
    context.obj = debug


def main() -> None:
    """Run the command line; errors are one sentence, tracebacks only with ``--debug``."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a crash.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    # Python would look through the rows of a large library again and again as they are made.
    gc.set_threshold(50_000)
    prepare_completion()
    try:
        with without_pandas():
            app(prog_name="linernotes")
    except LinernotesError as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"linernotes: {error}", err=True)
        sys.exit(_exit_of(error))
    except BrokenPipeError:
        # Whoever reads our output has read enough.
        sys.stderr.close()
        sys.exit(Exit.DONE)
    except OSError as error:
        if "--debug" in sys.argv:
            raise
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"linernotes: {place}{error.strerror or error}", err=True)
        sys.exit(Exit.NOTHING_DONE)


def _exit_of(error: LinernotesError) -> Exit:
    from linernotes.collect.http.errors import ServiceError

    # Nobody did anything wrong where a service does not answer.
    return Exit.NOTHING_DONE if isinstance(error, ServiceError) else Exit.WRONG_USAGE
