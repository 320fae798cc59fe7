"""A producer's work out of a table of credits, such as `musicbrainz_dump` writes it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linernotes.collect.credits import Claim, Level
from linernotes.collect.http import NotFoundError
from linernotes.collect.json_fields import number
from linernotes.collect.musicbrainz import Person, Recording, Release
from linernotes.collect.producers import Candidate, in_turn
from linernotes.collect.wikidata import Work
from linernotes.datasets.names import fold
from linernotes.errors import SourceError

_NEEDED = ("producer", "producer_mbid", "job", "level", "title", "artist", "album", "mbid")


@dataclass
class TableDiscography:
    """A producer's work as a table tells it; see `producers.Discography`."""

    path: Path
    person: Person
    names: tuple[str, ...]
    works: tuple[Work, ...] = ()
    notes: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    other_jobs: dict[str, str] = field(default_factory=dict)

    def candidates(self, said: Sequence[Work] = ()) -> Iterator[Candidate]:  # noqa: ARG002
        """Yield recordings album by album, artists in turn; the table alone tells of them."""
        self.known |= {row["mbid"] for row in _rows(self.path) if self._is_his(row)}
        by_recording: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in _rows(self.path):
            if row["mbid"] in self.known:
                by_recording[row["mbid"]].append(row)
        by_album: dict[Release, list[str]] = defaultdict(list)
        for mbid, rows in by_recording.items():
            # A recording may be on several releases; the table's order makes one the first.
            first = rows[0]
            artist, date = first["artist"], first.get("year") or ""
            by_album[Release(f"{first['album']} {artist}", first["album"], artist, date)].append(
                mbid
            )
        for release in in_turn(by_album):
            for mbid in by_album[release]:
                rows = by_recording[mbid]
                claims = tuple(sorted({_claim(row) for row in rows}))
                yield Candidate(_recording(rows[0]), claims)

    def _is_his(self, row: dict[str, str]) -> bool:
        return row["producer_mbid"] == self.person.mbid


def look_up_in(path: Path, name: str) -> TableDiscography:
    """Find a producer in a table of credits.

    Raises
    ------
    NotFoundError
        Nobody of this name or MBID is in it.
    SourceError
        The file is no such table.
    """
    people: dict[str, str] = {}
    for row in _rows(path):
        if fold(row["producer"]) == fold(name) or row["producer_mbid"] == name.strip().lower():
            people.setdefault(row["producer_mbid"], row["producer"])
    if not people:
        raise NotFoundError(path.name, f"it has no credits of {name}")
    mbid = min(people)
    notes = []
    if len(people) > 1:
        notes.append(f"several are called {name}; taken is {mbid} of {', '.join(sorted(people))}")
    person = Person(mbid, people[mbid], (people[mbid],))
    return TableDiscography(path, person, person.names, notes=notes)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if lacking:
                raise SourceError(f"{path} is no table of credits: it has no {lacking[0]}")
            for row in reader:
                if None not in row.values() and row["mbid"]:
                    yield row
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read ({error})") from error


def _claim(row: dict[str, str]) -> Claim:
    level: Level = "release" if row["level"] == "release" else "recording"
    mbid = (row.get("release_mbid") or row["mbid"]) if level == "release" else row["mbid"]
    source = (row.get("source") or "table").removesuffix("-dump")
    return Claim(row["producer"], row["job"], level, source,
                 f"https://musicbrainz.org/{level}/{mbid}")  # fmt: skip


def _recording(row: dict[str, str]) -> Recording:
    isrcs: Sequence[str] = (row.get("isrc") or "").replace(";", " ").split()
    return Recording(
        mbid=row["mbid"],
        title=row["title"],
        artist=row["artist"],
        album=row["album"],
        year=row.get("year") or "",
        duration=number(row, "duration"),
        isrcs=tuple(isrcs),
    )
