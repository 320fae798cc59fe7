"""Liking tracks of one kind moves others of that kind up, a little, and never past a filter."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import numpy as np
import pytest
from explore_support import make_collection
from numpy.typing import NDArray

from linernotes.explore import Explorer, endless_mix
from linernotes.explore.leaning import Leaning, lean
from linernotes.explore.query import Query
from linernotes.library.taste import Opinion

LIKED = Opinion(starred=datetime(2026, 1, 1, tzinfo=UTC))
DISLIKED = Opinion(rating=1)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(make_collection(600, artists=6, width=1.6))


@pytest.fixture(scope="module")
def kinds(explorer: Explorer) -> NDArray[np.intp]:
    return np.array(
        [int(name.split()[1]) for name in explorer.collection.metadata["artist"] if name]
    )


def leaning_to(
    explorer: Explorer, *, liked: list[int], disliked: list[int] | None = None
) -> Leaning:
    ids = explorer.collection.track_id
    opinions = {ids[i]: LIKED for i in liked} | {ids[i]: DISLIKED for i in disliked or []}
    found = lean(explorer.space, explorer.collection, opinions)
    assert found is not None
    return found


def mean_place(explorer: Explorer, query: Query, members: NDArray[np.intp]) -> float:
    """Return how far up tracks stand on average, 0 for the first."""
    order = np.argsort(-query.scores)
    places = np.empty(len(order))
    places[order] = np.arange(len(order))
    return float(places[members].mean())


def places_of_a_kind(
    explorer: Explorer, kinds: NDArray[np.intp], count: int, *, disliked: bool = False
) -> float:
    """Return the mean place of unknown tracks of a kind when others of that kind are liked."""
    own = np.flatnonzero(kinds == 0)
    known, unknown = own[:count].tolist(), own[40:]
    lists: dict[str, list[int]] = {"liked": [], "disliked": []}
    lists["disliked" if disliked else "liked"] = known
    leaning = leaning_to(explorer, **lists) if count else None
    seeds = np.flatnonzero(kinds != 0)[::25]
    return float(
        np.mean([
            mean_place(explorer, explorer.like(int(seed)).leaning(leaning), unknown)
            for seed in seeds
        ])
    )  # fmt: skip


def test_liking_tracks_of_a_kind_moves_others_of_it_up_and_few_likes_move_little(
    explorer: Explorer, kinds: NDArray[np.intp]
) -> None:
    none, one, many = (places_of_a_kind(explorer, kinds, count) for count in (0, 1, 30))
    assert many < one < none
    assert none - one < (none - many) / 4
    assert none - many > 20


def test_disliking_moves_down(explorer: Explorer, kinds: NDArray[np.intp]) -> None:
    none = places_of_a_kind(explorer, kinds, 0)
    assert places_of_a_kind(explorer, kinds, 20, disliked=True) > none + 10


def test_what_is_asked_for_stays_ahead(explorer: Explorer, kinds: NDArray[np.intp]) -> None:
    leaning = leaning_to(explorer, liked=np.flatnonzero(kinds == 0)[:30].tolist())
    seed = int(np.flatnonzero(kinds == 3)[0])
    plain = [match.index for match in explorer.similar(explorer.like(seed), n=20)]
    leaned = [match.index for match in explorer.similar(explorer.like(seed).leaning(leaning), n=20)]
    assert len(set(plain) & set(leaned)) >= 10
    assert plain != leaned


def test_it_never_brings_in_what_a_filter_excludes(
    explorer: Explorer, kinds: NDArray[np.intp]
) -> None:
    leaning = leaning_to(explorer, liked=np.flatnonzero(kinds == 0)[:50].tolist())
    seed = int(np.flatnonzero(kinds == 1)[0])
    query = explorer.like(seed).leaning(leaning)
    where = 'not artist="Artist 0"'
    found = explorer.similar(query, n=500, where=where)
    assert len(found) > 450
    assert {match.index for match in found}.isdisjoint(np.flatnonzero(kinds == 0))


def test_words_lean_as_well(explorer: Explorer, kinds: NDArray[np.intp]) -> None:
    own = np.flatnonzero(kinds == 0)
    leaning = leaning_to(explorer, liked=own[:30].tolist())
    plain = explorer.described("jazz piano")
    assert mean_place(explorer, plain.leaning(leaning), own[40:]) < mean_place(
        explorer, plain, own[40:]
    )


def test_a_mix_leans_and_says_so(explorer: Explorer, kinds: NDArray[np.intp]) -> None:
    own = set(np.flatnonzero(kinds == 0).tolist())
    liked = sorted(own)[:30]
    leaning = leaning_to(explorer, liked=liked)
    start = explorer.described("jazz piano")
    shares = []
    for query in (start, start.leaning(leaning)):
        mixes = [
            list(islice(endless_mix(explorer, query, random_state=seed), 20)) for seed in range(4)
        ]
        shares.append(sum(match.index in own for mix in mixes for match in mix))
    assert shares[1] > shares[0]
    assert any("you liked" in match.why for mix in mixes for match in mix)


def test_why_counts_what_is_near(explorer: Explorer) -> None:
    near = explorer.similar(explorer.like(0), n=3)
    leaning = leaning_to(explorer, liked=[near[0].index])
    assert leaning.why(0) == "you liked a track like this"
    query = explorer.like(near[1].index).leaning(
        leaning_to(explorer, liked=[], disliked=[near[0].index, near[2].index])
    )
    assert "disliked" in " ".join(m.why for m in explorer.similar(query, n=40, why=True))
    far = int(np.argmin(explorer.space.scores(explorer.space.vectors[near[0].index])))
    assert leaning.why(far) == ""


def test_nothing_known_leans_nowhere(explorer: Explorer) -> None:
    assert lean(explorer.space, explorer.collection, {"f" * 32: LIKED}) is None
    assert lean(explorer.space, explorer.collection, {}) is None
    query = explorer.like(0)
    assert explorer.similar(query.leaning(None)) == explorer.similar(query)


def test_an_index_of_many_tracks_leans_too(explorer: Explorer, kinds: NDArray[np.intp]) -> None:
    indexed = Explorer(explorer.collection, exact_up_to=100)
    leaning = leaning_to(explorer, liked=np.flatnonzero(kinds == 0)[:30].tolist())
    seed = int(np.flatnonzero(kinds == 2)[0])
    found = indexed.similar(indexed.like(seed).leaning(leaning), n=5)
    exact = explorer.similar(explorer.like(seed).leaning(leaning), n=5)
    assert len({m.index for m in found} & {m.index for m in exact}) >= 4
