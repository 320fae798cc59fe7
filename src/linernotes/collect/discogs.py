"""Discogs: the credits printed on records. Asked only by whoever has a token.

The token is sent in a header, never in an address.
"""

from __future__ import annotations

import re

from linernotes.collect.credits import Claim, job_of
from linernotes.collect.http import Service, Session
from linernotes.collect.json_fields import items, text
from linernotes.collect.wikidata import Work
from linernotes.datasets.names import fold

SERVICE = Service("discogs", "Discogs", "https://api.discogs.com", requests=55, seconds=60)
KEY = "discogs_token"

_PRODUCER = re.compile(r"^(?:(Co|Executive|Additional|Associate|Assistant)[- ])?Producer$", re.I)


def work_about(session: Session, title: str, artist: str, *, token: str) -> Work | None:
    """Return who produced an album, as its sleeve says; ``None`` if it is not there.

    Credits of some of its tracks alone are left out: which tracks Discogs means by "A1 to A4"
    differs between pressings.
    """
    headers = {"Authorization": f"Discogs token={token}"}
    params: dict[str, str | int] = {
        "artist": artist, "release_title": title, "type": "release", "per_page": 10,
    }  # fmt: skip
    found = session.get_json(SERVICE, "/database/search", params=params, headers=headers)
    wanted = fold(f"{artist} - {title}")
    for row in items(found, "results"):
        # It numbers artists of one name: "Nirvana (2) - Nevermind".
        if fold(re.sub(r" \(\d+\)(?= - )", "", text(row, "title"))) != wanted:
            continue
        number = text(row, "id")
        release = session.get_json(SERVICE, f"/releases/{number}", headers=headers)
        url = f"https://www.discogs.com/release/{number}"
        claims = dict.fromkeys(
            Claim(_name(credit), job, "release", SERVICE.name, url)
            for credit in items(release, "extraartists")
            if not text(credit, "tracks")
            for job in _jobs(text(credit, "role"))
        )
        return Work(title, artist, tuple(claims)) if claims else None
    return None


def _jobs(role: str) -> list[str]:
    """Read jobs from a role such as "Producer, Engineer [Recording]"."""
    found = []
    for part in re.sub(r"\[[^\[\]]*\]", "", role).split(","):
        match = _PRODUCER.match(part.strip())
        if match:
            found.append(job_of([match[1]] if match[1] else []))
    return found


def _name(credit: object) -> str:
    return re.sub(r" \(\d+\)$", "", text(credit, "name"))
