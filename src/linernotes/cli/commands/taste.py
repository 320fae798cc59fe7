"""``linernotes taste``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.options import InLibrary, Json

EXAMPLES = """
linernotes taste
linernotes taste --forget
"""


def taste(
    library: InLibrary = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget all stars, ratings, plays and skips.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell what the library knows of what you like, or forget it."""
    from linernotes.cli.taste import show_taste

    show_taste(library=library, forget=forget, as_json=json)
