"""Wikidata: which songs and albums somebody produced (P162). In the public domain (CC0)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from linernotes.collect.credits import Claim, Level
from linernotes.collect.http import Service, Session
from linernotes.collect.json_fields import item, items, text

SERVICE = Service(
    "wikidata", "Wikidata", "https://query.wikidata.org/sparql", requests=1, seconds=1
)
# Songs, singles, musical works, music tracks with vocals and without; all else is an album.
_SONGS = frozenset({"Q7366", "Q134556", "Q105543609", "Q55850593", "Q55850643"})
_MBID = re.compile(r"[0-9a-f-]{36}")

# P434: MusicBrainz artist, P436: release group, P4404: recording; P175: performer, P31: is a.
_WORKS = """
SELECT ?work ?workLabel ?kind ?performerLabel ?otherLabel ?group ?recording WHERE {{
  ?producer wdt:P434 "{mbid}" .
  ?work wdt:P162 ?producer ; wdt:P162 ?other ; wdt:P175 ?performer .
  OPTIONAL {{ ?work wdt:P31 ?kind . }}
  OPTIONAL {{ ?work wdt:P436 ?group . }}
  OPTIONAL {{ ?work wdt:P4404 ?recording . }}
  SERVICE wikibase:label {{ bd:serviceParam wikibase:language "en,mul,de,fr,es,it,ja" . }}
}} ORDER BY ?work LIMIT 20000
"""
_ARTICLE = """
SELECT ?article WHERE {{
  ?producer wdt:P434 "{mbid}" . ?article schema:about ?producer ;
  schema:isPartOf <https://en.wikipedia.org/> .
}} LIMIT 1
"""


@dataclass(frozen=True)
class Work:
    """A song or an album of which a source tells who produced it.

    Parameters
    ----------
    title, artist
        What it is.
    claims
        Who produced it.
    mbids
        MusicBrainz identifiers of its recordings, if the source tells.
    """

    title: str
    artist: str
    claims: tuple[Claim, ...]
    mbids: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Whether it is a song or an album."""
        return self.claims[0].level


def works_by(session: Session, mbid: str) -> list[Work]:
    """Return what somebody produced, by MusicBrainz identifier, with everybody who did."""
    rows = _query(session, _WORKS.format(mbid=_checked(mbid)))
    by_work: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_work[row.get("work", "")].append(row)
    found = []
    for work, told in sorted(by_work.items()):
        title, performers = (
            told[0].get("workLabel", ""),
            {row.get("performerLabel", "") for row in told},
        )
        mbids = tuple(sorted({row["recording"] for row in told if row.get("recording")}))
        kinds = {row.get("kind", "").rpartition("/")[2] for row in told}
        level: Level = "recording" if mbids or kinds & _SONGS else "release"
        producers = sorted({row.get("otherLabel", "") for row in told} - {""})
        # A work without a title is named by its number.
        if not title or re.fullmatch(r"Q\d+", title) or not producers:
            continue
        claims = tuple(Claim(name, "producer", level, SERVICE.name, work) for name in producers)
        found += [Work(title, artist, claims, mbids) for artist in sorted(performers - {""})]
    return found


def article_about(session: Session, mbid: str) -> str | None:
    """Return the title of the English Wikipedia's article on somebody, if there is one."""
    for row in _query(session, _ARTICLE.format(mbid=_checked(mbid))):
        _, found, title = row.get("article", "").partition("/wiki/")
        if found:
            return unquote(title).replace("_", " ")
    return None


def _query(session: Session, query: str) -> list[dict[str, str]]:
    params = {"query": " ".join(query.split()), "format": "json"}
    answer = session.get_json(
        SERVICE, "", params=params, headers={"Accept": "application/sparql-results+json"}
    )
    return [_values(row) for row in items(item(answer, "results"), "bindings")]


def _values(row: dict[str, Any]) -> dict[str, str]:
    return {name: text(cell, "value") for name, cell in row.items() if isinstance(cell, dict)}


def _checked(mbid: str) -> str:
    if not _MBID.fullmatch(mbid):
        raise ValueError(f"{mbid!r} is no MBID")
    return mbid
