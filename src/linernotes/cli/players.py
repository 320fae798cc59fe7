"""``linernotes mcp``, and ``export`` for DJ programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.console import Console

from linernotes.cli.progress import with_progress
from linernotes.display import printable
from linernotes.errors import LinernotesError
from linernotes.explore import Library


class ExtraError(LinernotesError):
    """Something is asked for that an extra of the installation brings."""

    code = "extra"


def serve_assistant(
    *, library: str | None = None, music: Sequence[str] = (), allow_write: bool = False
) -> None:
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
    make_server(Library(library), music=music, allow_write=allow_write).run()


def export_collection(
    target: Path,
    *,
    library: str | None = None,
    notation: Literal["musical", "camelot", "openkey"] = "musical",
    listen: bool = False,
    workers: int | None = None,
) -> None:
    """Write the tracks of a library into a collection of a DJ program, and say how it went."""
    from linernotes.integrations.dj.exporting import export_for_djs

    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    collection = Library(library).collection()
    failures = export_for_djs(
        collection, target, notation=notation, listen=listen, workers=workers,
        watched=lambda found: with_progress(found, messages, total=len(collection)),
    )  # fmt: skip
    for failure in failures:
        text = f"{failure.file}: {failure.code}: {failure.message}"
        messages.print(printable(text), markup=False)
    messages.print(printable(f"{len(collection)} tracks in {target}"), markup=False)
