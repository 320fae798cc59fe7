"""A few words that say which music is wanted: "mellow jazz piano, no vocals, slow"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from linernotes.backbone.labels import SYNONYMS  # what the networks' tags are also called
from linernotes.errors import LinernotesError
from linernotes.explore.traits import TRAITS

_LONGEST = 4
_FILLERS = frozenset(
    "a an and the with of some something songs song music tracks track very but in".split()
)
_NEGATIONS = frozenset("no not without non".split())
# What people say for what the networks learned under another name.
_ALSO = {
    "hip-hop": ("rap",), "electronic": ("electro pop", "edm"), "chillout": ("chilled",),
    "female voice": ("female singer", "woman singing", "female vocals", "women"),
    "male voice": ("male singer", "man singing", "male vocals", "men"),
    "singing": ("sung", "singer", "voices"), "instrumental": ("no singing", "without vocals"),
    "party": ("partying",), "mellow": ("gentle", "calm", "relaxed", "relaxing"),
    "happy": ("cheerful", "joyful"), "sad": ("melancholic", "melancholy"),
    "drums": ("drum", "percussion"), "guitar": ("guitars",), "synth": ("synthesizer", "synths"),
    "strings": ("string",), "dance": ("danceable",), "weird": ("strange",),
    "r&b": ("rhythm and blues", "r n b"), "violin": ("violins", "fiddle"),
}  # fmt: skip


class PhraseError(LinernotesError):
    """No word of the text is a tag or a trait."""

    code = "phrase"


@dataclass(frozen=True)
class Wish:
    """One thing that is wanted, or not.

    Parameters
    ----------
    kind
        "tag", "trait" or "tempo".
    name
        The tag's or trait's name, or the tempo in BPM.
    sign
        1 for wanted, -1 for unwanted; a trait's low word turns it round.
    text
        The word it was asked for with.
    """

    kind: str
    name: str
    sign: int
    text: str


@dataclass(frozen=True)
class Phrase:
    """The wishes in a text, and the words in it that nothing is known by."""

    wishes: tuple[Wish, ...]
    unknown: tuple[str, ...]


def read_phrase(text: str, tag_names: Sequence[str]) -> Phrase:
    """Find tags and traits in a text.

    Parameters
    ----------
    text
        Words and phrases in any order; "no", "not", "without" or a leading "-" turn the next
        one round; "120 bpm" asks for a tempo.
    tag_names
        The tags of the collection.

    Raises
    ------
    PhraseError
        Nothing in it is known.

    Examples
    --------
    >>> phrase = read_phrase("mellow jazz, no vocals, zither", ["jazz", "mellow", "instrumental"])
    >>> [(wish.name, wish.sign) for wish in phrase.wishes], phrase.unknown
    ([('mellow', 1), ('jazz', 1), ('instrumental', 1)], ('zither',))
    """
    known = _vocabulary(tag_names)
    tokens = re.findall(r"-?[^\s,;+]+", text.casefold())
    wishes: list[Wish] = []
    unknown: list[str] = []
    sign, at = 1, 0
    while at < len(tokens):
        found = _longest(tokens, at, known)
        if found is not None:
            length, turned, wish = found
            wishes.append(Wish(wish.kind, wish.name, wish.sign * sign * turned, wish.text))
            sign = 1
        else:
            length, word = 1, tokens[at].lstrip("-")
            if word in _NEGATIONS:
                sign = -sign
            elif word not in _FILLERS and word:
                unknown.append(word)
                sign = 1
        at += length
    if not wishes:
        raise PhraseError(_nothing_known(unknown, known))
    return Phrase(tuple(dict.fromkeys(wishes)), tuple(unknown))


def suggest(word: str, tag_names: Sequence[str]) -> list[str]:
    """Return known words that look like one that is not.

    Examples
    --------
    >>> suggest("pianno", ["piano", "jazz"])
    ['piano']
    """
    return _close(word, _vocabulary(tag_names))


def _longest(tokens: list[str], at: int, known: dict[str, Wish]) -> tuple[int, int, Wish] | None:
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        words = " ".join(tokens[at : at + length])
        turned = -1 if words.startswith("-") else 1
        plain = _plain(words)
        if plain in known:
            return length, turned, known[plain]
        tempo = re.fullmatch(r"(\d{2,3})\s?bpm", plain)
        if tempo:
            return length, turned, Wish("tempo", tempo[1], 1, plain)
    return None


def _vocabulary(tag_names: Sequence[str]) -> dict[str, Wish]:
    known: dict[str, Wish] = {}
    for trait in TRAITS:
        for word, sign in ((trait.high, 1), (trait.low, -1)):
            known[_plain(word)] = Wish("trait", trait.name, sign, word)
    present = set(tag_names)
    for table in (_ALSO, SYNONYMS):
        for name, others in table.items():
            if name in present:
                known.update({_plain(other): Wish("tag", name, 1, name) for other in others})
    # A tag's own name comes before all else: networks know "slow", "quiet" and "loud" too.
    known.update({_plain(name): Wish("tag", name, 1, name) for name in tag_names})
    return known


def _plain(words: str) -> str:
    return re.sub(r"[\s\-_/]+", " ", words.casefold()).strip(" .!?\"'")


def _close(word: str, known: dict[str, Wish]) -> list[str]:
    found = difflib.get_close_matches(_plain(word), list(known), n=3, cutoff=0.7)
    return list(dict.fromkeys(known[each].text for each in found))[:2]


def _nothing_known(unknown: list[str], known: dict[str, Wish]) -> str:
    if not unknown:
        return "the text is empty; name tags such as jazz, piano or mellow"
    close = _close(unknown[0], known)
    hint = f"did you mean {' or '.join(close)}?" if close else "try jazz, piano, slow or mellow"
    return f"there is no tag {unknown[0]!r}; {hint}"
