"""``linernotes index``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from linernotes.cli.options import InLibrary, Json

EXAMPLES = """
linernotes index
linernotes index --refit
"""


def index(
    library: InLibrary = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the space of tracks anew in any case.")
    ] = False,
    json: Json = False,
) -> None:
    """See that similar tracks are found at once; scans do that as well."""
    from linernotes.cli.library import index_library

    index_library(library=library, refit=refit, as_json=json)
