"""Tracks of a genre or of a playlist, as Deezer lists them.

Deezer gives genres to albums and artists, some thirty of them with broad names. A genre's
tracks are its chart's, and then the most heard ones of its artists, in turns: the first of each
artist, the second of each, and so on, so that no artist fills the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from linernotes.collect import deezer
from linernotes.collect.http import NotFoundError, Session
from linernotes.collect.json_fields import items, number, text
from linernotes.collect.labelled_offer import LabelledOffer
from linernotes.collect.matching import Offer
from linernotes.datasets.names import fold

_PAGE = 100
_TOP = 25
_ARTISTS = 50
_PLAYLISTS = 3
# What people call the genres that Deezer names otherwise.
_ALSO = {
    "hip hop": "rap/hip hop",
    "hiphop": "rap/hip hop",
    "electronic": "electro",
    "electronica": "electro",
    "rnb": "r&b",
    "rhythm and blues": "r&b",
    "soul": "soul & funk",
    "funk": "soul & funk",
    "folk": "folk",
    "world": "world music",
}


def genre_offers(session: Session, genre: str) -> Iterator[LabelledOffer]:
    """List tracks of a genre, those most heard first.

    Where Deezer has no such genre, the tracks are those of the first playlists that its search
    finds for the name.

    Parameters
    ----------
    session
        What asks.
    genre
        Such as "Jazz", "hip hop" or "shoegaze".

    Raises
    ------
    ServiceError
        One of its kinds.
    """
    number_of_genre = find_genre(session, genre)
    if number_of_genre is None:
        found = items(_get(session, "/search/playlist", q=genre, limit=_PLAYLISTS), "data")
        for playlist in found:
            yield from playlist_offers(session, text(playlist, "id"))
        return
    chart = _get(session, f"/chart/{number_of_genre}/tracks", limit=_PAGE)
    yield from map(_offer, items(chart, "data"))
    artists = items(_get(session, f"/genre/{number_of_genre}/artists", limit=_ARTISTS), "data")
    tops: list[list[dict[str, Any]]] = []
    for artist in artists:
        try:
            top = _get(session, f"/artist/{text(artist, 'id')}/top", limit=_TOP)
        except NotFoundError:
            continue
        tops.append(items(top, "data"))
        # The first of each artist at once: often they are enough.
        yield from map(_offer, tops[-1][:1])
    for place in range(1, _TOP):
        yield from (_offer(top[place]) for top in tops if place < len(top))


def find_genre(session: Session, genre: str) -> str | None:
    """Return Deezer's number of a genre, ``None`` if it has none of this name.

    Raises
    ------
    ServiceError
        One of its kinds.
    """
    wanted = fold(genre)
    wanted = fold(_ALSO.get(wanted, wanted))
    rows = items(_get(session, "/genre"), "data")
    whole = {fold(text(row, "name")): text(row, "id") for row in rows}
    parts = {
        fold(part): text(row, "id")
        for row in reversed(rows)
        for part in re.split(r"[/&]", text(row, "name"))
    }
    # Genre 0 is "all".
    found = whole.get(wanted) or parts.get(wanted)
    return found if found and found != "0" else None


def playlist_offers(session: Session, playlist: str) -> Iterator[LabelledOffer]:
    """List the tracks of a playlist, by its number.

    Raises
    ------
    NotFoundError
        There is no such playlist, or it is private.
    ServiceError
        Another of its kinds.
    """
    index = 0
    while True:
        path = f"/playlist/{playlist}/tracks"
        answer = _get(session, path, limit=_PAGE, index=index)
        rows = items(answer, "data")
        yield from map(_offer, rows)
        index += len(rows)
        if not rows or index >= (number(answer, "total") or 0):
            return


def details(session: Session, offer: Offer) -> Offer:
    """Return a track with what lists leave out: its ISRC and the year of its release.

    Raises
    ------
    ServiceError
        One of its kinds.
    """
    full = deezer.offer_of(_get(session, f"/track/{offer.id}"))
    return replace(
        offer,
        isrc=full.isrc or offer.isrc,
        year=full.year or offer.year,
        duration=full.duration or offer.duration,
        has_preview=full.has_preview,
    )


def _get(session: Session, path: str, **params: str | int) -> Any:
    return session.get_json(
        deezer.SERVICE,
        path,
        params=params,
        check=deezer.check,
        scrub=deezer.without_previews,
    )


def _offer(row: dict[str, Any]) -> LabelledOffer:
    offer = deezer.offer_of(row)
    return LabelledOffer(
        offer,
        licence=deezer.LICENCE,
        page=f"https://www.deezer.com/track/{offer.id}",
        why="" if offer.has_preview else "no-preview",
    )
