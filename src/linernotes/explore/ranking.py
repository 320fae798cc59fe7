"""Which of the tracks that fit a query are shown: no copies, and not all by one artist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from linernotes.explore.copies import same_recordings
from linernotes.explore.index import best
from linernotes.explore.query import Indices, Query
from linernotes.explore.space import Floats, Space

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

# Results that are looked at beyond those that are asked for: some are copies of others.
_SPARE = 64
_BLOCK = 1024


def looked_at(query: Query, n: int) -> int:
    """Return how many tracks are looked at first to choose so many of them."""
    return spared(n) + len(query.left_out)


def spared(n: int) -> int:
    """Return among how many tracks so many are mostly found that are no copies."""
    return 4 * n + _SPARE


def choose(
    query: Query,
    rows: Indices | None,
    collection: Collection,
    space: Space,
    *,
    n: int,
    artist: Callable[[int], str | None],
    per_artist: int | None,
) -> list[int]:
    """Return the indices of the tracks that fit best, best first.

    Parameters
    ----------
    query
        What is looked for.
    rows
        Indices of the tracks to choose from; ``None`` for all.
    collection, space
        All tracks, and where they lie.
    n
        At most so many.
    artist
        Tells whose a track is; those of nobody are not counted.
    per_artist
        At most so many of one of them.
    """
    scores = query.scores if rows is None else query.scores_of(rows)
    vectors, durations = space.vectors, collection.duration
    chosen: list[int] = []
    seen: set[str] = set()
    taken: dict[str, int] = {}
    for places in _best_first(scores, looked_at(query, n)):
        block = places if rows is None else rows[places]
        own = vectors[block], durations[block]
        copies = np.zeros(len(block), np.bool_)
        if query.vectors is not None:
            copies |= same_recordings(*own, query.vectors, np.array(query.durations))
        if chosen:
            copies |= same_recordings(*own, vectors[chosen], durations[chosen])
        for place, i in enumerate(block.tolist()):
            if len(chosen) >= n:
                return chosen
            track_id = collection.track_id[i]
            if copies[place] or i in query.left_out or track_id in seen:
                continue
            whose = artist(i) if per_artist is not None else None
            if per_artist is not None and whose is not None:
                if taken.get(whose, 0) >= per_artist:
                    continue
                taken[whose] = taken.get(whose, 0) + 1
            seen.add(track_id)
            chosen.append(i)
            copies |= same_recordings(*own, vectors[[i]], durations[[i]])
    return chosen


def _best_first(scores: Floats, at_first: int) -> Iterator[Indices]:
    """Yield the places of scores, best first, without sorting more of them than are taken."""
    n, done, count = len(scores), 0, at_first
    while done < n:
        top = best(scores, count)
        order = top[np.lexsort((top, -scores[top]))]
        for first in range(done, len(order), _BLOCK):
            yield order[first : first + _BLOCK]
        done, count = len(order), 8 * count
