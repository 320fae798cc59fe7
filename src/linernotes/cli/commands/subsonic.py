"""``linernotes subsonic``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.options import Json

EXAMPLES = """
linernotes subsonic
linernotes subsonic --renew
"""


def subsonic(
    renew: Annotated[
        bool, typer.Option("--renew", help="Make a new password; the old one ends at once.")
    ] = False,
    json: Json = False,
) -> None:
    """Show the password of the apps that linernotes serve --subsonic lets in."""
    from linernotes.cli.subsonic import show_password

    show_password(renew=renew, as_json=json)
