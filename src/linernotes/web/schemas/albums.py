"""Schemas of albums, artists and duplicates."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.tracks import Track


class AlbumRow(TypedDict):
    """What a list tells of an album; its cover is that of the track that it names."""

    id: str
    name: str
    artist: str
    artist_id: str
    year: int | None
    genre: str | None
    tracks: int
    duration: float
    cover: str


class AlbumsSchema(TypedDict):
    """A page of albums."""

    total: int
    offset: int
    albums: list[AlbumRow]


class AlbumTrack(Track):
    """A track and its place on an album."""

    disc: int | None
    number: int | None


class AlbumDetails(AlbumRow):
    """An album with its tracks, in their order."""

    list: list[AlbumTrack]


class ArtistRow(TypedDict):
    """What a list tells of an artist; its cover is that of the track that it names."""

    id: str
    name: str
    albums: int
    tracks: int
    cover: str | None


class ArtistsSchema(TypedDict):
    """A page of artists."""

    total: int
    offset: int
    artists: list[ArtistRow]


class ArtistDetails(ArtistRow):
    """An artist with own albums, and tracks that are on none of them."""

    own: list[AlbumRow]
    others: int
    list: list[Track]


class DuplicateFile(TypedDict):
    """A file that holds a recording which others hold as well."""

    track: Track
    path: str
    format: str | None
    lossless: bool
    kbits: int | None
    bytes: int | None
    tags: int


class DuplicateGroup(TypedDict):
    """Files of one recording, which of them to keep, and why."""

    certainty: Literal["same file", "same recording", "perhaps"]
    keep: int
    why: str
    files: list[DuplicateFile]


class Duplicates(TypedDict):
    """A page of recordings that several files hold."""

    total: int
    offset: int
    groups: list[DuplicateGroup]
