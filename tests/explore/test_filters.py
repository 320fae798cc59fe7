from __future__ import annotations

import contextlib
import dataclasses
import time

import numpy as np
import pytest
from explore_support import make_collection
from hypothesis import given
from hypothesis import strategies as st

from linernotes.explore.completion import complete_filter
from linernotes.explore.filters import FilterError, Filters, select
from linernotes.features import names
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
        ("genre == rock", [2]),
        ("length<3m30s", [0, 1]),
        ("length=3m..5m", [1, 2]),
        ("length>=0.1h", [3, 4]),
        ("length=5:00", [2]),
        ("length=400s", [3]),
        ("length<2 min", [0]),
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


def test_a_collection_is_sorted_out_once(five: Collection) -> None:
    filters = Filters(five)
    for where in ("year=1959 or duration>400", "genre=jazz", "GENRE=jazz", "genre!=jazz"):
        expected = select(five, where)
        assert filters.select(where).tolist() == filters.select(where).tolist()
        assert filters.select(where).tolist() == expected.tolist()
    with pytest.raises(FilterError, match="there is no field"):
        filters.select("nonsense=1")


MORE = {
    "heard_genre": ("rock", "jazz", "rock", "jazz", "not sure"),
    "mood": ("calm", "happy", None, "sad", "tense"),
    "energy": ("0.21", "0.66", None, "0.35", "0.9"),
}


@pytest.fixture(scope="module")
def heard(five: Collection) -> Filters:
    """Filters on tracks of which it is known what is heard in them."""
    descriptors = five.descriptors.copy()
    columns = {name: i for i, name in enumerate(names("descriptors"))}
    for name, values in {
        "tempo": [90, 119.6, 120.4, 150, 180], "tempo_confidence": [1, 1, 1, 0, 1],
        "key_tonic": [9, 0, 6, 9, 9], "key_mode": [0, 1, 0, 1, 1],
        "key_confidence": [1, 1, 1, 0, 1], "loudness": [-20, -15, -10, -8, -30],
        "spectral_centroid_mean_01": [1, 2, 3, 4, 5],
    }.items():  # fmt: skip
        for column in [i for own, i in columns.items() if own == name]:
            descriptors[:, column] = values
    tags = np.zeros_like(five.tags)
    for name, values in {
        "singing": [0.5, 0.01, 0.1, 0.3, 0.0], "instrumental": [0.01, 0.4, 0.12, 0.01, 0.1],
    }.items():  # fmt: skip
        tags[:, five.tag_names.index(name)] = values
    keys = {**five.metadata, "key": (None, "8B", "Gbm", None, "odd")}
    made = dataclasses.replace(five, descriptors=descriptors, tags=tags, metadata=keys)
    return Filters(made, lambda: MORE)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("genre=jazz", [0, 1, 3]),  # the file's word counts, and else what is heard
        ("file_genre=jazz", [0, 1]),
        ("heard_genre=jazz", [1, 3]),
        ("not file_genre=*", [3]),
        ("mood=calm", [0]),
        ("mood=*", [0, 1, 3, 4]),
        ("energy<0.3", [0]),
        ("energy>35%", [1, 4]),
        ("energy=.66", [1]),
        ("energy!=0.9", [0, 1, 2, 3]),
        ("tempo>120", [2, 4]),
        ("tempo>100bpm and tempo<130 BPM", [1, 2]),
        ("tempo=120", [1, 2]),
        ("tempo=*", [0, 1, 2, 4]),
        ("loudness>-16", [1, 2, 3]),
        ("brightness>0.8", [4]),
        ("brightness=0..0.4", [0, 1]),
        ("voice=yes", [0, 3]),
        ("voice=no", [1, 4]),
        ("voice=None", [1, 4]),
        ("not voice=*", [2]),
        ("key=A minor", [0]),
        ("key=Am", [0]),
        ("key=8a", [0]),
        ("key=C", [1]),
        ("key=F#m", [2]),
        ("heard_key=A major", [4]),
        ("file_key=odd", [4]),
        ("key~minor", [0, 2]),
    ],
)
def test_what_is_heard_passes(heard: Filters, where: str, expected: list[int]) -> None:
    assert np.flatnonzero(heard.select(where)).tolist() == expected


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("tempi>3", "there is no field 'tempi'; did you mean tempo?"),
        ("vocals=no", "there is no field 'vocals'; did you mean voice?"),
        ("qqqqq=1", "there are genre, mood, energy, valence, tempo, voice, key"),
        ("genre:jazz", "did you mean genre=jazz?"),
        ("jazz", "did you mean genre=jazz?"),
        ("zither", "did you mean title~zither?"),
        ("tempo", "write e.g. tempo>120"),
        ("tempo=fast", "'fast' is not a number; write e.g. tempo>120"),
        ("tempo~12", "tempo is a number; write e.g. tempo>120"),
        ("length<ten", "'ten' is not a time; write e.g. length<10m"),
        ("voice=maybe", "voice is yes or no, not 'maybe'"),
        ("key=H", "'H' is no key; write it as A minor, Am or 8A"),
        ("genre=jazz tempo>120", "'and' or 'or' is missing before 'tempo>120'"),
        ("genre=jazz && year=1959", "'and' or 'or' is missing before '&& year=1959'"),
        ("(genre=jazz), year=1959", "joined with 'and' or 'or', not with ','"),
        ("genre=jazz)", "a parenthesis in the filter was never opened"),
        ("(genre=jazz", "a parenthesis in the filter is not closed"),
        ("genre='jazz", "a quotation mark is not closed at"),
        ("genre=", "says nothing after genre=; write e.g. genre=jazz"),
        ("genre=" + 11_000 * "x", "longer than 10,000 characters"),
    ],
)
def test_it_is_said_what_was_meant(heard: Filters, where: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        heard.select(where)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 200


def test_models_are_asked_only_for_what_files_do_not_tell(five: Collection) -> None:
    asked: list[str] = []

    def further() -> dict[str, tuple[str | None, ...]]:
        asked.append("models")
        return MORE

    filters = Filters(five, further)
    filters.select("artist=bach and length<10m and tempo>100")
    assert asked == []
    filters.select("genre=jazz")
    filters.select("energy>0.5")
    assert asked == ["models"]


def test_hostile_filters_take_no_time(five: Collection) -> None:
    started = time.process_time()
    for where in (
        "genre=" + "a " * 4_900, "a" * 10_000, " " * 9_999 + "a", "genre=" + " " * 9_000 + "(",
        "length=" + "1" * 9_000, "length=" + "1h" * 4_000, "a_" * 5_000 + "=1", "'" * 10_000,
        "genre=jazz " + "and " * 2_000, "tempo>" + "9" * 9_000, "key=" + "b" * 9_000,
        "not " * 2_400, "genre=" + "b=" * 4_000, "genre=jazz" + " x=1" * 2_400,
    ):  # fmt: skip
        for ask in (lambda text: select(five, text), lambda t: complete_filter(Filters(five), t)):
            with contextlib.suppress(FilterError):
                ask(where)
    assert time.process_time() - started < 5  # a catastrophe takes minutes
