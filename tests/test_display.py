"""Text that can do no harm where it is shown, whatever names are made of."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from linernotes.display import legible, printable

HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@given(st.text(st.characters()))
def test_what_is_printable_stays_and_the_rest_is_spelled_out(text: str) -> None:
    told = printable(text)
    assert not HARMFUL.search(told)
    assert told.splitlines() in ([], [told])
    assert printable(told) == told
    told.encode("utf-8")
    if all(character.isprintable() for character in text):
        assert told == text


def test_letters_of_all_scripts_and_composed_signs_stay() -> None:
    odd = "a\x1b[2J\n\u202ee\udcff é 音楽 👩‍🎤"
    assert printable(odd) == "a\\x1b[2J\\n\\u202ee\\udcff é 音楽 👩‍🎤"


@given(st.text(st.characters()))
def test_what_is_legible_can_be_written_to_a_page(text: str) -> None:
    told = legible(text)
    assert not HARMFUL.search(told)
    assert len(told) >= len(text)
    told.encode("utf-8")


def test_signs_stand_for_what_cannot_be_seen() -> None:
    assert legible("a\nb\x07c\udcff") == "a↵b⟨0007⟩c\N{REPLACEMENT CHARACTER}"
