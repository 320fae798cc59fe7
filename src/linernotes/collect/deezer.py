"""Deezer: previews of half a minute for most of what was ever published, and genres. No key.

It reports errors within answers that look well (HTTP 200), a used-up quota included. The
addresses of previews are signed and expire, so they are never kept: what is kept tells only
whether there is one, and the address is asked for when it is needed.

Deezer gives genres to albums and artists, some thirty of them with broad names. A genre's
tracks are its chart's, and then the most heard ones of its artists, in turns: the first of each
artist, the second of each, and so on, so that no artist fills the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    NotFoundError,
    Service,
    ServiceError,
    Session,
)
from linernotes.collect.json_fields import item, items, number, text
from linernotes.collect.matching import LabelledOffer, Offer, Wanted
from linernotes.collect.versions import split_title
from linernotes.datasets.names import fold

SERVICE = Service(
    "deezer", "Deezer", "https://api.deezer.com",
    requests=50, seconds=5, hosts=(".dzcdn.net", ".deezer.com"),
)  # fmt: skip
LICENCE = "30-second preview from Deezer: to listen to and analyse, not to pass on"

_QUOTA, _BUSY, _NO_DATA = 4, 700, 800

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


def by_isrc(session: Session, isrc: str) -> list[Offer]:
    """Return the track with a recording code; none if there is none."""
    try:
        return [offer_of(_get(session, f"/track/isrc:{isrc}"))]
    except NotFoundError:
        return []


def search(session: Session, wanted: Wanted) -> list[Offer]:
    """Look for a recording by artist and title."""
    artist, title = _quoted(split_title(wanted.artist)[0]), _quoted(split_title(wanted.title)[0])
    found = _get(session, "/search", q=f'artist:"{artist}" track:"{title}"', limit=25)
    rows = items(found, "data")
    if not rows:
        # Its fields want the exact words; without them it is more lenient.
        rows = items(_get(session, "/search", q=f"{artist} {title}", limit=25), "data")
    return [offer_of(row) for row in rows]


def preview_url(session: Session, offer: Offer) -> str:
    """Ask for the present address of a preview.

    Raises
    ------
    NotFoundError
        There is none.
    """
    row = session.get_json(SERVICE, f"/track/{offer.id}", check=check, fresh=True)
    url = text(row, "preview")
    if not url:
        raise NotFoundError(SERVICE.title, "it has no preview of this track")
    return url


def offer_of(row: Any) -> Offer:
    """Read a track as Deezer writes it."""
    title, version = text(row, "title") or text(row, "title_short"), text(row, "title_version")
    if version and version.casefold() not in title.casefold():
        title = f"{title} {version}"
    return Offer(
        service=SERVICE.name,
        id=text(row, "id"),
        title=title,
        artist=text(item(row, "artist"), "name"),
        album=text(item(row, "album"), "title"),
        duration=number(row, "duration"),
        isrc=text(row, "isrc"),
        has_preview=bool(row.get("has_preview") or row.get("preview")) if row else False,
        year=text(row, "release_date")[:4],
    )


def check(answer: Any) -> None:
    """Raise the error that an answer reports.

    Raises
    ------
    BusyError
        The quota is used up.
    NotFoundError
        There is no such thing.
    ServiceError
        Something else.
    """
    if not isinstance(answer, dict):
        raise AnswerError(SERVICE.title, "it sent something else than an object")
    error = answer.get("error")
    if not error:
        return
    code = number(error, "code")
    if code in (_QUOTA, _BUSY):
        message = "its quota is used up for the moment; run the same command again later"
        raise BusyError(SERVICE.title, message)
    if code == _NO_DATA:
        raise NotFoundError(SERVICE.title, "it has nothing of this kind")
    raise ServiceError(SERVICE.title, f"it does not take the request ({text(error, 'message')})")


def without_previews(answer: Any) -> Any:
    """Replace addresses that expire by whether there is one, however deep they lie."""
    if isinstance(answer, dict):
        kept = {
            name: without_previews(value) for name, value in answer.items() if name != "preview"
        }
        if "preview" in answer:
            kept["has_preview"] = bool(answer["preview"])
        return kept
    if isinstance(answer, list):
        return [without_previews(value) for value in answer]
    return answer


def _get(session: Session, path: str, **params: str | int) -> Any:
    return session.get_json(SERVICE, path, params=params, check=check, scrub=without_previews)


def _quoted(words: str) -> str:
    return " ".join(words.replace('"', " ").split())


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
    full = offer_of(_get(session, f"/track/{offer.id}"))
    return replace(
        offer,
        isrc=full.isrc or offer.isrc,
        year=full.year or offer.year,
        duration=full.duration or offer.duration,
        has_preview=full.has_preview,
    )


def _offer(row: dict[str, Any]) -> LabelledOffer:
    offer = offer_of(row)
    return LabelledOffer(
        offer,
        licence=LICENCE,
        page=f"https://www.deezer.com/track/{offer.id}",
        why="" if offer.has_preview else "no-preview",
    )
