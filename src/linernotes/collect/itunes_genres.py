"""Songs of a genre, as the iTunes Store lists them: two hundred at most, no playlists."""

from __future__ import annotations

from collections.abc import Iterator

from linernotes.collect import itunes
from linernotes.collect.http import Session
from linernotes.collect.json_fields import items, text
from linernotes.collect.labelled_offer import LabelledOffer
from linernotes.datasets.names import fold

TERMS = (
    "Apple's terms allow previews from iTunes only to promote the content of its store; if that "
    "is what you do, or you have its leave, say so with --accept-itunes-terms"
)
"""The terms that a user has to agree to before the store is asked."""


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
    rows = items(session.get_json(itunes.SERVICE, "/search", params=params), "results")
    for row in rows:
        # The search takes a genre's name for any word of a song as well.
        if fold(genre) not in fold(text(row, "primaryGenreName")):
            continue
        offer = itunes.offer_of(row)
        yield LabelledOffer(
            offer,
            licence=itunes.LICENCE,
            page=text(row, "trackViewUrl"),
            why="" if offer.has_preview else "no-preview",
        )
