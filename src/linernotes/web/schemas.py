"""Schemas of the API's answers, for its description (OpenAPI)."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12


class ErrorSchema(TypedDict):
    """Why a request or a file failed."""

    code: str
    message: str


class Problem(TypedDict):
    """The answer to a request that cannot be fulfilled."""

    error: ErrorSchema


class JobSchema(TypedDict):
    """A piece of work that takes a while."""

    id: str
    kind: Literal["identification", "scan", "map", "training"]
    name: str
    state: Literal["waiting", "working", "done", "failed", "stopped"]
    created: float
    ended: float | None
    progress: dict[str, Any]
    error: ErrorSchema | None


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


class TracksSchema(TypedDict):
    """A page of tracks."""

    total: int
    offset: int
    tracks: list[Track]


class Probability(TypedDict):
    """A tag or class and how probable it is."""

    name: str
    probability: float


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


class TrackDetails(TypedDict):
    """All that is known of a track."""

    track: Track
    file_tags: dict[str, str]
    tags: list[Probability]
    heard: dict[str, str]
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


class Matches(TypedDict):
    """Tracks that sound alike, best first."""

    matches: list[MatchSchema]
    unknown: list[str]


class FailureSchema(TypedDict):
    """A file that could not be analysed."""

    file: str | None
    code: str
    message: str


class StatusSchema(TypedDict):
    """The contents of the library."""

    tracks: int
    analysed: int
    failed: int
    failures: list[FailureSchema]
    versions: dict[str, str]
    files: int
    missing: int
    moved: int
    lost: list[str]
    duplicates: int
    library: str
    bytes: int | None


class Failures(TypedDict):
    """A page of the files that failed."""

    total: int
    offset: int
    codes: dict[str, int]
    failures: list[FailureSchema]


class Folder(TypedDict):
    """A folder that may be scanned."""

    id: int
    path: str


class Summary(TypedDict):
    """The facts about the server that a page needs at first."""

    version: str
    tracks: int
    analysed: int
    failed: int
    missing: int
    duplicates: int
    bytes: int | None
    folders: list[Folder]
    genres: list[str]
    scan: JobSchema | None
    models: list[str]
    upload_bytes: int
    keep_seconds: float


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


class ModelResult(TypedDict):
    """The answer of a model of classes."""

    model: str
    answer: str
    certainty: str
    rejected: bool
    classes: list[Probability]
    timeline: TimelineSchema


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


class MapTracks(TypedDict):
    """Names of the tracks on the map, in the order of its columns."""

    track_id: list[str]
    title: list[str]
    artist: list[str]


class ModelsSchema(TypedDict):
    """The models' cards."""

    models: list[dict[str, Any]]


class ClassSchema(TypedDict):
    """A class that can be learned."""

    name: str
    tracks: int


class LabelSchema(TypedDict):
    """A label that the library's file tags tell."""

    label: str
    tracks: int
    classes: list[ClassSchema]


class RecipeSchema(TypedDict):
    """A way to learn."""

    name: str
    model: str
    reproduces: str


class Learnable(TypedDict):
    """Labels that can be learned here, and the training that goes on or was the last."""

    labels: list[LabelSchema]
    recipes: list[RecipeSchema]
    training: JobSchema | None
