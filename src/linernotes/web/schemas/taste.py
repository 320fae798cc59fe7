"""Schemas of what is liked."""

from __future__ import annotations

from typing_extensions import TypedDict


class OpinionSchema(TypedDict):
    """What was said of a track."""

    starred: bool
    rating: int
    plays: int
    skips: int


class TasteSchema(TypedDict):
    """What is known of what is liked: how much, and of which tracks."""

    leans: bool
    stars: int
    ratings: int
    plays: int
    skips: int
    tracks: dict[str, OpinionSchema]
