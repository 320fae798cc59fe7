"""Whole tracks under Creative Commons licences, from Jamendo.

Jamendo asks for a free key (devportal.jamendo.com). Musicians say themselves what genre their
tracks are, and whether they may be downloaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    NotFoundError,
    RefusedError,
    Service,
    Session,
    SettingsError,
)
from linernotes.collect.json_fields import item, items, number, text
from linernotes.collect.matching import LabelledOffer, Offer
from linernotes.datasets.names import fold

SERVICE = Service(
    "jamendo",
    "Jamendo",
    "https://api.jamendo.com/v3.0",
    requests=2,
    seconds=1,
    hosts=(".jamendo.com",),
)
LICENCE = "each track has its own Creative Commons licence"
_PAGE = 200
_KEY = "jamendo_client_id"
# What its response codes stand for; all of them come with HTTP 200.
_WRONG_KEY, _QUOTA, _SUSPENDED = 5, 6, 11


def genre_offers(session: Session, genre: str) -> Iterator[LabelledOffer]:
    """List the tracks whose musicians call them by a genre, the most popular first.

    Parameters
    ----------
    session
        What asks.
    genre
        Such as "jazz" or "hip hop".

    Raises
    ------
    SettingsError
        There is no key.
    ServiceError
        One of its kinds.
    """
    # Jamendo writes its tags in one word.
    tag = fold(genre).replace(" ", "")
    yield from _pages(session, "/tracks", {"tags": tag, "order": "popularity_total"}, tag)


def playlist_offers(session: Session, playlist: str) -> Iterator[LabelledOffer]:
    """List the tracks of a playlist, by its number.

    Raises
    ------
    SettingsError, ServiceError
        See `genre_offers`.
    """
    yield from _pages(session, "/playlists/tracks", {"id": playlist}, None)


def preview_url(session: Session, offer: Offer) -> str:  # noqa: ARG001 - as the others have it
    """Return the address of a track's audio.

    Raises
    ------
    NotFoundError
        It may not be downloaded.
    """
    if not offer.url:
        raise NotFoundError(SERVICE.title, "its musicians do not allow this track to be downloaded")
    return offer.url


def _pages(
    session: Session, path: str, params: dict[str, str | int], tag: str | None
) -> Iterator[LabelledOffer]:
    key = session.settings.key(_KEY)
    if not key:
        raise SettingsError(
            "Jamendo needs a key: get one at devportal.jamendo.com, and set "
            "LINERNOTES_JAMENDO_CLIENT_ID or jamendo_client_id under [keys] in the settings"
        )
    offset = 0
    while True:
        answer = session.get_json(
            SERVICE,
            path,
            params={**params, "format": "json", "limit": _PAGE, "offset": offset,
                    "include": "musicinfo", "audioformat": "mp32", "audiodlformat": "mp32"},
            secrets={"client_id": key},
            check=_check,
        )  # fmt: skip
        rows = items(answer, "results")
        # A playlist's tracks lie one level deeper.
        tracks = [track for row in rows for track in items(row, "tracks")] or rows
        for track in tracks:
            if text(track, "id") and _is_of(track, tag):
                yield _offer(track)
        if len(tracks) < _PAGE:
            return
        offset += _PAGE


def _check(answer: Any) -> None:
    headers = item(answer, "headers")
    code = number(headers, "code")
    if code == 0 and "results" in answer:
        return
    said = text(headers, "error_message") or "it says no more"
    if code in (_WRONG_KEY, _SUSPENDED):
        raise RefusedError(SERVICE.title, f"it does not take the key ({said}); check it")
    if code == _QUOTA:
        raise BusyError(SERVICE.title, "its quota is used up; run the same command again later")
    raise AnswerError(SERVICE.title, f"it does not take the request ({said})")


def _is_of(track: dict[str, Any], tag: str | None) -> bool:
    """Tell whether a genre is named as such, not only somewhere among the tags."""
    genres = item(item(track, "musicinfo"), "tags").get("genres")
    if tag is None or not isinstance(genres, list):
        return True
    return tag in [fold(str(genre)).replace(" ", "") for genre in genres]


def _offer(track: dict[str, Any]) -> LabelledOffer:
    url = text(track, "audiodownload")
    allowed = bool(url) and track.get("audiodownload_allowed", True) is not False
    return LabelledOffer(
        Offer(
            SERVICE.name,
            text(track, "id"),
            text(track, "name"),
            text(track, "artist_name"),
            text(track, "album_name"),
            duration=number(track, "duration"),
            has_preview=allowed,
            url=url if allowed else "",
            year=text(track, "releasedate")[:4],
        ),
        licence=text(track, "license_ccurl"),
        page=text(track, "shareurl"),
        why="" if allowed else "download-not-allowed",
    )
