from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from explore_support import make_collection
from hypothesis import given
from hypothesis import strategies as st

from linernotes.explore.filters import FilterError, Filters, select
from linernotes.library import Collection

METADATA: dict[str, tuple[str | None, ...]] = {
    "title": ("So What", "not now (live)", None, "Ænima", 'the "best"'),
    "artist": ("Miles Davis", "miles davis", "Nina", None, "Bach"),
    "genre": ("Jazz", "Jazz; Fusion", "Rock", None, "Classical"),
    "date": ("1959-08-17", "1969", "12/03/2004", None, "1720"),
    "bpm": ("136", "92.5", None, "fast", "60"),
}


@pytest.fixture(scope="module")
def five() -> Collection:
    made = make_collection(5)
    return dataclasses.replace(
        made,
        metadata=METADATA,
        duration=np.array([100, 200, 300, 400, 500], np.float32),
        path=("/m/a.mp3", "/m/b.flac", "/n/c.mp3", "/n/d.ogg", "/n/e.mp3"),
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("genre=jazz", [0, 1]),
        ("GENRE = Jazz", [0, 1]),
        ("genre!=jazz", [2, 3, 4]),
        ("not genre=jazz", [2, 3, 4]),
        ("genre=fusion", [1]),
        ("genre=*", [0, 1, 2, 4]),
        ("not genre=*", [3]),
        ('genre=""', []),
        ("artist~davis", [0, 1]),
        ("artist=miles davis", [0, 1]),
        ("artist=miles davis and genre=jazz", [0, 1]),
        ("year=1959", [0]),
        ("year=1950..1969", [0, 1]),
        ("year=1960..", [1, 2]),
        ("year=..1800", [4]),
        ("year>=1969", [1, 2]),
        ("date<1960", [0, 2, 4]),
        ("duration>200", [2, 3, 4]),
        ("duration<=200", [0, 1]),
        ("bpm=90..140", [0, 1]),
        ("path~/m/", [0, 1]),
        ("path~.mp3 and not path~/m/", [2, 4]),
        ("genre=rock or genre=classical and year=1720", [2, 4]),
        ("(genre=rock or genre=classical) and year=1720", [4]),
        ("not (genre=rock or genre=jazz)", [3, 4]),
        ("not not genre=rock", [2]),
        ('title="not now (live)"', [1]),
        ("title='the \"best\"'", [4]),
        ("title=ænima", [3]),
        ("title=ÆNIMA", [3]),
    ],
)
def test_what_passes(five: Collection, where: str, expected: list[int]) -> None:
    assert np.flatnonzero(select(five, where)).tolist() == expected


@pytest.mark.parametrize(
    "where",
    ["genre", "=jazz", "genre=", "genre=jazz and", "(genre=jazz", "genre=jazz)", "year>old",
     "colour=red", "genre=jazz artist=x'", "and", "__import__('os')", "not " * 100 + "genre=jazz",
     "(" * 100 + "genre=jazz"],
)  # fmt: skip
def test_what_is_not_understood_is_said(five: Collection, where: str) -> None:
    with pytest.raises(FilterError) as caught:
        select(five, where)
    assert caught.value.code == "filter"
    assert "\n" not in str(caught.value)


@given(st.text(alphabet="genrejazz=!~<>()\"' andot.0159*", max_size=60))
def test_any_text_gives_a_mask_or_is_refused(where: str) -> None:
    made = dataclasses.replace(make_collection(5), metadata=METADATA)
    try:
        mask = select(made, where)
    except FilterError:
        return
    assert mask.shape == (5,)
    assert mask.dtype == np.bool_


def test_an_unknown_field_names_the_known_ones(five: Collection) -> None:
    with pytest.raises(FilterError, match="artist, bpm, date, duration, genre, path, title, year"):
        select(five, "colour=red")


def test_a_collection_is_sorted_out_once(five: Collection) -> None:
    filters = Filters(five)
    for where in ("year=1959 or duration>400", "genre=jazz", "GENRE=jazz", "genre!=jazz"):
        expected = select(five, where)
        assert filters.select(where).tolist() == filters.select(where).tolist()
        assert filters.select(where).tolist() == expected.tolist()
    with pytest.raises(FilterError, match="no track has the field"):
        filters.select("nonsense=1")
