"""linernotes writes the liner notes of music by listening to it.

>>> import linernotes as ln
>>> ln.identify("song.mp3").top(3)  # doctest: +SKIP
[('jazz', 0.83), ('blues', 0.07), ('classical', 0.04)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

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

__version__ = "0.2.0"

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

__getattr__ = deferred(
    __name__,
    {
        "audio": "Audio load",
        "errors": "AudioError LinernotesError ModelError",
        "evaluation": "evaluate",
        "explore": "Library",
        "identification": "Identification identify identify_many",
        "learning": "Model Regression load_model",
        "learning.data": "load_data",
        "learning.training": "train",
        "library": "Collection",
    },
)
