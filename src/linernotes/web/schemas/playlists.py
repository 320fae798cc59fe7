"""Schemas of playlists that are kept in the library."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.tracks import Track

Name = Annotated[str, Body(max_length=200)]
Text = Annotated[str, Body(max_length=2_000)]
Names = Annotated[list[Annotated[str, Body(max_length=500)]], Body(max_length=200)]


class QuerySchema(TypedDict, total=False):
    """What a smart playlist asks for."""

    words: Text
    tracks: Names
    unlike: Names
    artists: Names
    unlike_artists: Names
    where: Text
    wishes: Annotated[dict[str, float | str], Body(max_length=200)]
    n: Annotated[int, Body(ge=1, le=10_000)]
    per_artist: Annotated[int | None, Body(ge=1, le=10_000)]


class PlaylistSchema(TypedDict):
    """A playlist without its tracks."""

    id: str
    name: str
    comment: str
    length: int
    query: QuerySchema | None
    created: str
    changed: str
    revision: int


class KeptPlaylist(PlaylistSchema):
    """A playlist that was changed, and how many tracks were left out: the library lacks them."""

    left_out: int


class PlaylistsSchema(TypedDict):
    """A page of playlists, by their names."""

    total: int
    offset: int
    playlists: list[PlaylistSchema]


class PlaylistTrack(TypedDict):
    """A track of a playlist; nothing is told of one that is gone from the library."""

    track_id: str
    track: Track | None


class PlaylistDetails(TypedDict):
    """A playlist with a page of its tracks."""

    playlist: PlaylistSchema
    missing: int
    duration: float
    offset: int
    tracks: list[PlaylistTrack]
