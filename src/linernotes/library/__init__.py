"""What was found out about the tracks of a collection, kept: scanning, the store, file tags."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.library.analysis import TrackAnalysis, analyse_track
    from linernotes.library.collection import Collection
    from linernotes.library.library import Library, Status
    from linernotes.library.scanning import Progress, ScanResult

__all__ = [
    "Collection",
    "Library",
    "Progress",
    "ScanResult",
    "Status",
    "TrackAnalysis",
    "analyse_track",
]

_MODULES = {
    "Collection": "collection",
    "Library": "library",
    "Progress": "scanning",
    "ScanResult": "scanning",
    "Status": "library",
    "TrackAnalysis": "analysis",
    "analyse_track": "analysis",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: file tags need none of the rest."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
