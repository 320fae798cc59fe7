"""What may come next in a filter."""

from __future__ import annotations

import dataclasses

import pytest
from explore_support import make_collection
from hypothesis import given
from hypothesis import strategies as st

from linernotes.explore.completion import Completions, complete_filter
from linernotes.explore.filters import FilterError, Filters


@pytest.fixture(scope="module")
def filters() -> Filters:
    made = make_collection(120)
    awkward = {"album": ("not now (live)", "hip hop", "hip house", 'the "best"') * 30}
    heard = {"mood": ("calm", "happy", "sad", "tense") * 30, "energy": ("0.2", "0.8") * 60}
    metadata = {**made.metadata, **awkward}
    return Filters(dataclasses.replace(made, metadata=metadata), lambda: heard)


def texts(found: Completions) -> list[str]:
    return [option.text for option in found.options]


@pytest.mark.parametrize(
    ("where", "start", "first"),
    [
        ("", 0, ["genre=", "mood=", "energy", "valence", "tempo", "voice="]),
        ("te", 0, ["tempo", "date="]),
        ("bpm", 0, ["bpm=", "bpm!=", "bpm~", "tempo"]),
        ("singing", 0, ["voice="]),
        ("tempo", 0, ["tempo>", "tempo<", "tempo="]),
        ("tempo ", 6, [">", "<", "="]),
        ("genre !", 6, ["!="]),
        ("genre=", 6, ["Rock", "Dance", "Pop"]),
        ("GENRE=ja", 6, ["Jazz"]),
        ("genre=jazz", 10, [" and ", " or "]),
        ("genre=jazz ", 11, ["and ", "or "]),
        ("genre=jazz a", 11, ["and "]),
        ("genre=jazz and t", 15, ["tempo", "title="]),
        ("(genre=jazz and not vo", 20, ["voice="]),
        ("genre=jazz or (", 15, ["genre=", "mood="]),
        ("(genre=jazz) ", 13, ["and ", "or "]),
        ("mood=c", 5, ["calm"]),
        ("album=hip", 6, ["hip hop", "hip house"]),
        ("album=hip ", 6, ["hip hop", "hip house"]),
        ("album=hip ho", 6, ["hip hop", "hip house"]),
        ("album=not", 6, ['"not now (live)"']),
        ("album='the", 6, ["'the \"best\"'"]),
        ("tempo>120", 9, [" and ", " or "]),
        ("key=f# mi", 4, ["F# minor"]),
        ("nonsense=1 and ", 15, ["genre="]),
        ("nonsense=", 9, []),
        ("genre=jazz ) x", 0, []),
    ],
)  # fmt: skip
def test_what_comes_next(filters: Filters, where: str, start: int, first: list[str]) -> None:
    found = complete_filter(filters, where)
    assert texts(found)[: len(first)] == first
    assert bool(found.options) == bool(first)
    if first:
        assert (found.start, found.end) == (start, len(where))


def test_what_is_completed_passes(filters: Filters) -> None:
    """Whoever takes the first option again and again comes to filters that are understood."""
    for begun in (
        "al",
        "album=n",
        "album=t",
        "mood",
        "tempo>",
        "genre=jazz and k",
        "vo",
        "length<",
    ):
        where = begun
        for _ in range(6):
            found = complete_filter(filters, where)
            if not found.options or found.options[0].kind == "word":
                break
            where = where[: found.start] + found.options[0].text + where[found.end :]
        filters.select(where)


def test_it_is_told_what_options_mean(filters: Filters) -> None:
    fields = complete_filter(filters, "", limit=100).options
    assert all(option.kind == "field" or option.text == "not " for option in fields)
    assert all(option.meaning and "\n" not in option.meaning for option in fields)
    assert len({option.text for option in fields}) == len(fields)
    assert "duration" not in str(fields)  # which is the length
    values = complete_filter(filters, "mood=").options
    assert [(option.text, option.tracks) for option in values][:1] == [("calm", 30)]
    numbers = complete_filter(filters, "tempo>").options
    assert [float(option.text) for option in numbers] == sorted(float(o.text) for o in numbers)


def test_the_place_of_the_cursor_counts(filters: Filters) -> None:
    found = complete_filter(filters, "genre=roXXX and tempo>120", at=8)
    assert (found.start, found.end) == (6, 11)
    assert texts(found) == ["Rock"]
    found = complete_filter(filters, "gen=jazz", at=2)
    assert (found.start, found.end, texts(found)[0]) == (0, 3, "genre=")
    assert complete_filter(filters, "genre", at=10_000).end == 5
    with pytest.raises(FilterError):
        complete_filter(filters, "x" * 10_001)


@given(st.text(alphabet="genrejaztempo=!~<>()\"' and.0159*", max_size=40), st.integers(-2, 50))
def test_any_text_is_completed(where: str, at: int) -> None:
    found = complete_filter(FILTERS, where, at=at)
    assert 0 <= found.start <= found.end <= len(where)


FILTERS = Filters(make_collection(5))
