"""Completion of what is typed in a shell: its name is asked for, as not every place tells it."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated, Any

import typer


class Shell(StrEnum):
    """Shells that can complete commands."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    PWSH = "pwsh"


def _install(context: typer.Context, parameter: typer.CallbackParam, shell: Shell | None) -> Any:
    from typer.completion import install_callback

    return install_callback(context, parameter, shell and shell.value)


def _show(context: typer.Context, parameter: typer.CallbackParam, shell: Shell | None) -> Any:
    from typer.completion import show_callback

    return show_callback(context, parameter, shell and shell.value)


InstallCompletion = Annotated[
    Shell | None,
    typer.Option(callback=_install, is_eager=True, help="Complete commands in this shell."),
]
ShowCompletion = Annotated[
    Shell | None,
    typer.Option(callback=_show, is_eager=True, help="Print what would be installed for that."),
]


def prepare_completion() -> None:
    """Let typer answer a shell that asks how a command goes on."""
    if "_LINERNOTES_COMPLETE" in os.environ:
        from typer.completion import get_completion_inspect_parameters

        get_completion_inspect_parameters()  # which makes the shells known
