"""``linernotes status``: its options."""

from __future__ import annotations

from linernotes.cli.options import InLibrary, Json

EXAMPLES = """
linernotes status
linernotes status --library ~/house --json
"""


def status(library: InLibrary = None, json: Json = False) -> None:
    """Tell what the library holds, and each file that failed."""
    from linernotes.cli.library import show_status

    show_status(library=library, as_json=json)
