"""Schemas of the map."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.common import JobSchema


class MapColumn(TypedDict):
    """Something to colour the map by."""

    group: str
    name: str
    unit: str


class MapSchema(TypedDict):
    """The map that there is, and the work on a new one."""

    key: str | None
    fresh: bool
    tracks: int
    columns: list[MapColumn]
    job: JobSchema | None


class OwnLabel(TypedDict):
    """A label that people gave here."""

    name: str
    tracks: int


class OwnLabels(TypedDict):
    """All labels that people gave here, by name."""

    labels: list[OwnLabel]


class MapTracks(TypedDict):
    """Names of the tracks on the map, in the order of its columns."""

    track_id: list[str]
    title: list[str]
    artist: list[str]
