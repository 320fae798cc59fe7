"""Genres that people ask for, and how many tracks of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from linernotes.collect.genre_sources import GenreError

_PLAYLIST = re.compile(r"(?:playlist:|https?://\S*/playlist/|spotify:playlist:)(\w+)\S*")


@dataclass(frozen=True)
class GenreRequest:
    """One class that is wanted.

    Parameters
    ----------
    label
        What to call it.
    genre
        What its service calls it.
    playlist
        The playlist to take instead of a genre.
    """

    label: str
    genre: str
    playlist: str = ""

    @classmethod
    def of(cls, text: str) -> GenreRequest:
        """Read what people write: a genre, or a label and where its tracks are from.

        Raises
        ------
        GenreError
            There is no label.

        Examples
        --------
        >>> GenreRequest.of("Jazz").genre, GenreRequest.of("hop=Rap/Hip Hop").genre
        ('Jazz', 'Rap/Hip Hop')
        >>> GenreRequest.of("lo-fi=https://www.deezer.com/en/playlist/908622995").playlist
        '908622995'
        >>> GenreRequest.of("lo-fi=playlist:908622995").label
        'lo-fi'
        """
        label, equals, place = (part.strip() for part in text.partition("="))
        if not equals or _PLAYLIST.fullmatch(text.strip()):
            label, place, equals = text.strip(), text.strip(), ""
        found = _PLAYLIST.fullmatch(place)
        if not label or not place or (found and not equals):
            raise GenreError(
                f"{text!r} names no class; write a genre (jazz), or a label and a genre or "
                "playlist (lo-fi=https://www.deezer.com/playlist/908622995)"
            )
        return cls(label, "" if found else place, found[1] if found else "")


@dataclass(frozen=True)
class GenreRules:
    """How genres are collected.

    Parameters
    ----------
    per_genre
        Tracks of each class, at most.
    per_artist, per_album
        Tracks of each artist and album within a class, at most.
    balance
        Leave as many tracks of each class as the smallest has.
    deezer_previews
        Whatever service lists the tracks, take their audio from Deezer.
    """

    per_genre: int = 100
    per_artist: int = 5
    per_album: int = 2
    balance: bool = False
    deezer_previews: bool = False


def most_requests(requests: Sequence[GenreRequest], service: str, rules: GenreRules) -> int:
    """Tell how many requests a run sends, if each track that is listed can be had.

    Examples
    --------
    >>> most_requests([GenreRequest.of("jazz")], "deezer", GenreRules(per_genre=100))
    352
    """
    count = 0
    for request in requests:
        if service == "deezer":
            # The genre, its chart, and its artists; or the pages of a playlist.
            lists = 1 + rules.per_genre // 100 if request.playlist else 52
        else:
            lists = 1 + rules.per_genre // {"jamendo": 100, "itunes": 200}.get(service, 10)
        # Details or a search, the address of the preview, and the preview.
        each = 3 if service == "deezer" or rules.deezer_previews else 1
        count += lists + each * rules.per_genre
    return count
