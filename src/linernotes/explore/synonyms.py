"""The table of musical synonyms, ``synonyms.toml``: what people call music, in words we know."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class SynonymPart:
    """One of the things that a synonym stands for.

    Parameters
    ----------
    word
        A tag, a word of a measurement, or a tempo.
    weight
        How much it counts beside the others; below 0 for what is not wanted.
    """

    word: str
    weight: float


@cache
def synonyms() -> Mapping[str, tuple[SynonymPart, ...]]:
    """Return what each synonym stands for, by its `plain` words.

    Examples
    --------
    >>> [part.word for part in synonyms()["gloomy"]]
    ['sad', 'slow', 'dark']
    """
    text = files("linernotes.explore").joinpath("synonyms.toml").read_text("utf-8")
    table: dict[str, tuple[SynonymPart, ...]] = {}
    for section in tomllib.loads(text).values():
        for words, meaning in section.items():
            parts = tuple(_part(each.strip()) for each in meaning.split(","))
            for each in words.split(","):
                table.setdefault(plain(each), parts)
    return table


def plain(words: str) -> str:
    """Return words without case, punctuation and what joins them.

    Examples
    --------
    >>> plain(" Lo-Fi "), plain("R&B!")
    ('lo fi', 'r&b')
    """
    return re.sub(r"[\s\-_/]+", " ", words.casefold()).strip(" .!?\"'")


def _part(text: str) -> SynonymPart:
    sign, text = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    word, _, weight = text.rpartition(" ")
    return (
        SynonymPart(word, sign * float(weight))
        if word and weight.isdigit()
        else SynonymPart(text, sign)
    )
