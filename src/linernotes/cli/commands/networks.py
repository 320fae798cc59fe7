"""``linernotes networks``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from linernotes.cli.examples import examples
from linernotes.cli.options import Json


class _Networks(TyperGroup):
    """``networks NAME`` is short for ``networks show NAME``."""

    def resolve_command(self, context: Any, arguments: list[str]) -> Any:
        known = not arguments or arguments[0] in self.commands
        return super().resolve_command(context, arguments if known else ["show", *arguments])


networks_app = typer.Typer(cls=_Networks, subcommand_metavar="[COMMAND|NAME]")
Name = Annotated[str, typer.Argument(metavar="NAME")]


@networks_app.callback(
    invoke_without_command=True,
    epilog=examples("""
        linernotes networks
        linernotes networks clap
        linernotes networks --json
    """),
)
def networks(context: typer.Context, json: Json = False) -> None:
    """List, install and remove pretrained networks that hear more than musicnn."""
    from linernotes.cli.networks import list_networks

    if context.invoked_subcommand is None:
        list_networks(as_json=json)


@networks_app.command(
    "list",
    epilog=examples("""
        linernotes networks list
        linernotes networks list --json
    """),
)
def list_(json: Json = False) -> None:
    """List the networks that are known, and those that are installed."""
    from linernotes.cli.networks import list_networks

    list_networks(as_json=json)


@networks_app.command(
    "show",
    epilog=examples("""
        linernotes networks show clap
        linernotes networks show discogs-effnet --json
    """),
)
def show(name: Name, json: Json = False) -> None:
    """Show what a network hears and tells, its licence, and where it comes from."""
    from linernotes.cli.networks import show_network

    show_network(name, as_json=json)


@networks_app.command(
    "install",
    epilog=examples("""
        linernotes networks install clap
        linernotes networks install vibenet --from vibenet-0.1.0-py3-none-any.whl
        linernotes networks install mine --from mine.onnx --spec mine.toml
    """),
)
def install(
    name: Name,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", help="An ONNX file, a zip file or a folder; nothing is fetched then."
        ),
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(help="A TOML file that describes a network of your own.")
    ] = None,
    accept_licence: Annotated[
        str | None, typer.Option(metavar="LICENCE", help="Agree to a licence that is not free.")
    ] = None,
) -> None:
    """Install a network, from where its makers publish it or from a file."""
    from linernotes.cli.networks import install_network

    install_network(name, files=from_, spec=spec, accepted_licence=accept_licence)


@networks_app.command(
    "remove",
    epilog=examples("""
        linernotes networks remove clap
        linernotes networks remove mine
    """),
)
def remove(name: Name) -> None:
    """Remove a network; what libraries have from it stays."""
    from linernotes.cli.networks import remove_network

    remove_network(name)


@networks_app.command(
    "test",
    epilog=examples("""
        linernotes networks test clap
        linernotes networks test clap --track song.mp3
    """),
)
def try_(
    name: Name,
    track: Annotated[
        Path | None, typer.Option(help="Let it hear this file, and print what it tells.")
    ] = None,
    json: Json = False,
) -> None:
    """See that a network is whole, that it runs, and how fast it is here."""
    from linernotes.cli.networks import test_network

    test_network(name, track=track, as_json=json)
