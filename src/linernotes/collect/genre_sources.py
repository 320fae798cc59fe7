"""Genres that people ask for, and the services that list their tracks, asked alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from linernotes.collect import deezer, itunes, jamendo, spotify
from linernotes.collect.http import Session
from linernotes.collect.matching import LabelledOffer, Offer
from linernotes.collect.previews import PreviewSource
from linernotes.errors import SourceError

SERVICES = ("deezer", "jamendo", "itunes", "spotify")
"""Where genres may come from."""

_PLAYLIST = re.compile(r"(?:playlist:|https?://\S*/playlist/|spotify:playlist:)(\w+)\S*")


class GenreError(SourceError):
    """Genres cannot be collected as they were asked for."""

    code: ClassVar[str] = "genre"


@dataclass(frozen=True)
class GenreSource:
    """The kinds of lists that a service has.

    Parameters
    ----------
    shop
        Its module, which tells the addresses of its audio.
    genre, playlist
        List tracks by the name of a genre, and by the number of a playlist, where it has them.
    details
        Returns a track with what lists leave out.
    """

    shop: PreviewSource
    genre: Callable[[str], Iterator[LabelledOffer]]
    playlist: Callable[[str], Iterator[LabelledOffer]] | None
    details: Callable[[Offer], Offer]

    @property
    def title(self) -> str:
        """The name that people know it by."""
        return self.shop.SERVICE.title


def genre_source(service: str, session: Session) -> GenreSource:
    """Return the service of this name, to be asked by a session.

    Raises
    ------
    GenreError
        There is none.
    SettingsError
        It needs a key.
    """
    if service == "deezer":
        return GenreSource(
            deezer,
            lambda genre: deezer.genre_offers(session, genre),
            lambda playlist: deezer.playlist_offers(session, playlist),
            lambda offer: deezer.details(session, offer),
        )
    if service == "jamendo":
        return GenreSource(
            jamendo,
            lambda genre: jamendo.genre_offers(session, genre),
            lambda playlist: jamendo.playlist_offers(session, playlist),
            _as_it_is,
        )
    if service == "itunes":
        return GenreSource(
            itunes, lambda genre: itunes.genre_offers(session, genre), None, _as_it_is
        )
    if service == "spotify":
        client = spotify.Spotify(session)
        return GenreSource(spotify, client.genre_offers, client.playlist_offers, _as_it_is)
    raise GenreError(f"there is no service {service!r}; there are {', '.join(SERVICES)}")


def _as_it_is(offer: Offer) -> Offer:
    return offer


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
