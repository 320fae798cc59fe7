"""Wikipedia: the categories "… produced by …" and the infoboxes of what is in them.

Texts of Wikipedia are under CC BY-SA; only the facts are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from linernotes.collect.credits import Claim, Level
from linernotes.collect.http import BusyError, Service, ServiceError, Session
from linernotes.collect.infobox import Infobox, read_infobox
from linernotes.collect.json_fields import item, items, number, text
from linernotes.collect.wikidata import Work

SERVICE = Service(
    "wikipedia", "Wikipedia", "https://en.wikipedia.org/w/api.php", requests=2, seconds=1
)
_PAGE = "https://en.wikipedia.org/wiki/"
_CATEGORIES = ("Albums produced by", "Song recordings produced by")
_MOST_CALLS = 60
_TITLES_AT_ONCE = 50
_CONTENT: dict[str, str | int] = {
    "action": "query", "format": "json", "formatversion": 2, "maxlag": 5,
    "prop": "revisions", "rvprop": "content", "rvslots": "main",
}  # fmt: skip


def works_by(session: Session, name: str) -> list[Work]:
    """Return what is in the categories of a producer, by the title of his article.

    The category is one claim; what the infobox of the page says are others.
    """
    found = []
    for category in _CATEGORIES:
        for page in _pages(session, f"Category:{category} {name}"):
            work = _work(page, name)
            if work is not None:
                found.append(work)
    return found


def pages_about(session: Session, albums: Sequence[tuple[str, str]]) -> list[Work]:
    """Return what the infoboxes of albums say, by title and artist, as far as there are pages.

    The artist may be empty. A page found may be about another album of the title: its own
    artist, as the infobox has it, tells.
    """
    titles: dict[str, None] = {}
    for title, artist in albums:
        plain = title.replace("|", " ").strip()
        if plain:
            ways = (f"{plain} ({artist} album)", f"{plain} (album)", plain)
            titles |= dict.fromkeys(ways if artist else ways[1:])
    wanted = list(titles)
    found = []
    for first in range(0, len(wanted), _TITLES_AT_ONCE):
        some = "|".join(wanted[first : first + _TITLES_AT_ONCE])
        for page in _read(session, {**_CONTENT, "titles": some, "redirects": 1}):
            work = _work(page, None)
            if work is not None:
                found.append(work)
    return found


def _pages(session: Session, category: str) -> Iterator[dict[str, Any]]:
    return _read(
        session,
        {
            **_CONTENT, "generator": "categorymembers", "gcmtitle": category,
            "gcmnamespace": 0, "gcmlimit": 50,
        },
    )  # fmt: skip


def _read(session: Session, params: dict[str, str | int]) -> Iterator[dict[str, Any]]:
    for _ in range(_MOST_CALLS):
        answer = session.get_json(SERVICE, "", params=params, check=_check)
        yield from items(item(answer, "query"), "pages")
        onwards = item(answer, "continue")
        if not onwards:
            return
        params |= {name: text(onwards, name) for name in onwards}


def _check(answer: Any) -> None:
    error = item(answer, "error")
    if text(error, "code") in ("maxlag", "ratelimited"):
        message = "its servers are behind with their work; run the same command again later"
        raise BusyError(SERVICE.title, message, retry_after=number(error, "lag") or 5.0)
    if error:
        raise ServiceError(SERVICE.title, f"it does not take the request ({text(error, 'code')})")


def _work(page: dict[str, Any], name: str | None) -> Work | None:
    revisions = items(page, "revisions")
    slot = item(item(revisions[0], "slots"), "main") if revisions else {}
    box = read_infobox(text(slot, "content")) or Infobox()
    title = box.name or text(page, "title").partition(" (")[0]
    if not title or not box.artist:
        return None
    url = _PAGE + text(page, "title").replace(" ", "_")
    level: Level = "recording" if box.is_song else "release"
    # Being in the category is a claim of its own.
    claims = [Claim(name, "producer", level, SERVICE.name, url)] if name else []
    claims += [Claim(who, job, level, SERVICE.name, url) for who, job in box.producers]
    return Work(title, box.artist, tuple(dict.fromkeys(claims))) if claims else None
