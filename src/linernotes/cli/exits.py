"""Exit codes."""

from __future__ import annotations

from enum import IntEnum
from typing import NoReturn

import typer


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USAGE = 2
    NOTHING_DONE = 3


def leave(done: int, failed: int) -> NoReturn:
    """End a command by how many files went well, and how many did not."""
    if not failed:
        raise typer.Exit(Exit.DONE)
    raise typer.Exit(Exit.SOME_FAILED if done else Exit.NOTHING_DONE)
