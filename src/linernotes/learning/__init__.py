"""Models that tell labels from what a track sounds like, and the files they live in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.learning.card import ModelCard, NumberScores, Scores
    from linernotes.learning.catalogue import list_models, list_shipped_models, load_model
    from linernotes.learning.estimate import Estimate
    from linernotes.learning.model import AnyModel, Model
    from linernotes.learning.model_file import save_model
    from linernotes.learning.model_input import ModelInput, TrackInput
    from linernotes.learning.prediction import Prediction
    from linernotes.learning.regression import Regression
    from linernotes.learning.targets import Target

__all__ = [
    "AnyModel",
    "Estimate",
    "Model",
    "ModelCard",
    "ModelInput",
    "NumberScores",
    "Prediction",
    "Regression",
    "Scores",
    "Target",
    "TrackInput",
    "list_models",
    "list_shipped_models",
    "load_model",
    "save_model",
]

__getattr__ = deferred(
    __name__,
    {
        "card": "ModelCard NumberScores Scores",
        "catalogue": "list_models list_shipped_models load_model",
        "estimate": "Estimate",
        "model": "AnyModel Model",
        "model_file": "save_model",
        "model_input": "ModelInput TrackInput",
        "prediction": "Prediction",
        "regression": "Regression",
        "targets": "Target",
    },
)
