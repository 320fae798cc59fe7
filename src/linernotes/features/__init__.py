"""Audio in, named numbers out: descriptors, statistics, and named, versioned feature sets.

>>> import numpy as np
>>> from linernotes.audio import Audio
>>> from linernotes.features import extract, names
>>> values = extract(Audio(np.zeros((2, 44100), np.float32), 44100), "fma")
>>> dict(zip(names("fma"), values))["zcr_mean_01"]
np.float32(0.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.features.descriptor import Column, Descriptor
    from linernotes.features.extraction import extract, extract_sets
    from linernotes.features.feature_set_spec import FeatureSetSpec, Part
    from linernotes.features.sets import SETS, find_set, names
    from linernotes.features.tracks import Features, extract_track, extract_tracks
    from linernotes.features.transformer import FeatureSet

__all__ = [
    "SETS",
    "Column",
    "Descriptor",
    "FeatureSet",
    "FeatureSetSpec",
    "Features",
    "Part",
    "extract",
    "extract_sets",
    "extract_track",
    "extract_tracks",
    "find_set",
    "names",
]

__getattr__ = deferred(
    __name__,
    {
        "feature_set_spec": "FeatureSetSpec Part",
        "descriptor": "Descriptor Column",
        "extraction": "extract extract_sets",
        "sets": "SETS find_set names",
        "tracks": "Features extract_track extract_tracks",
        "transformer": "FeatureSet",
    },
)
