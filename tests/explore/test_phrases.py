from __future__ import annotations

import pytest

from linernotes.explore.phrases import PhraseError, read_phrase, suggest

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
    phrase = read_phrase("mellow zither jazz", TAGS)
    assert phrase.unknown == ("zither",)
    assert len(phrase.wishes) == 2


def test_nothing_known_is_an_error_that_helps() -> None:
    with pytest.raises(PhraseError, match="did you mean piano"):
        read_phrase("pianno", TAGS)
    with pytest.raises(PhraseError, match="no tag 'zither'"):
        read_phrase("zither", TAGS)
    with pytest.raises(PhraseError, match="empty"):
        read_phrase("  ", TAGS)
    assert suggest("gitar", TAGS) == ["guitar"]


def test_synonyms_of_tags_that_are_not_there_are_unknown() -> None:
    assert read_phrase("jazz choral", TAGS).unknown == ("choral",)
