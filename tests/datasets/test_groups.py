from __future__ import annotations

import numpy as np
import pytest
from dataset_support import make_examples
from hypothesis import given
from hypothesis import strategies as st

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import artists_in, group_of, has_group


def groups(**columns: list[str | None]) -> list[int]:
    count = len(next(iter(columns.values())))
    group_by = tuple(name for name in ("artist", "album") if name in columns)
    return group_of(make_examples(["x"] * count, **columns), group_by=group_by).tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["BJÖRK", "bjo\u0308rk", " Björk  ", "Björk feat. Rosalía", "Björk (ft. Somebody)",
     "Björk featuring X & Y", "The Björk", "Björk, The"],
)  # fmt: skip
def test_an_artist_is_the_same_however_written(name: str) -> None:
    assert artists_in(name) == ("björk",)


@pytest.mark.parametrize("name", [None, "", " ", "Various Artists", "VA", "[unknown]", "Unknown"])
def test_nobody_is_no_artist(name: str | None) -> None:
    assert artists_in(name) == ()


def test_words_that_merely_begin_like_guests_are_part_of_a_name() -> None:
    assert artists_in("Little Feat") == ("little feat",)
    assert artists_in("Daft Punk") == ("daft punk",)
    assert artists_in("Ftampa") == ("ftampa",)


def test_groups_know_artists_however_written() -> None:
    artists = ["The Beatles", "Beatles, The", "beatles", "V.A.", "V.A.", "<unknown>", "The The"]
    assert groups(artist=[*artists]) == [0, 0, 0, 1, 2, 3, 4]


def test_tracks_without_artist_are_groups_of_their_own() -> None:
    assert groups(artist=["a", None, None, "a"]) == [0, 1, 2, 0]
    examples = make_examples(["x"] * 3, artist=["a", None, "?"], album=[None, None, "b"])
    assert has_group(examples).tolist() == [True, False, True]
    assert has_group(examples, group_by=("artist",)).tolist() == [True, False, False]


def test_groups_grow_together_by_shared_tracks() -> None:
    # a and b share a track; b and c an album.
    assert groups(artist=["a", "a; b", "b", "c", "d"], album=[None, None, "x", "x", "y"]) == (
        [0, 0, 0, 1, 2]
    )
    assert groups(artist=["a", None, "c"], album=["x", "x", "x"]) == [0, 0, 0]


def test_albums_of_one_title_by_different_artists_are_different() -> None:
    assert groups(artist=["a", "a", "b", "b"], album=["Home"] * 4) == [0, 0, 1, 1]
    albums: list[str | None] = ["Greatest Hits", "greatest hits ", "Greatest Hits"]
    assert groups(artist=["a", "b", "c"], album=albums) == [0, 1, 2]


def test_a_compilation_is_one_album() -> None:
    assert groups(artist=["a", "b", "c", "d"], album=["Summer 99"] * 3 + ["x"]) == [0, 0, 0, 1]
    both: list[str | None] = ["Various Artists", "b", "c"]
    assert groups(artist=both, album=["Live"] * 3) == [0, 0, 0]


def test_a_folder_of_its_own_makes_an_album() -> None:
    folders = ["/m/duets/1", "/m/duets/2", "/m/other/1", "/m/other/2"]
    artists, albums = ["a", "b", "c", "d"], ["Duets", "Duets", "Solo", "Alone"]
    apart = make_examples(["x"] * 4, artist=artists, album=albums, path=folders)
    assert group_of(apart).tolist() == [0, 0, 1, 2]
    flat = make_examples(["x"] * 4, artist=artists, album=albums, path=["/m/1"] * 4)
    assert group_of(flat).tolist() == [0, 1, 2, 3]


def test_there_is_nothing_else_to_group_by() -> None:
    with pytest.raises(ValueError, match="producer"):
        group_of(make_examples(["x"]), group_by=("producer",))
    with pytest.raises(ValueError, match="artist or album"):
        group_of(make_examples(["x"]), group_by=())


names = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d", "A feat. e", "the b", "a; c"]))


@given(st.lists(st.tuples(names, names), min_size=1, max_size=30), st.randoms())
def test_groups_do_not_depend_on_the_order_of_tracks(
    tracks: list[tuple[str | None, str | None]], random: object
) -> None:
    def made(rows: list[tuple[str | None, str | None]]) -> Examples:
        artists, albums = [artist for artist, _ in rows], [album for _, album in rows]
        return make_examples(["x"] * len(rows), artist=artists, album=albums)

    order = list(range(len(tracks)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before = group_of(made(tracks))
    after = group_of(made([tracks[row] for row in order]))
    together = before[order][:, np.newaxis] == before[order]
    assert (together == (after[:, np.newaxis] == after)).all()
    # Nobody's artist is in two groups.
    for artist in ("a", "b", "c", "d"):
        own = [row for row, track in enumerate(tracks) if artist in artists_in(track[0])]
        assert len(set(before[own].tolist())) <= 1
