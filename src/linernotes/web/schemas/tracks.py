"""Schemas of tracks: rows, all about one, what sounds alike."""

from __future__ import annotations

from typing import NotRequired  # pydantic needs it before Python 3.12

from typing_extensions import TypedDict

from linernotes.web.schemas.common import Probability


class Track(TypedDict):
    """A row of the library."""

    track_id: str
    path: str
    title: str
    artist: str | None
    album: str | None
    genre: str | None
    year: int | None
    duration: float
    tempo: float | None
    key: str | None
    album_id: str | None
    artist_id: str | None
    heard_genre: str | None
    heard_mood: str | None
    energy: float | None


class TracksSchema(TypedDict):
    """A page of tracks."""

    total: int
    offset: int
    tracks: list[Track]


class TraitSchema(TypedDict):
    """Something that was measured."""

    name: str
    value: float
    unit: str
    share: float
    low: str
    high: str


class TagTimeline(TypedDict):
    """How tags change along a track."""

    start: list[float]
    end: list[float]
    tags: list[str]
    probabilities: list[list[float]]
    extent: str
    warnings: list[str]


class AnswerSchema(TypedDict):
    """What a model says of a track, and how far to rely on it; what else depends on the model."""

    answer: str
    certainty: str
    classes: NotRequired[list[Probability]]
    energy: NotRequired[float | None]
    valence: NotRequired[float | None]


class TrackDetails(TypedDict):
    """All that is known of a track."""

    track: Track
    file_tags: dict[str, str]
    tags: list[Probability]
    heard: dict[str, str]
    answers: dict[str, AnswerSchema]
    words: list[str]
    traits: list[TraitSchema]
    timeline: TagTimeline | None


class MatchSchema(TypedDict):
    """A track that sounds alike."""

    track_id: str
    path: str
    score: float
    artist: str | None
    title: str
    why: str


class UnderstoodSchema(TypedDict):
    """What a part of the words was taken for."""

    words: str
    meaning: str


class Matches(TypedDict):
    """Tracks that sound alike, best first, and how words were understood."""

    matches: list[MatchSchema]
    understood: list[UnderstoodSchema]
    unknown: list[str]


class WaveformSchema(TypedDict):
    """How loud a track is along its length: 0 to 255 a point."""

    duration: float
    peaks: list[int]
