"""``linernotes models``: its options."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from linernotes.cli.examples import examples
from linernotes.cli.options import Json


class _Models(TyperGroup):
    """``models NAME|FILE`` is short for ``models show NAME|FILE``."""

    def resolve_command(self, context: Any, arguments: list[str]) -> Any:
        known = not arguments or arguments[0] in self.commands
        return super().resolve_command(context, arguments if known else ["show", *arguments])


models_app = typer.Typer(cls=_Models, subcommand_metavar="[NAME|FILE] [--json]")


@models_app.callback(
    invoke_without_command=True,
    epilog=examples("""
        linernotes models
        linernotes models genre
        linernotes models mine.linernotes --json
    """),
)
def models(context: typer.Context, json: Json = False) -> None:
    """List the models, or show what one is worth."""
    from linernotes.cli.models import list_models

    if context.invoked_subcommand is None:
        list_models(as_json=json)


@models_app.command(
    "list",
    epilog=examples("""
        linernotes models list
        linernotes models list --json
    """),
)
def list_(json: Json = False) -> None:
    """List the models that there are."""
    from linernotes.cli.models import list_models

    list_models(as_json=json)


@models_app.command(
    "show",
    epilog=examples("""
        linernotes models show genre
        linernotes models show mine.linernotes --json
    """),
)
def show_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE")],
    json: Json = False,
) -> None:
    """Show a model's card: its data, its figures, and what it is not for."""
    from linernotes.cli.models import show_model

    above = {} if context.parent is None else context.parent.params
    show_model(name, as_json=json or bool(above.get("json")))
