"""Schemas of discovering: what was found, and what may come next in a filter."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.tracks import MatchSchema, UnderstoodSchema


class DiscoverySchema(TypedDict):
    """Tracks that fit what was asked, best first, and how it was understood."""

    matches: list[MatchSchema]
    understood: list[UnderstoodSchema]
    unknown: list[str]
    total: int


class Continuation(TypedDict):
    """Tracks that follow each other."""

    matches: list[MatchSchema]


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
