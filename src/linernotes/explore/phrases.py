"""A few words that say which music is wanted: "mellow jazz piano, no vocals, slow".

Words are tags and measurements by their names, what these are also called, and what the table of
synonyms knows ("gloomy" is sad, slow, dark). What is none of these is taken for what is spelt
nearly so. How each was understood is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from linernotes.errors import LinernotesError
from linernotes.explore.synonyms import SynonymPart, plain, synonyms
from linernotes.explore.traits import TRAITS
from linernotes.networks.musicnn.labels import SYNONYMS  # what the networks' tags are also called

_LONGEST = 4
# Words that are so much alike are taken for slips of the pen, if they begin alike.
_SLIP = 0.84
_SHORTEST = 4
# Letters of a text that are read.
_MOST = 500
_FILLERS = frozenset(
    "a an and the with of some something songs song music tracks track very but in for to at on "
    "my i me want need like really quite bit kind sort stuff sound sounds sounding vibe vibes mood "
    "feel feeling that is it its".split()
)
_NEGATIONS = frozenset("no not without non".split())
# What people say for what the networks learned under another name.
_ALSO = {
    "hip-hop": ("rap",), "electronic": ("electro pop",), "chillout": ("chilled",),
    "female voice": ("female singer", "woman singing", "female vocals", "women"),
    "male voice": ("male singer", "man singing", "male vocals", "men"),
    "singing": ("sung", "singer", "voices"), "instrumental": ("no singing", "without vocals"),
    "party": ("partying",), "sad": ("melancholic", "melancholy"),
    "drums": ("drum", "percussion"), "guitar": ("guitars",), "synth": ("synthesizer", "synths"),
    "strings": ("string",), "weird": ("strange",),
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
    weight
        How much it counts, as a share of the word: what one word stands for adds up to 1.
    """

    kind: str
    name: str
    sign: int
    text: str
    weight: float = 1.0

    @property
    def meaning(self) -> str:
        """What is wanted, in words."""
        if self.kind == "tempo":
            return f"{self.name} BPM" if self.sign > 0 else f"no {self.name} BPM"
        if self.kind == "trait":
            trait = next(each for each in TRAITS if each.name == self.name)
            return trait.high if self.sign > 0 else trait.low
        return self.name if self.sign > 0 else f"no {self.name}"


@dataclass(frozen=True)
class Understood:
    """How a part of a text was understood.

    Parameters
    ----------
    words
        As they were written.
    meaning
        What they were taken for, such as "sad, slow, dark".
    """

    words: str
    meaning: str

    @property
    def is_literal(self) -> bool:
        """Whether the words say just that, so that there is nothing to tell."""
        return plain(self.words) == plain(self.meaning)

    def as_dict(self) -> dict[str, str]:
        """Return it as the API tells it.

        Returns
        -------
        dict
            ``words`` and ``meaning``.
        """
        return {"words": self.words, "meaning": self.meaning}


@dataclass(frozen=True)
class Phrase:
    """A text that was read.

    Parameters
    ----------
    wishes
        What it asks for.
    unknown
        The words in it that nothing is known by.
    understood
        How the others were understood, in their order.
    """

    wishes: tuple[Wish, ...]
    unknown: tuple[str, ...]
    understood: tuple[Understood, ...] = ()


def read_phrase(text: str, tag_names: Sequence[str]) -> Phrase:
    """Find out what a text wishes for.

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
    >>> phrase = read_phrase("mellow jazz, no vocals, xyz", ["jazz", "mellow", "instrumental"])
    >>> [(wish.name, wish.sign) for wish in phrase.wishes], phrase.unknown
    ([('mellow', 1), ('jazz', 1), ('instrumental', 1)], ('xyz',))
    >>> [each.meaning for each in read_phrase("gloomy", ["sad"]).understood]
    ['sad, slow, dark']
    """
    known = _vocabulary(tuple(tag_names))
    tokens = re.findall(r"-?[^\s,;+]+", text.casefold()[:_MOST])
    wishes: list[Wish] = []
    unknown: list[str] = []
    understood: list[Understood] = []
    sign, at, negated = 1, 0, ""
    while at < len(tokens):
        length, turned, found = _longest(tokens, at, known)
        if found:
            own = [replace(wish, sign=wish.sign * sign * turned) for wish in found]
            wishes += own
            words = negated + " ".join(tokens[at : at + length]).strip(".!?\"'")
            understood.append(Understood(words, ", ".join(wish.meaning for wish in own)))
            sign, negated = 1, ""
        else:
            word = tokens[at].lstrip("-")
            if word in _NEGATIONS:
                sign, negated = -sign, f"{negated}{word} "
            elif word not in _FILLERS and plain(word):
                unknown.append(word)
                sign, negated = 1, ""
        at += length
    if not wishes:
        raise PhraseError(_nothing_known(unknown, known))
    return Phrase(tuple(dict.fromkeys(wishes)), tuple(unknown), tuple(dict.fromkeys(understood)))


def suggest(word: str, tag_names: Sequence[str]) -> list[str]:
    """Return known words that look like one that is not.

    Examples
    --------
    >>> suggest("pianno", ["piano", "jazz"])
    ['piano']
    """
    return _close(word, _vocabulary(tuple(tag_names)))


Known = Mapping[str, tuple[Wish, ...]]


def _longest(tokens: list[str], at: int, known: Known) -> tuple[int, int, tuple[Wish, ...]]:
    """Return how many words from a place on are known, whether "-" turns them, and what for."""
    turned = -1 if tokens[at].startswith("-") else 1
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        words = plain(" ".join(tokens[at : at + length]))
        if words in known:
            return length, turned, known[words]
        tempo = _tempo(words)
        if tempo is not None:
            return length, turned, (tempo,)
    word = plain(tokens[at])
    if word in _NEGATIONS or word in _FILLERS:
        return 1, turned, ()
    slip = _slip(word, known)
    return 1, turned, () if slip is None else known[slip]


def _tempo(words: str) -> Wish | None:
    tempo = re.fullmatch(r"(\d{2,3})\s?bpm", words)
    return None if tempo is None else Wish("tempo", tempo[1], 1, words)


def _slip(word: str, known: Known) -> str | None:
    """Return what a word is spelt nearly as, if it is long enough to tell."""
    if len(word) < _SHORTEST:
        return None
    alike = [each for each in known if each[:1] == word[:1]]
    return next(iter(difflib.get_close_matches(word, alike, n=1, cutoff=_SLIP)), None)


@lru_cache(maxsize=8)
def _vocabulary(tag_names: tuple[str, ...]) -> Known:
    known: dict[str, tuple[Wish, ...]] = {}
    for trait in TRAITS:
        for word, sign in ((trait.high, 1), (trait.low, -1)):
            known[plain(word)] = (Wish("trait", trait.name, sign, word),)
    present = set(tag_names)
    for table in (_ALSO, SYNONYMS):
        for name, others in table.items():
            if name in present:
                known.update({plain(other): (Wish("tag", name, 1, name),) for other in others})
    # A tag's own name comes before all else: networks know "slow", "quiet" and "loud" too.
    known.update({plain(name): (Wish("tag", name, 1, name),) for name in tag_names})
    names = dict(known)
    for words, parts in synonyms().items():
        if words not in known and (wishes := _expanded(words, parts, names)):
            known[words] = wishes
    return known


def _expanded(words: str, parts: Sequence[SynonymPart], names: Known) -> tuple[Wish, ...]:
    """Return the wishes that a synonym stands for, as far as the collection has their tags."""
    found: list[Wish] = []
    for part in parts:
        tempo = _tempo(part.word)
        for wish in names.get(plain(part.word), () if tempo is None else (tempo,)):
            sign = wish.sign if part.weight > 0 else -wish.sign
            found.append(replace(wish, sign=sign, text=words, weight=abs(part.weight)))
    total = sum(wish.weight for wish in found)
    return tuple(replace(wish, weight=wish.weight / total) for wish in found)


def _close(word: str, known: Known) -> list[str]:
    found = difflib.get_close_matches(plain(word), list(known), n=3, cutoff=0.7)
    return list(dict.fromkeys(known[each][0].text for each in found))[:2]


def _nothing_known(unknown: list[str], known: Known) -> str:
    if not unknown:
        return "the text is empty; name tags such as jazz, piano or mellow"
    close = _close(unknown[0], known)
    hint = f"did you mean {' or '.join(close)}?" if close else "try jazz, piano, slow or gloomy"
    return f"nothing is known by {unknown[0]!r}; {hint}"
