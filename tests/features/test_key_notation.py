"""Names of keys: what is written is read again, in every notation."""

from __future__ import annotations

from itertools import product

import pytest

from linernotes.features.key import Key
from linernotes.features.key_notation import KeyNotation, key_name, read_key, write_key

KEYS = list(product(range(12), (0, 1)))


@pytest.mark.parametrize("notation", ["musical", "camelot", "openkey"])
def test_what_is_written_is_read(notation: KeyNotation) -> None:
    for tonic, mode in KEYS:
        key = Key(tonic, mode, strength=0, margin=0, confidence=0)
        assert read_key(write_key(key, notation)) == read_key(key.name) == (tonic, mode)
    assert len({write_key(Key(*key, 0, 0, 0), notation) for key in KEYS}) == 24


def test_people_spell_keys_in_many_ways() -> None:
    spelt = ["a min", "A-minor", "Gb", "F♯", "c# maj", "CM", "cm", " 8a ", "8A", "12 B", "1m", "1d"]
    named = [key_name(*key) for text in spelt if (key := read_key(text))]
    assert named == [
        "A minor", "A minor", "F# major", "F# major", "Db major", "C major", "C minor", "A minor",
        "A minor", "E major", "A minor", "C major",
    ]  # fmt: skip
    assert [read_key(text) for text in ("", "H", "13A", "0d", "house", "A" * 99)] == [None] * 6
