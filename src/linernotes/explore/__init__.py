"""What sounds alike: similar tracks, paths and mixes through a collection, and its map.

>>> from linernotes.explore import Explorer  # doctest: +SKIP
>>> explorer = Explorer(library.collection())  # doctest: +SKIP
>>> for match in explorer.similar(explorer.like("song.mp3"), n=5, per_artist=2):  # doctest: +SKIP
...     print(match.score, match.artist, match.title, match.why)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer
    from linernotes.explore.journeys import endless_mix, path_between
    from linernotes.explore.library import Library
    from linernotes.explore.map import draw_map
    from linernotes.explore.query import Match, Query
    from linernotes.explore.space import Space, fit_space

__all__ = [
    "Explorer",
    "Library",
    "Match",
    "Query",
    "Space",
    "draw_map",
    "endless_mix",
    "fit_space",
    "path_between",
]

_MODULES = {
    "Explorer": "explorer",
    "Library": "library",
    "Match": "query",
    "Query": "query",
    "Space": "space",
    "draw_map": "map",
    "endless_mix": "journeys",
    "fit_space": "space",
    "path_between": "journeys",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: the names of descriptors take numba along."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
