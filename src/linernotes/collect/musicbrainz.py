"""MusicBrainz: who produced what, recording by recording and release by release.

Its core data is in the public domain (CC0). It wants a name and a contact from whoever asks,
and one request a second at most; whoever asks more gets nothing at all for a while.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from linernotes.collect.credits import Claim, Level, job_of
from linernotes.collect.http import NotFoundError, Service, Session
from linernotes.collect.json_fields import item, items, number, text
from linernotes.datasets.names import fold

SERVICE = Service("musicbrainz", "MusicBrainz", "https://musicbrainz.org/ws/2")
_PAGE = "https://musicbrainz.org"
_AT_ONCE = 50
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Whoever "produces" such a release chooses what is on it.
_CHOSEN = frozenset({"Compilation", "DJ-mix", "Mixtape/Street"})


@dataclass(frozen=True)
class Person:
    """A producer.

    Parameters
    ----------
    mbid, name
        As MusicBrainz has them.
    names
        The name, the sorted one and every alias.
    note
        Who it is, where several bear the name.
    namesakes
        Others of the same name, each with what tells them apart.
    """

    mbid: str
    name: str
    names: tuple[str, ...]
    note: str = ""
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Credit:
    """A recording or release that somebody is credited on.

    Parameters
    ----------
    mbid, title, date
        Of the recording or release.
    job
        What the credit is for; see `credits.job_of`.
    """

    mbid: str
    title: str
    job: str
    date: str = ""


@dataclass(frozen=True)
class Recording:
    """A recording as it appears on a release.

    Parameters
    ----------
    mbid, title, artist, album, year
        What it is; the artist with guests.
    duration
        Seconds, if known.
    isrcs
        Its recording codes.
    note
        What tells it from others of the title, and the kind of its release.
    claims
        Who produced it, after MusicBrainz.
    video
        Whether it is a video.
    """

    mbid: str
    title: str
    artist: str
    album: str
    year: str = ""
    duration: float | None = None
    isrcs: tuple[str, ...] = ()
    note: str = ""
    claims: tuple[Claim, ...] = field(default=(), repr=False)
    video: bool = False


@dataclass(frozen=True)
class Release:
    """A release: an album, a single.

    Parameters
    ----------
    mbid, title, artist
        What it is; title and artist may not be known yet.
    date
        As far as known: ``"1980-10-08"``, ``"1980"``, ``""``.
    """

    mbid: str
    title: str
    artist: str = ""
    date: str = ""


def find_person(session: Session, name: str) -> Person:
    """Find a producer by name or MBID.

    Of several people with the name, the one that MusicBrainz ranks first is taken, and the
    others are told as ``namesakes``.

    Raises
    ------
    NotFoundError
        Nobody has this name.
    """
    if _MBID.fullmatch(name.strip().lower()):
        answer = session.get_json(
            SERVICE, f"/artist/{name.strip().lower()}", params={"inc": "aliases", "fmt": "json"}
        )
        return _person(answer)
    query = f'artist:"{_escaped(name)}" OR alias:"{_escaped(name)}"'
    answer = session.get_json(
        SERVICE, "/artist", params={"query": query, "limit": 25, "fmt": "json"}
    )
    people = [_person(row) for row in items(answer, "artists")]
    wanted = fold(name)
    same = [person for person in people if fold(person.name) == wanted]
    same = same or [person for person in people if wanted in map(fold, person.names)]
    if not same:
        near = ", ".join(person.name for person in people[:3])
        hint = f"; did you mean {near}?" if near else ""
        raise NotFoundError(SERVICE.title, f"it knows nobody called {name}{hint}")
    first, *rest = same
    namesakes = tuple(f"{person.mbid} ({person.note or 'no description'})" for person in rest)
    return Person(first.mbid, first.name, first.names, first.note, namesakes)


def credits_of(session: Session, mbid: str) -> tuple[list[Credit], list[Credit]]:
    """Return the recordings and the releases that somebody is credited as a producer of."""
    answer = session.get_json(
        SERVICE, f"/artist/{mbid}", params={"inc": "recording-rels release-rels", "fmt": "json"}
    )
    found: dict[str, dict[str, Credit]] = {"recording": {}, "release": {}}
    for relation in items(answer, "relations"):
        kind = text(relation, "target-type")
        target = item(relation, kind)
        if text(relation, "type") != "producer" or kind not in found or not text(target, "id"):
            continue
        credit = Credit(text(target, "id"), text(target, "title"), _job(relation),
                        text(target, "date"))  # fmt: skip
        found[kind].setdefault(credit.mbid, credit)
    return list(found["recording"].values()), list(found["release"].values())


def releases_of(session: Session, recordings: Sequence[str]) -> dict[str, Release]:
    """Return the release that a recording first came out on, for many of them at once.

    An official album of one artist is preferred to compilations, singles and bootlegs.
    """
    found: dict[str, Release] = {}
    for first in range(0, len(recordings), _AT_ONCE):
        some = recordings[first : first + _AT_ONCE]
        params: dict[str, str | int] = {
            "query": f"rid:({' OR '.join(some)})", "limit": 100, "fmt": "json",
        }  # fmt: skip
        for row in items(session.get_json(SERVICE, "/recording", params=params), "recordings"):
            releases = items(row, "releases")
            if releases:
                best = min(releases, key=_rank)
                found[text(row, "id")] = Release(
                    text(best, "id"), text(best, "title"), artist_of(row), text(best, "date")
                )
    return found


def find_release(session: Session, title: str, artist: str) -> Release | None:
    """Find an album by title and artist."""
    query = f'release:"{_escaped(title)}" AND artist:"{_escaped(artist)}"'
    params: dict[str, str | int] = {"query": query, "limit": 25, "fmt": "json"}
    rows = items(session.get_json(SERVICE, "/release", params=params), "releases")
    same = [
        row for row in rows
        if fold(text(row, "title")) == fold(title) and fold(artist) in fold(artist_of(row))
    ]  # fmt: skip
    if not same:
        return None
    best = min(same, key=_rank)
    return Release(text(best, "id"), text(best, "title"), artist_of(best), text(best, "date"))


def recordings_on(session: Session, release: str) -> list[Recording]:
    """Return the recordings on a release, each with what is claimed of it and of the release."""
    inc = "recordings artist-credits isrcs release-groups artist-rels recording-level-rels"
    answer = session.get_json(SERVICE, f"/release/{release}", params={"inc": inc, "fmt": "json"})
    group = item(answer, "release-group")
    kinds = [kind for kind in group.get("secondary-types", []) if isinstance(kind, str)]
    of_release = []
    if not _CHOSEN & set(kinds):
        of_release = _claims(answer, "release", f"{_PAGE}/release/{text(answer, 'id')}")
    note = " ".join(kind for kind in kinds if kind in ("Live", "Remix", "Demo", "Interview"))
    year = (text(group, "first-release-date") or text(answer, "date"))[:4]
    found = []
    for medium in items(answer, "media"):
        for track in items(medium, "tracks"):
            row = item(track, "recording")
            length = number(track, "length") or number(row, "length")
            mbid = text(row, "id")
            if not mbid:
                continue
            found.append(
                Recording(
                    mbid=mbid,
                    title=text(row, "title") or text(track, "title"),
                    artist=artist_of(track) or artist_of(row) or artist_of(answer),
                    album=text(answer, "title"),
                    year=year,
                    duration=length / 1000 if length else None,
                    isrcs=_isrcs(row),
                    note=" ".join(part for part in (text(row, "disambiguation"), note) if part),
                    claims=(*_claims(row, "recording", f"{_PAGE}/recording/{mbid}"), *of_release),
                    video=row.get("video") is True,
                )
            )
    return found


def artist_of(row: Any) -> str:
    """Return an artist credit as it is printed: names and what joins them."""
    parts = []
    for credit in items(row, "artist-credit"):
        name = text(credit, "name") or text(item(credit, "artist"), "name")
        parts.append(name + text(credit, "joinphrase"))
    return "".join(parts).strip()


def _person(row: Any) -> Person:
    names = [text(row, "name"), text(row, "sort-name")]
    names += [text(alias, "name") for alias in items(row, "aliases")]
    names = list(dict.fromkeys(name for name in names if name))
    return Person(text(row, "id"), text(row, "name"), tuple(names), text(row, "disambiguation"))


def _claims(row: Any, level: Level, url: str) -> list[Claim]:
    return [
        Claim(text(item(relation, "artist"), "name"), _job(relation), level, SERVICE.name, url)
        for relation in items(row, "relations")
        if text(relation, "type") == "producer" and text(item(relation, "artist"), "name")
    ]


def _job(relation: Any) -> str:
    attributes = relation.get("attributes")
    named: Iterable[Any] = attributes if isinstance(attributes, list) else []
    return job_of(attribute for attribute in named if isinstance(attribute, str))


def _isrcs(row: Any) -> tuple[str, ...]:
    codes = row.get("isrcs")
    found = [code if isinstance(code, str) else text(code, "id")
             for code in (codes if isinstance(codes, list) else [])]  # fmt: skip
    return tuple(sorted(code for code in found if re.fullmatch(r"[A-Z0-9]{12}", code)))


def _rank(release: Any) -> tuple[bool, bool, bool, str, str]:
    group = item(release, "release-group")
    return (
        text(release, "status") not in ("Official", ""),
        bool(group.get("secondary-types")),
        text(group, "primary-type") != "Album",
        text(release, "date") or "9999",
        text(release, "id"),
    )


def _escaped(words: str) -> str:
    """Return words for within the quotes of a Lucene query."""
    return words.replace("\\", r"\\").replace('"', r"\"")
