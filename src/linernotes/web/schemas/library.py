"""Schemas of the library as a whole."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.common import JobSchema


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
    """A folder that may be scanned, and whether it was chosen on a page."""

    id: int
    path: str
    chosen: bool


class FolderName(TypedDict):
    """A folder that may be looked into."""

    name: str
    path: str


class FolderSchema(TypedDict):
    """The contents of a folder: folders, and how many files are called like music."""

    path: str | None
    parent: str | None
    folders: list[FolderName]
    tracks: int
    more: bool


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
