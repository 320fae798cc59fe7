"""What sounds alike: similar tracks, paths and mixes through a collection, and its map.

>>> from linernotes.explore import Explorer  # doctest: +SKIP
>>> explorer = Explorer(library.collection())  # doctest: +SKIP
>>> for match in explorer.similar(explorer.like("song.mp3"), n=5, per_artist=2):  # doctest: +SKIP
...     print(match.score, match.artist, match.title, match.why)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

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

__getattr__ = deferred(
    __name__,
    {
        "explorer": "Explorer",
        "journeys": "endless_mix path_between",
        "library": "Library",
        "map": "draw_map",
        "query": "Match Query",
        "space": "Space fit_space",
    },
)
