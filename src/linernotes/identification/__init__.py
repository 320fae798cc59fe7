"""From a track to what it is: tags, classes, timelines, and the page that shows them."""

from linernotes.backbone import Tags
from linernotes.identification.result import Failure, Identification, Timeline
from linernotes.identification.tracks import DEFAULT_MODELS, identify, identify_many

__all__ = [
    "DEFAULT_MODELS",
    "Failure",
    "Identification",
    "Tags",
    "Timeline",
    "identify",
    "identify_many",
]
