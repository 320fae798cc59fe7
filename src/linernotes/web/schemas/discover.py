"""Schemas of discovering: what may come next in a filter."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12


class CompletionSchema(TypedDict):
    """One way to go on in a filter."""

    text: str
    kind: str
    meaning: str
    tracks: int | None


class CompletionsSchema(TypedDict):
    """What may take the place of a part of a filter."""

    start: int
    end: int
    options: list[CompletionSchema]
