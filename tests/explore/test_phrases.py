from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.explore import Library
from linernotes.explore.phrases import PhraseError, read_phrase, suggest
from linernotes.explore.synonyms import plain, synonyms
from linernotes.explore.traits import TRAITS
from linernotes.library.analyses import tag_names

TAGS = ("female voice", "guitar", "hip-hop", "instrumental", "jazz", "mellow", "piano", "slow",
        "upbeat", "r&b", "90s")  # fmt: skip


def wishes(text: str) -> list[tuple[str, int]]:
    return [(wish.name, wish.sign) for wish in read_phrase(text, TAGS).wishes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mellow jazz piano", [("mellow", 1), ("jazz", 1), ("piano", 1)]),
        ("Piano, JAZZ", [("piano", 1), ("jazz", 1)]),
        ("jazz with female vocals", [("jazz", 1), ("female voice", 1)]),
        ("no vocals", [("instrumental", 1)]),
        ("not piano", [("piano", -1)]),
        ("jazz -piano", [("jazz", 1), ("piano", -1)]),
        ("jazz without guitar, slow", [("jazz", 1), ("guitar", -1), ("slow", 1)]),
        ("hip hop", [("hip-hop", 1)]),
        ("rnb", [("r&b", 1)]),
        ("some fast 90s music", [("upbeat", 1), ("90s", 1)]),
        ("bright", [("brightness", 1)]),
        ("dark and narrow", [("brightness", -1), ("width", -1)]),
        ("not dark", [("brightness", 1)]),
        ("120 bpm", [("120", 1)]),
        ("120bpm jazz jazz", [("120", 1), ("jazz", 1)]),
    ],
)
def test_what_is_asked_for(text: str, expected: list[tuple[str, int]]) -> None:
    assert wishes(text) == expected


def test_unknown_words_are_told() -> None:
    phrase = read_phrase("mellow xyzzy jazz", TAGS)
    assert phrase.unknown == ("xyzzy",)
    assert len(phrase.wishes) == 2


def test_slips_of_the_pen_are_understood_and_said() -> None:
    phrase = read_phrase("pianno, no gitar", TAGS)
    assert [(wish.name, wish.sign) for wish in phrase.wishes] == [("piano", 1), ("guitar", -1)]
    assert [each.as_dict() for each in phrase.understood] == [
        {"words": "pianno", "meaning": "piano"}, {"words": "no gitar", "meaning": "no guitar"},
    ]  # fmt: skip
    # Short words are as near to many others as to what was meant.
    assert read_phrase("jazz sod", TAGS).unknown == ("sod",)


def test_nothing_known_is_an_error_that_helps() -> None:
    with pytest.raises(PhraseError, match="did you mean piano"):
        read_phrase("pyano", TAGS)
    with pytest.raises(PhraseError, match="nothing is known by 'xyzzy'; try jazz"):
        read_phrase("xyzzy", TAGS)
    with pytest.raises(PhraseError, match="empty"):
        read_phrase("  ", TAGS)
    assert suggest("gitar", TAGS)[0] == "guitar"


def test_synonyms_of_tags_that_are_not_there_are_unknown() -> None:
    assert read_phrase("jazz choral", TAGS).unknown == ("choral",)


@pytest.mark.parametrize(
    ("words", "among"),
    [
        ("gloomy", {"sad", "slow", "dark"}), ("banger", {"dance", "loud", "with a steady beat"}),
        ("lo-fi", {"chillout", "mellow"}), ("rainy night", {"sad", "dark", "piano"}),
        ("workout", {"upbeat", "loud"}), ("sleepy", {"quiet", "slow", "soft"}),
        ("epic", {"loud", "strings", "choir"}), ("groovy", {"funk", "with a steady beat"}),
        ("not gloomy", {"no sad", "no slow", "bright"}), ("drum'n'bass", set()),
        ("drum and bass", {"174 BPM", "electronic"}), ("Relaxing", {"mellow", "quiet"}),
    ],
)  # fmt: skip
def test_what_people_say_is_understood_and_said(words: str, among: set[str]) -> None:
    if not among:
        with pytest.raises(PhraseError):
            read_phrase(words, tag_names())
        return
    phrase = read_phrase(f"some {words} music", tag_names())
    assert phrase.unknown == ()
    (understood,) = phrase.understood
    assert understood.words == words.casefold()
    assert among <= set(understood.meaning.split(", "))
    assert not understood.is_literal
    # A word counts as one, however much it stands for.
    assert sum(wish.weight for wish in phrase.wishes) == pytest.approx(1)
    assert read_phrase("jazz", tag_names()).understood[0].is_literal


def test_the_table_holds_nothing_that_is_not_understood() -> None:
    """Each synonym is of at most four words, stands once, and all that it stands for is known."""
    text = files("linernotes.explore").joinpath("synonyms.toml").read_text("utf-8")
    rows = [words for section in tomllib.loads(text).values() for words in section]
    written = [plain(word) for words in rows for word in words.split(",")]
    assert len(written) == len(set(written)) > 500
    for word in written:
        parts = synonyms()[word]
        phrase = read_phrase(word, tag_names())
        assert len(phrase.wishes) == len(parts), word
        assert len(phrase.understood) == 1, word
        assert all(wish.text == word and wish.weight > 0 for wish in phrase.wishes), word


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(sorted(synonyms())),
            st.sampled_from(["no", "-", "not", "jazz", "120 bpm", "slow", "very"]),
            st.text(max_size=12),
        ),
        max_size=6,
    )
)
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    text = " ".join(words)
    try:
        phrase = read_phrase(text, tag_names())
    except PhraseError:
        return
    assert phrase == read_phrase(text.upper().lower(), tag_names()) or not text.isascii()
    assert phrase.understood
    known = {*tag_names()} | {trait.name for trait in TRAITS}
    for wish in phrase.wishes:
        assert wish.name in known or (wish.kind == "tempo" and wish.name.isdigit())
        assert wish.sign in (1, -1)
        assert 0 < wish.weight <= 1


@pytest.mark.slow
def test_words_find_what_they_say_in_real_music(shared: Path, tmp_path: Path) -> None:
    """A banger is no lullaby: of ten clips, those in a hurry and those at rest."""
    library = Library(tmp_path / "library")
    library.scan(shared / "music" / "examples", workers=1)
    explorer = library.explorer()
    places = {Path(path).name[:20]: row for row, path in enumerate(explorer.collection.path)}

    def place(words: str, beginning: str) -> int:
        """The rank of a track among what words find."""
        found = explorer.similar(explorer.described(words), n=len(places))
        (row,) = (row for name, row in places.items() if name.startswith(beginning))
        return [match.index for match in found].index(row)

    assert place("banger", "admiralbob77") < place("banger", "Kevin_MacLeod_-_P_I")
    assert place("groovy", "admiralbob77") < place("groovy", "Hungarian_Dance")
    assert place("sleepy", "147793__setuniman") < place("sleepy", "Hungarian_Dance")
    assert place("cheerful", "442789__lena-orsa") < place("cheerful", "147793__setuniman")
    assert place("orchestral", "Hungarian_Dance") < place("orchestral", "admiralbob77")
