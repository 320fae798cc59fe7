"""Schemas of models and what can be learned."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from linernotes.web.schemas.common import JobSchema


class ModelsSchema(TypedDict):
    """The models' cards."""

    models: list[dict[str, Any]]


class ClassSchema(TypedDict):
    """A class that can be learned."""

    name: str
    tracks: int


class LabelSchema(TypedDict):
    """A label that can be learned, and how many classes each split can test."""

    label: str
    source: str
    tracks: int
    classes: list[ClassSchema]
    total: int
    splits: dict[str, int]


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
