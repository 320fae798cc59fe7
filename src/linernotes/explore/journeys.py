"""Ways through a collection: from one song to another, and on and on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.explorer import Explorer
from linernotes.explore.leaning import STRENGTH
from linernotes.explore.query import Match, Query, standard

if TYPE_CHECKING:
    from collections.abc import Sequence

_CANDIDATES = 1200
_CHOICE = 24
_ARTIST_GAP = 5
_DRIFT = 0.65


def path_between(
    explorer: Explorer,
    start: str | int,
    end: str | int,
    *,
    n: int = 10,
    per_artist: int | None = None,
    where: str | Sequence[str] | None = None,
) -> list[Match]:
    """Return tracks that lead from one song to another in even steps.

    Among the tracks that lie between the two, those are chosen whose steps, scaled by how
    close together tracks are at both ends, have the least sum of squares. Of all ways with as
    many steps that is the one with the most even ones. Each step leads nearer to the end.

    Parameters
    ----------
    explorer
        Of the collection.
    start, end
        Paths, ids or indices of two tracks.
    n
        Tracks on the way, both ends included, at least 2.
    per_artist
        At most so many of one artist, both ends included; they themselves always stay.
    where
        Filters that the tracks between have to pass.

    Returns
    -------
    list of Match
        Fewer than ``n`` where not enough tracks lie between. The scores are the similarities to
        the track before, and ``why`` says what agrees with it.

    Raises
    ------
    TrackNotFoundError
        One of the ends is not in the collection.
    FilterError
        A filter cannot be understood.
    ValueError
        ``n`` is less than 2, or both ends are the same track.
    """
    first, last = explorer.like(start).tracks[0], explorer.like(end).tracks[0]
    if n < 2:
        raise ValueError("A path has at least 2 tracks.")
    if first == last:
        raise ValueError("A path leads from one track to another one.")
    space = explorer.space
    to_first, to_last = space.scores(space.vectors[first]), space.scores(space.vectors[last])
    between = explorer.similar(
        Query(
            given=(np.minimum(to_first, to_last) + (to_first + to_last) / 4).astype(np.float32),
            tracks=(first, last),
            vectors=space.vectors[[first, last]],
            durations=tuple(map(float, explorer.collection.duration[[first, last]])),
            left_out=frozenset((first, last)),
        ),
        n=_CANDIDATES,
        where=where,
    )
    nodes = np.array([first, *(match.index for match in between), last])
    # From the start to the end: nobody goes back.
    progress = space.vectors[nodes] @ (space.vectors[last] - space.vectors[first])
    inside = (progress > progress[0]) & (progress < progress[-1])
    inside[[0, -1]] = True
    order = np.flatnonzero(inside)[np.argsort(progress[inside], kind="stable")]
    nodes = nodes[order]
    found = _way(explorer, nodes, n, per_artist)
    matches = [explorer.match(found[0], 1.0)]
    for before, here in pairwise(found):
        step = Query(direction=space.vectors[before], space=space)
        score = float(step.shown(step.scores_of(np.array([here])))[0])
        matches.append(explorer.match(here, score, explorer.agreement(before, here)))
    return matches


def _way(explorer: Explorer, nodes: NDArray[np.intp], n: int, per_artist: int | None) -> list[int]:
    """Return the most even way, in which no artist has more than his share."""
    cost = _steps(explorer, nodes)
    left = np.arange(len(nodes))
    while True:
        way = left[_even_way(cost[np.ix_(left, left)], min(n, len(left)))]
        found = [int(node) for node in nodes[way]]
        if per_artist is None:
            return found
        # The ends come first: who asks for them gets them.
        artists: dict[str, list[int]] = {}
        for place in [way[0], way[-1], *way[1:-1]]:
            artist = explorer.artist(int(nodes[place]))
            if artist is not None:
                artists.setdefault(artist, []).append(int(place))
        over = {artist: own for artist, own in artists.items() if len(own) > per_artist}
        out = {place for own in over.values() for place in own[per_artist:]} - {way[0], way[-1]}
        if not out:
            return found
        # Those have their share: no other track of theirs takes the place of what goes.
        kept = {place for own in over.values() for place in own} - out
        left = np.array([
            place for place in left.tolist()
            if place in kept or explorer.artist(int(nodes[place])) not in over
        ])  # fmt: skip


def endless_mix(
    explorer: Explorer,
    start: Query,
    *,
    random_state: int = 0,
    where: str | Sequence[str] | None = None,
    played: Sequence[str | int] = (),
) -> Iterator[Match]:
    """Yield tracks that follow each other well, until each was played once.

    The next track is drawn from those that are most like the last one and the beginning,
    the likelier the more so. No recording comes twice, and an artist only after some others
    where there are any.

    Parameters
    ----------
    explorer
        Of the collection.
    start
        What to begin with, from `Explorer.like`, `Explorer.like_other` or
        `Explorer.described`. Liked tracks come first.
    random_state
        The same seed gives the same mix, another one another.
    where
        Filters.
    played
        Paths, ids or indices of what was played before, in order: the mix goes on from there.

    Yields
    ------
    Match
        ``why`` says what agrees with the track before.
    """
    before = [explorer.like(track).tracks[0] for track in played]
    rng = np.random.default_rng([random_state, len(before)] if before else random_state)
    space, collection = explorer.space, explorer.collection
    gone = {*start.left_out, *before}
    recent = deque(filter(None, map(explorer.artist, before)), maxlen=_ARTIST_GAP)
    # Of what was liked or played no copies are played.
    known = [] if start.vectors is None else [start.vectors]
    known += [space.vectors[before]] if before else []
    vectors = np.concatenate(known) if known else None
    durations = (*start.durations, *map(float, collection.duration[before]))
    # Both on one scale, whether the beginning is tracks or words.
    home, told = standard(start.plain_scores), start.shown(start.scores)
    waiting = deque(track for track in start.tracks if track not in before)
    last: int | None = before[-1] if before else None
    while True:
        if waiting:
            here: int | None = waiting.popleft()
        else:
            pull = home
            if last is not None:
                nearby = standard(space.scores(space.vectors[last]))
                pull = _DRIFT * nearby + (1 - _DRIFT) * home
            if start.lean is not None:
                pull = pull + STRENGTH * start.lean.shifts
            query = Query(
                given=pull.astype(np.float32),
                vectors=vectors,
                durations=durations,
                left_out=frozenset(gone),
            )
            here = _draw(explorer, query, rng, recent=recent, where=where)
        if here is None:
            return
        why = explorer.agreement(last, here) if last is not None else ""
        if start.lean is not None:
            why = "; ".join(filter(None, (why, start.lean.why(here))))
        match = explorer.match(here, float(told[here]), why)
        yield match
        gone |= explorer.copies(here)
        last = here
        if (artist := explorer.artist(match.index)) is not None:
            recent.append(artist)


def _draw(
    explorer: Explorer,
    query: Query,
    rng: np.random.Generator,
    *,
    recent: Sequence[str],
    where: str | Sequence[str] | None,
) -> int | None:
    count = _CHOICE
    while True:
        found = explorer.similar(query, n=count, where=where)
        others = [m for m in found if explorer.artist(m.index) not in recent]
        if len(others) >= _CHOICE // 2 or len(found) < count:
            break
        count *= 4
    choice = (others or found)[:_CHOICE]
    if not choice:
        return None
    scores = query.scores[[match.index for match in choice]].astype(np.float64)
    weights = np.exp(3 * (scores - scores.max()))
    return choice[int(rng.choice(len(choice), p=weights / weights.sum()))].index


def _steps(explorer: Explorer, nodes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return what each step costs, shape (nodes, nodes); steps lead forward alone."""
    vectors = explorer.space.vectors[nodes].astype(np.float64)
    distance = np.maximum(2 - 2 * vectors @ vectors.T, 1e-6)
    around = np.maximum(2 - 2 * explorer.space.nearness[nodes].astype(np.float64), 1e-3)
    scaled = distance / np.sqrt(np.outer(around, around))
    cost: NDArray[np.float64] = np.where(np.triu(np.ones(scaled.shape, bool), 1), scaled**2, np.inf)
    return cost


def _even_way(cost: NDArray[np.float64], n: int) -> list[int]:
    """Return the cheapest way of ``n`` nodes from the first to the last."""
    size = len(cost)
    best = np.full((n, size), np.inf)
    came = np.zeros((n, size), np.intp)
    best[0, 0] = 0
    for step in range(1, n):
        through = best[step - 1][:, np.newaxis] + cost
        came[step] = through.argmin(axis=0)
        best[step] = through[came[step], np.arange(size)]
    way = [size - 1]
    for step in range(n - 1, 0, -1):
        way.append(int(came[step, way[-1]]))
    return way[::-1]
