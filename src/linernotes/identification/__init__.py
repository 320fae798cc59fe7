"""From a track to what it is: tags, classes, timelines, and the page that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.identification.asking import DEFAULT_MODELS
    from linernotes.identification.many import identify_many
    from linernotes.identification.result import Identification, IdentificationFailure, Timeline
    from linernotes.identification.tracks import identify

__all__ = [
    "DEFAULT_MODELS",
    "Identification",
    "IdentificationFailure",
    "Timeline",
    "identify",
    "identify_many",
]

__getattr__ = deferred(
    __name__,
    {
        "asking": "DEFAULT_MODELS",
        "many": "identify_many",
        "result": "IdentificationFailure Identification Timeline",
        "tracks": "identify",
    },
)
