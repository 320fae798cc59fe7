"""What a smart playlist asks its library: plain values, answered whenever it is refreshed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from linernotes.library.playlists.entries import PlaylistError

#: Tracks and artists that a query may name, tracks that it may ask for, letters of its texts.
MOST_NAMED = 200
MOST_ASKED = 10_000
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class SavedQuery:
    """What a smart playlist asks for.

    Parameters
    ----------
    words
        Such as "rainy night piano"; "" for none.
    tracks, unlike
        Ids of tracks that it shall be like, and unlike.
    artists, unlike_artists
        Names of artists whose tracks it shall be like, and unlike.
    where
        A filter; alone it asks for all that pass it.
    wishes
        Where sliders stand, by the names of what they move: 0 to 1, or a word.
    n
        How many tracks, 1 to 10,000.
    per_artist
        At most so many of an artist; ``None`` for any number.

    Raises
    ------
    PlaylistError
        Nothing is asked for, or more than can be.

    Examples
    --------
    >>> SavedQuery(words="slow piano", n=30).as_dict()
    {'words': 'slow piano', 'n': 30}
    """

    words: str = ""
    tracks: Sequence[str] = ()
    unlike: Sequence[str] = ()
    artists: Sequence[str] = ()
    unlike_artists: Sequence[str] = ()
    where: str = ""
    wishes: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))
    n: int = 50
    per_artist: int | None = None

    def __post_init__(self) -> None:
        for text in (self.words, self.where):
            _check_text(text, LONGEST_TEXT)
        for names in (self.tracks, self.unlike, self.artists, self.unlike_artists):
            if len(names) > MOST_NAMED:
                raise PlaylistError(f"a smart playlist names up to {MOST_NAMED} tracks or artists")
            for name in names:
                _check_text(name, LONGEST_TEXT)
        if len(self.wishes) > MOST_NAMED:
            raise PlaylistError("a smart playlist has too many wishes")
        for name, value in self.wishes.items():
            _check_text(name, LONGEST_TEXT)
            if isinstance(value, str):
                _check_text(value, LONGEST_TEXT)
            elif isinstance(value, bool) or not isinstance(value, int | float):
                raise PlaylistError(f"the wish {name!r} is neither a number nor a word")
            elif not math.isfinite(value):
                raise PlaylistError(f"the wish {name!r} is no finite number")
        if not 1 <= self.n <= MOST_ASKED:
            raise PlaylistError(f"a smart playlist has 1 to {MOST_ASKED:,} tracks")
        if self.per_artist is not None and not 1 <= self.per_artist <= MOST_ASKED:
            raise PlaylistError("a smart playlist has at least one track of an artist")
        if not (
            self.words.strip() or self.tracks or self.artists or self.where.strip() or self.wishes
        ):
            raise PlaylistError(
                "a smart playlist asks for something: words, tracks, artists, a filter or wishes"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return what is asked for, as JSON has it: without what is not.

        Returns
        -------
        dict
            From which `from_dict` makes it again.
        """
        told: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Mapping):
                value = dict(value)
            elif isinstance(value, Sequence) and not isinstance(value, str):
                value = list(value)
            if value:
                told[each.name] = value
        return told

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> SavedQuery:
        """Read what `as_dict` returned, or what somebody says is that.

        Parameters
        ----------
        told
            By the names of the parameters.

        Raises
        ------
        PlaylistError
            It is something else.
        """
        known = {each.name for each in fields(cls)}
        given: dict[str, Any] = {}
        for name, value in told.items():
            if name not in known:
                raise PlaylistError(f"a smart playlist knows no {str(name)[:40]!r}")
            kinds, said = _KINDS.get(name, ((str,), "a text"))
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise PlaylistError(f"{name} of a smart playlist is {said}")
            if isinstance(value, list | tuple) and not all(isinstance(v, str) for v in value):
                raise PlaylistError(f"{name} of a smart playlist is {said}")
            given[name] = value
        for name, kind in (("wishes", dict), *((name, tuple) for name in _LISTS)):
            if name in given:
                given[name] = kind(given[name])
        return cls(**given)


_LISTS = ("tracks", "unlike", "artists", "unlike_artists")
_NAMES = (list, tuple), "a list of names"
_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = MappingProxyType(
    {
        **dict.fromkeys(_LISTS, _NAMES),
        "wishes": ((dict, MappingProxyType), "numbers or words by name"),
        "n": ((int,), "a whole number"),
        "per_artist": ((int, type(None)), "a whole number"),
    }
)


def _check_text(text: str, longest: int) -> None:
    if len(text) > longest:
        raise PlaylistError(f"a text of a smart playlist has up to {longest:,} letters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PlaylistError("a text of a smart playlist holds what is no letter") from error
