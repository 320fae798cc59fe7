"""Audio in, named numbers out: descriptors, statistics, and named, versioned feature sets.

>>> import numpy as np
>>> from linernotes.audio import Audio
>>> from linernotes.features import extract, names
>>> values = extract(Audio(np.zeros((2, 44100), np.float32), 44100), "fma")
>>> dict(zip(names("fma"), values))["zcr_mean_01"]
np.float32(0.0)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.features.definition import Definition, Part
    from linernotes.features.descriptor import Descriptor, Row
    from linernotes.features.extraction import extract, extract_sets
    from linernotes.features.sets import SETS, find_set, names
    from linernotes.features.tracks import Features, extract_track, extract_tracks
    from linernotes.features.transformer import FeatureSet

__all__ = [
    "SETS",
    "Definition",
    "Descriptor",
    "FeatureSet",
    "Features",
    "Part",
    "Row",
    "extract",
    "extract_sets",
    "extract_track",
    "extract_tracks",
    "find_set",
    "names",
]

_MODULES = {
    "SETS": "sets",
    "Definition": "definition",
    "Descriptor": "descriptor",
    "FeatureSet": "transformer",
    "Features": "tracks",
    "Part": "definition",
    "Row": "descriptor",
    "extract": "extraction",
    "extract_sets": "extraction",
    "extract_track": "tracks",
    "extract_tracks": "tracks",
    "find_set": "sets",
    "names": "sets",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: scikit-learn and numba are slow to import."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
