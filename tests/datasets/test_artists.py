"""Which names are one artist's, and which are nobody's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.collect.collection_folder import Caps
from linernotes.datasets.artists import artists_in, is_nobody, is_various


@pytest.mark.parametrize(
    "names",
    [
        ("The Beatles", "Beatles, The", "Beatles", "THE BEATLES", "the  beatles (feat. Billy)"),
        ("Björk", "BJO\u0308RK", "björk feat. Rosalía", "\uff22\uff4aörk"),
        ("Straße", "STRASSE"),
        ("Sinéad O\u2019Connor", "sinéad o'connor"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("The The", "the the", "The The ft. Johnny"),
        ("The Who", "Who"),
    ],
)
def test_one_artist_however_written(names: tuple[str, ...]) -> None:
    assert len({artists_in(name) for name in names}) == 1
    assert len(artists_in(names[0])) == 1


@pytest.mark.parametrize(
    "name",
    ["A-ha", "Los Lobos", "A Tribe Called Quest", "Thee Oh Sees", "Them", "Theory", "!!!", "Ø", "X",
     "Vanessa", "Diversion", "Unknown Mortal Orchestra", "Die Ärzte", "Little Feat", "+44", "Nana"],
)  # fmt: skip
def test_what_is_part_of_a_name_stays(name: str) -> None:
    assert artists_in(name) == (name.casefold(),)


@pytest.mark.parametrize(
    "name",
    ["Various Artists", "various artist", "VA", "V.A.", "V. A.", "V/A", "[Various Artists]",
     "Verschiedene Interpreten", "Varios Artistas", "AA.VV.", "Сборник", "群星", "Various"],
)  # fmt: skip
def test_many_are_nobody(name: str) -> None:
    assert is_various(name)
    assert artists_in(name) == ()


@pytest.mark.parametrize(
    "name",
    [None, "", " ", "?", "-", "Unknown", "Unknown Artist", "<unknown>", "[unknown artist]", "N/A",
     "UNKNOWN ARTIST", "(Unknown Artist)", "Неизвестный исполнитель", "Unbekannter Interpret",
     "Artiste inconnu", "none", "未知艺术家", "no artist"],
)  # fmt: skip
def test_unknown_is_nobody(name: str | None) -> None:
    assert artists_in(name) == ()
    assert name is None or is_nobody(name)


def test_each_of_several_counts_but_nobody() -> None:
    assert artists_in("The Beatles; Various Artists; Nina; beatles, the") == ("beatles", "nina")


@given(st.text(max_size=40))
def test_the_encoding_of_accents_makes_no_difference(text: str) -> None:
    names = artists_in(unicodedata.normalize("NFC", text))
    assert all(names)
    assert artists_in(unicodedata.normalize("NFD", text)) == names


def test_collected_tracks_count_for_one_artist() -> None:
    caps = Caps(per_artist=2, per_album=9)
    for name in ("The Beatles", "Beatles, The"):
        assert caps.refusal(name, "") == ""
        caps.count(name, "")
    assert caps.refusal("beatles feat. Billy Preston", "") == "artist-cap"
    for _ in range(5):
        assert caps.refusal("Various Artists", "") == ""
        caps.count("Various Artists", "")
