from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore import Explorer, endless_mix, path_between


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(make_collection(400, artists=20))


@pytest.mark.parametrize("n", [2, 3, 6, 10, 25])
def test_a_path_leads_from_one_song_to_the_other(explorer: Explorer, n: int) -> None:
    way = path_between(explorer, 0, 1, n=n)
    places = [match.index for match in way]
    assert (places[0], places[-1]) == (0, 1)
    assert len(places) == len(set(places)) == n
    vectors = explorer.space.vectors
    progress = vectors[places] @ (vectors[1] - vectors[0])
    assert (np.diff(progress) > 0).all()


def test_steps_are_small_and_even(explorer: Explorer) -> None:
    vectors = explorer.space.vectors
    for start, end in ((0, 1), (5, 90), (200, 33)):
        places = [match.index for match in path_between(explorer, start, end, n=8)]
        steps = [1 - vectors[a] @ vectors[b] for a, b in pairwise(places)]
        assert max(steps) < 1 - vectors[start] @ vectors[end] or max(steps) < 0.9
        assert max(steps) < 2.5 * np.mean(steps)
        rng = np.random.default_rng(0)
        others = [
            max(
                1 - vectors[a] @ vectors[b]
                for a, b in pairwise([start, *rng.permutation(400)[:6], end])
            )
            for _ in range(50)
        ]
        assert max(steps) < min(others)


def test_a_path_back_is_the_same(explorer: Explorer) -> None:
    there = [match.index for match in path_between(explorer, 0, 1, n=7)]
    back = [match.index for match in path_between(explorer, 1, 0, n=7)]
    assert there == back[::-1]
    assert there == [match.index for match in path_between(explorer, 0, 1, n=7)]


def test_a_path_keeps_to_filters(explorer: Explorer) -> None:
    way = path_between(explorer, 0, 1, n=8, where="genre=rock")
    genres = [explorer.collection.metadata["genre"][match.index] for match in way[1:-1]]
    assert genres
    assert set(genres) == {"Rock"}


@pytest.mark.parametrize("cap", [1, 2])
def test_no_artist_has_more_of_a_path_than_the_cap(explorer: Explorer, cap: int) -> None:
    free = Counter(match.artist for match in path_between(explorer, 0, 1, n=14))
    assert max(free.values()) > cap
    way = path_between(explorer, 0, 1, n=14, per_artist=cap)
    assert (way[0].index, way[-1].index, len(way)) == (0, 1, 14)
    assert max(Counter(match.artist for match in way).values()) == cap
    vectors = explorer.space.vectors
    progress = vectors[[match.index for match in way]] @ (vectors[1] - vectors[0])
    assert (np.diff(progress) > 0).all()


def test_the_ends_of_a_path_stay_whoever_they_are_by(explorer: Explorer) -> None:
    artists = np.array(explorer.collection.metadata["artist"])
    one, other = np.flatnonzero(artists == artists[0])[:2].tolist()
    way = path_between(explorer, one, other, n=6, per_artist=1)
    assert (way[0].index, way[-1].index) == (one, other)
    assert artists[0] not in [match.artist for match in way[1:-1]]


def test_paths_that_cannot_be(explorer: Explorer) -> None:
    with pytest.raises(ValueError, match="another"):
        path_between(explorer, 0, 0)
    with pytest.raises(ValueError, match="at least 2"):
        path_between(explorer, 0, 1, n=1)
    two = Explorer(make_collection(2))
    assert [match.index for match in path_between(two, 0, 1)] == [0, 1]


def test_a_mix_plays_each_track_once(explorer: Explorer) -> None:
    mix = [match.index for match in endless_mix(explorer, explorer.like(3), random_state=4)]
    assert mix[0] == 3
    assert len(mix) == len(set(mix)) == 400


def test_a_mix_goes_by_its_seed(explorer: Explorer) -> None:
    def play(random_state: int) -> list[int]:
        mix = endless_mix(explorer, explorer.like(3), random_state=random_state)
        return [match.index for match in islice(mix, 30)]

    assert play(1) == play(1)
    assert play(1) != play(2)


def test_a_mix_changes_artists_and_stays_near(explorer: Explorer) -> None:
    mix = list(islice(endless_mix(explorer, explorer.like(3), random_state=4), 60))
    for i in range(5, 60):
        assert mix[i].artist not in [match.artist for match in mix[i - 5 : i]]
    vectors = explorer.space.vectors
    steps = [float(vectors[a.index] @ vectors[b.index]) for a, b in pairwise(mix)]
    assert np.mean(steps) > (vectors @ vectors.T).mean() + 0.15
    assert all(match.why for match in mix[1:])


def test_a_mix_of_words_with_a_filter_and_a_dislike(explorer: Explorer) -> None:
    mix = list(endless_mix(explorer, explorer.described("piano"), where="genre=jazz"))
    genres = explorer.collection.metadata["genre"]
    assert {genres[match.index] for match in mix} == {"Jazz"}
    assert len(mix) == genres.count("Jazz")
    mix = list(endless_mix(explorer, explorer.like(0, disliked=[7])))
    assert 7 not in [match.index for match in mix]
