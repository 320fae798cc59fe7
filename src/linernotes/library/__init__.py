"""What was found out about the tracks of a collection, kept: scanning, the store, file tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.library.analyses import TrackAnalysis
    from linernotes.library.analysis import analyse_track
    from linernotes.library.collection import Collection
    from linernotes.library.library import Library, Status
    from linernotes.library.scans import Progress, ScanResult

__all__ = [
    "Collection",
    "Library",
    "Progress",
    "ScanResult",
    "Status",
    "TrackAnalysis",
    "analyse_track",
]

__getattr__ = deferred(
    __name__,
    {
        "analyses": "TrackAnalysis",
        "analysis": "analyse_track",
        "collection": "Collection",
        "library": "Library Status",
        "scans": "Progress ScanResult",
    },
)
