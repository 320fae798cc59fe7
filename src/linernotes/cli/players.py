"""``linernotes mcp``."""

from __future__ import annotations

from collections.abc import Sequence

from linernotes.errors import LinernotesError
from linernotes.explore import Library


class ExtraError(LinernotesError):
    """Something is asked for that an extra of the installation brings."""

    code = "extra"


def serve_assistant(*, library: str | None = None, music: Sequence[str] = ()) -> None:
    """Serve an assistant on standard input and output until it goes away.

    Raises
    ------
    ExtraError
        The package that speaks the protocol is not installed.
    """
    try:
        from linernotes.integrations.mcp import make_server
    except ImportError as error:
        raise ExtraError(
            f"assistants need what is not installed ({error.name}): pip install 'linernotes[mcp]'"
        ) from error
    make_server(Library(library), music=music).run()
