"""Services that list tracks by genre, asked alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from linernotes.collect import deezer, deezer_genres, itunes, itunes_genres, jamendo, spotify
from linernotes.collect.http import Session
from linernotes.collect.labelled_offer import LabelledOffer
from linernotes.collect.matching import Offer
from linernotes.collect.previews import PreviewSource
from linernotes.errors import SourceError

SERVICES = ("deezer", "jamendo", "itunes", "spotify")
"""Where genres may come from."""


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
            lambda genre: deezer_genres.genre_offers(session, genre),
            lambda playlist: deezer_genres.playlist_offers(session, playlist),
            lambda offer: deezer_genres.details(session, offer),
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
            itunes, lambda genre: itunes_genres.genre_offers(session, genre), None, _as_it_is
        )
    if service == "spotify":
        client = spotify.Spotify(session)
        return GenreSource(spotify, client.genre_offers, client.playlist_offers, _as_it_is)
    raise GenreError(f"there is no service {service!r}; there are {', '.join(SERVICES)}")


def _as_it_is(offer: Offer) -> Offer:
    return offer
