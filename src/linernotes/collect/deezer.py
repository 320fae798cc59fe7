"""Deezer: previews of half a minute for most of what was ever published. No key.

It reports errors within answers that look well (HTTP 200), a used-up quota included. The
addresses of previews are signed and expire, so they are never kept: what is kept tells only
whether there is one, and the address is asked for when it is needed.
"""

from __future__ import annotations

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
from linernotes.collect.matching import Offer, Wanted
from linernotes.collect.versions import split_title

SERVICE = Service(
    "deezer", "Deezer", "https://api.deezer.com",
    requests=50, seconds=5, hosts=(".dzcdn.net", ".deezer.com"),
)  # fmt: skip
LICENCE = "30-second preview from Deezer: to listen to and analyse, not to pass on"

_QUOTA, _BUSY, _NO_DATA = 4, 700, 800


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
