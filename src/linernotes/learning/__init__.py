"""Models that tell labels from what a track sounds like, and the files they live in."""

from __future__ import annotations

from linernotes.learning.card import ModelCard, Scores
from linernotes.learning.catalogue import list_models, list_shipped_models, load_model
from linernotes.learning.model import Model, ModelInput, Prediction, TrackInput
from linernotes.learning.model_file import save_model

__all__ = [
    "Model",
    "ModelCard",
    "ModelInput",
    "Prediction",
    "Scores",
    "TrackInput",
    "list_models",
    "list_shipped_models",
    "load_model",
    "save_model",
]
