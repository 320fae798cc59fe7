"""How far the work is, where there is somebody to see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from rich.console import Console

Result = TypeVar("Result")


def with_progress(results: Iterator[Result], messages: Console, *, total: int) -> Iterator[Result]:
    """Pass results on while a bar shows how many there are."""
    if total < 2 or not messages.is_terminal:
        yield from results
        return
    from linernotes.cli.bars import count_bar

    with count_bar(messages, total=total) as advance:
        for result in results:
            yield result
            advance()
