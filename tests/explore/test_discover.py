"""Discovering: words, likes, dislikes and sliders together, and radio."""

from __future__ import annotations

import dataclasses
from itertools import islice

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore import Explorer, endless_mix
from linernotes.explore.discover import SLIDERS, Discovery, WishError, discover, tracks_of_artist
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.explore.filters import FilterError
from linernotes.explore.requests import query_of


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    made = make_collection(300)
    rng = np.random.default_rng(1)
    heard = {
        name: tuple(f"{value:.3f}" for value in rng.random(300)) for name in ("energy", "valence")
    }
    return Explorer(made, further=lambda _: heard)


def rows(found: Discovery) -> list[int]:
    return [match.index for match in found.matches]


def numbers(explorer: Explorer, name: str) -> np.ndarray:
    values: np.ndarray = explorer.filters.fields.values(name).values
    return values


def test_words_alone_are_what_they_were(explorer: Explorer) -> None:
    found = discover(explorer, words="mellow jazz, no drums", n=10)
    before = explorer.similar(explorer.described("mellow jazz, no drums"), n=10)
    assert rows(found) == [match.index for match in before]
    assert [(each.words, each.meaning) for each in found.understood] == [
        ("mellow", "mellow"), ("jazz", "jazz"), ("no drums", "no drums"),
    ]  # fmt: skip
    assert found.unknown == ()
    assert found.total == 300


def test_unknown_words_are_told_and_no_error(explorer: Explorer) -> None:
    found = discover(explorer, words="pianno xyzzy", n=5)
    assert found.as_dict()["understood"] == [{"words": "pianno", "meaning": "piano"}]
    assert found.unknown == ("xyzzy",)
    assert rows(found) == rows(discover(explorer, words="piano", n=5))
    nothing = discover(explorer, words="xyzzy", n=5)
    assert (nothing.matches, nothing.unknown) == ((), ("xyzzy",))
    # With anything else that is asked, they change nothing.
    assert rows(discover(explorer, words="xyzzy", tracks=[3])) == rows(
        discover(explorer, tracks=[3])
    )


def test_tracks_alone_are_what_they_were(explorer: Explorer) -> None:
    found = discover(explorer, tracks=[3, 4], unlike=[9], n=10)
    before = explorer.similar(explorer.like(3, 4, disliked=[9]), n=10)
    assert rows(found) == [match.index for match in before]
    assert [m.score for m in found.matches] == pytest.approx([m.score for m in before], abs=1e-5)


def test_an_artist_counts_as_one_and_is_not_found(explorer: Explorer) -> None:
    own = tracks_of_artist(explorer, "ARTIST 3")
    assert own == [i for i, name in enumerate(explorer.collection.metadata["artist"])
                   if name == "Artist 3"]  # fmt: skip
    found = discover(explorer, artists=["Artist 3"], n=20, why=True)
    assert not set(rows(found)) & set(own)
    assert all("like " in match.why for match in found.matches)
    space = explorer.space
    middle = space.vectors[own].mean(axis=0)
    like_it = space.vectors[rows(found)] @ middle
    assert like_it.mean() > (space.vectors @ middle).mean() + 0.1
    away = discover(explorer, unlike_artists=["Artist 3"], n=20)
    assert not set(rows(away)) & set(own)
    assert (space.vectors[rows(away)] @ middle).mean() < (space.vectors @ middle).mean()
    with pytest.raises(TrackNotFoundError, match="there is no artist 'Nobody'"):
        discover(explorer, artists=["Nobody"])


@pytest.mark.parametrize("name", SLIDERS)
def test_the_nearest_to_a_slider_come_first(explorer: Explorer, name: str) -> None:
    values = numbers(explorer, name)
    for place in SLIDERS[name]:
        found = discover(explorer, wishes={name: place}, n=20, why=True)
        others = np.delete(values, rows(found))
        worst = np.abs(values[rows(found)] - place).max()
        assert worst <= np.nanpercentile(np.abs(others - place), 25)
        told = "BPM" if name == "tempo" else name
        assert all(told in match.why for match in found.matches)


def test_sliders_and_words_and_likes_count_together(explorer: Explorer) -> None:
    energy = numbers(explorer, "energy")
    plain = discover(explorer, words="jazz", tracks=[5], n=30)
    low = discover(explorer, words="jazz", tracks=[5], wishes={"energy": 0.0}, n=30)
    high = discover(explorer, words="jazz", tracks=[5], wishes={"energy": 1.0}, n=30)
    assert energy[rows(low)].mean() + 0.1 < energy[rows(plain)].mean()
    assert energy[rows(plain)].mean() + 0.1 < energy[rows(high)].mean()
    jazz = explorer.collection.tags[:, explorer.collection.tag_names.index("jazz")]
    assert jazz[rows(high)].mean() > jazz.mean()
    assert len(set(rows(low)) & set(rows(plain))) > 3


def test_filters_and_voice_exclude(explorer: Explorer) -> None:
    found = discover(explorer, words="jazz", where="genre=rock or year<1980", n=300)
    assert found.total == len(found.matches)
    passing = set(np.flatnonzero(explorer.filters.select("genre=rock or year<1980")))
    assert set(rows(found)) == passing
    sung = set(rows(discover(explorer, wishes={"voice": "yes"}, n=300)))
    unsung = set(rows(discover(explorer, wishes={"voice": "no"}, n=300)))
    assert not sung & unsung
    alone = discover(explorer, where="genre=rock", n=300, per_artist=2)
    artists = [match.artist for match in alone.matches]
    assert max(map(artists.count, artists)) <= 2
    assert discover(explorer, where="year=1234").matches == ()


def test_nothing_asked_is_nothing_found(explorer: Explorer) -> None:
    assert discover(explorer) == Discovery((), total=300)
    assert discover(Explorer(make_collection(0)), words="jazz") == Discovery(())


def test_what_cannot_be_asked_is_refused(explorer: Explorer) -> None:
    for wishes in ({"bass": 1}, {"tempo": "fast"}, {"voice": "maybe"}, {"voice": 1}):
        with pytest.raises(WishError):
            discover(explorer, wishes=wishes)  # type: ignore[arg-type]
    with pytest.raises(FilterError):
        discover(explorer, where="jazz")
    with pytest.raises(TrackNotFoundError):
        discover(explorer, tracks=["nobody"])
    for odd in (float("nan"), float("inf"), -1e300):  # a place beyond the ends is the end
        assert len(discover(explorer, wishes={"energy": odd}).matches)


def test_a_radio_goes_on_from_what_was_played(explorer: Explorer) -> None:
    start = explorer.like(7)
    played: list[int] = []
    for _ in range(6):
        played += [m.index for m in islice(endless_mix(explorer, start, played=played), 5)]
    assert played[0] == 7
    assert len(set(played)) == 30
    artists = [explorer.artist(i) for i in played]
    assert all(artist not in artists[max(0, i - 3) : i] for i, artist in enumerate(artists))
    again = [m.index for m in islice(endless_mix(explorer, start, played=played), 3)]
    assert again == [m.index for m in islice(endless_mix(explorer, start, played=played), 3)]
    everything = list(range(300))
    assert list(endless_mix(explorer, start, played=everything)) == []


def test_artists_are_named_where_tracks_are(explorer: Explorer) -> None:
    query = query_of(explorer, ["artist 3"], disliked=["Artist 5"], words="jazz")
    found = explorer.similar(query, n=20)
    assert not {match.artist for match in found} & {"Artist 3", "Artist 5"}
    with pytest.raises(TrackNotFoundError):
        query_of(explorer, ["Nobody at all"])


def test_names_of_artists_are_found_by_their_first(explorer: Explorer) -> None:
    made = make_collection(4)
    named = {**made.metadata, "artist": ("The Beatles", "Beatles feat. B. Preston", "A; B", None)}
    own = Explorer(dataclasses.replace(made, metadata=named))
    assert tracks_of_artist(own, "beatles") == [0, 1]
    assert tracks_of_artist(own, "") == []
