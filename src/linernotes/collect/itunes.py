"""The iTunes Store: previews of half a minute. No key, few requests a minute.

Its terms allow previews only to promote what the store sells, so it is asked only where the
user wants it. It lists two hundred songs of a genre at most, and no playlists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linernotes.collect.http import NotFoundError, Service, Session
from linernotes.collect.json_fields import items, number, text
from linernotes.collect.matching import LabelledOffer, Offer, Wanted
from linernotes.collect.versions import split_title
from linernotes.datasets.names import fold

SERVICE = Service(
    "itunes", "iTunes", "https://itunes.apple.com",
    requests=20, seconds=60, hosts=(".itunes.apple.com", ".mzstatic.com"),
)  # fmt: skip
LICENCE = "30-second preview from iTunes: its terms allow it only to promote the store's content"

TERMS = (
    "Apple's terms allow previews from iTunes only to promote the content of its store; if that "
    "is what you do, or you have its leave, say so with --accept-itunes-terms"
)
"""The terms that a user has to agree to before the store is asked."""


def by_isrc(session: Session, isrc: str) -> list[Offer]:  # noqa: ARG001 - as the others have it
    """Return nothing: the store cannot be asked for recording codes."""
    return []


def search(session: Session, wanted: Wanted) -> list[Offer]:
    """Look for a recording by artist and title."""
    words = f"{split_title(wanted.artist)[0]} {split_title(wanted.title)[0]}"
    return [offer_of(row) for row in search_rows(session, words)]


def search_rows(session: Session, words: str, *, limit: int = 25) -> list[dict[str, Any]]:
    """Return what the store has for some words, as it writes it."""
    params: dict[str, str | int] = {
        "term": words, "country": "US", "media": "music", "entity": "song", "limit": limit,
    }  # fmt: skip
    return items(session.get_json(SERVICE, "/search", params=params), "results")


def preview_url(session: Session, offer: Offer) -> str:  # noqa: ARG001 - as the others have it
    """Return the address of a preview; here they last.

    Raises
    ------
    NotFoundError
        There is none.
    """
    if not offer.url:
        raise NotFoundError(SERVICE.title, "it has no preview of this track")
    return offer.url


def offer_of(row: Any) -> Offer:
    """Read a song as the store writes it."""
    milliseconds = number(row, "trackTimeMillis")
    return Offer(
        service=SERVICE.name,
        id=text(row, "trackId"),
        title=text(row, "trackName"),
        artist=text(row, "artistName"),
        album=text(row, "collectionName"),
        duration=milliseconds / 1000 if milliseconds else None,
        has_preview=bool(text(row, "previewUrl")),
        url=text(row, "previewUrl"),
        year=text(row, "releaseDate")[:4],
    )


def genre_offers(session: Session, genre: str) -> Iterator[LabelledOffer]:
    """List songs whose main genre in the store is this one.

    Raises
    ------
    ServiceError
        One of its kinds.
    """
    params: dict[str, str | int] = {
        "term": genre, "country": "US", "media": "music", "entity": "song", "limit": 200,
        "attribute": "genreIndex",
    }  # fmt: skip
    rows = items(session.get_json(SERVICE, "/search", params=params), "results")
    for row in rows:
        # The search takes a genre's name for any word of a song as well.
        if fold(genre) not in fold(text(row, "primaryGenreName")):
            continue
        offer = offer_of(row)
        yield LabelledOffer(
            offer,
            licence=LICENCE,
            page=text(row, "trackViewUrl"),
            why="" if offer.has_preview else "no-preview",
        )
