"""Schemas of what was heard in an upload."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.common import ErrorSchema, Probability


class TimelineSchema(TypedDict):
    """Class probabilities along a track."""

    start: list[float]
    end: list[float]
    classes: list[str]
    probabilities: list[list[float]]
    answers: list[str]


class TargetResult(TypedDict):
    """A number that a model tells."""

    name: str
    value: float
    interval: list[float]
    range: list[float]
    unit: str


class NumberTimeline(TypedDict):
    """Numbers along a track."""

    start: list[float]
    end: list[float]
    targets: list[str]
    values: list[list[float]]


class NumberResult(TypedDict):
    """The answer of a model of numbers."""

    model: str
    targets: list[TargetResult]
    timeline: NumberTimeline
    word: str | None
    licence: str | None


class ModelResult(TypedDict):
    """The answer of a model of classes."""

    model: str
    answer: str
    certainty: str
    rejected: bool
    classes: list[Probability]
    timeline: TimelineSchema
    licence: str | None


class IdentificationSchema(TypedDict):
    """The object that ``identify --json`` prints."""

    file: str | None
    title: str | None
    artist: str | None
    duration: float | None
    warnings: list[str]
    error: ErrorSchema | None
    tags: list[Probability]
    models: list[ModelResult | NumberResult]


class TrackInLibrary(TypedDict):
    """A track of the library."""

    track_id: str
    title: str
    artist: str | None


class Result(TypedDict):
    """An identification, and what is drawn of it."""

    id: str
    created: float
    result: IdentificationSchema
    labels: dict[str, str]
    waveform: list[list[int]]
    tempo: float | None
    key: str | None
    can_compare: bool
    in_library: TrackInLibrary | None
