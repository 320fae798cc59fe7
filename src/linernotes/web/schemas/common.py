"""Schemas of the answers that several parts of the API share."""

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


class Probability(TypedDict):
    """A tag or class and how probable it is."""

    name: str
    probability: float
