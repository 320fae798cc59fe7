"""linernotes writes the liner notes of music by listening to it.

>>> import linernotes as ln
>>> ln.identify("song.mp3").top(3)  # doctest: +SKIP
[('jazz', 0.83), ('blues', 0.07), ('classical', 0.04)]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.audio import Audio, load
    from linernotes.errors import AudioError, LinernotesError, ModelError
    from linernotes.evaluation import evaluate
    from linernotes.explore import Library
    from linernotes.identification import Identification, identify, identify_many
    from linernotes.learning import Model, Regression, load_model
    from linernotes.learning.data import load_data
    from linernotes.learning.training import train
    from linernotes.library import Collection

__version__ = "0.1.0"

__all__ = [
    "Audio",
    "AudioError",
    "Collection",
    "Identification",
    "Library",
    "LinernotesError",
    "Model",
    "ModelError",
    "Regression",
    "__version__",
    "evaluate",
    "identify",
    "identify_many",
    "load",
    "load_data",
    "load_model",
    "train",
]

_ROOMS = {
    "Audio": "audio",
    "AudioError": "errors",
    "Collection": "library",
    "Identification": "identification",
    "Library": "explore",
    "LinernotesError": "errors",
    "Model": "learning",
    "ModelError": "errors",
    "Regression": "learning",
    "evaluate": "evaluation",
    "identify": "identification",
    "identify_many": "identification",
    "load": "audio",
    "load_data": "learning.data",
    "load_model": "learning",
    "train": "learning.training",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is, so that ``--help`` does not wait for networks."""
    if name in _ROOMS:
        return getattr(importlib.import_module(f"linernotes.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
