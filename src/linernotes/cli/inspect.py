"""``linernotes inspect``."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from linernotes.display import printable
from linernotes.inspection import inspect


def inspect_file(
    file: str, output: Path, *, start: float, duration: float | None, timeout: float
) -> None:
    """Draw a track, and say where the page is."""
    overview = inspect(file, output, start=start, duration=duration, timeout=timeout)
    messages = Console(stderr=True, highlight=False)
    for warning in overview.warnings:
        messages.print(printable(f"warning: {warning}"), markup=False)
    messages.print(printable(f"page: {output}"), markup=False)
