"""``linernotes doctor``: its options."""

from __future__ import annotations

import typer

from linernotes.cli.exits import Exit
from linernotes.cli.options import Json

EXAMPLES = """
linernotes doctor
linernotes doctor --json
"""


def doctor(json: Json = False) -> None:
    """Check that everything linernotes needs is here, and say what to do where it is not."""
    from linernotes.cli.doctor import show_checks

    if not show_checks(as_json=json):
        raise typer.Exit(Exit.SOME_FAILED)
