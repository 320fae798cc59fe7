"""Credits of producers in MusicBrainz's dumps, kept in a database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from linernotes.collect.credits import job_of
from linernotes.datasets.names import fold

# What a release-level producer of these did was to choose, not to shape the sound.
_CHOSEN = frozenset({"Compilation", "DJ-mix", "Mixtape/Street"})
_UNKNOWN = "9999"
_BITS = 2**27
_ID = re.compile(rb'"id": ?"([^"\\]{1,64})"')


class WantedCredits:
    """Whose credits are wanted.

    Parameters
    ----------
    producers
        Names or MBIDs; everybody's without any.
    """

    def __init__(self, producers: Iterable[str]) -> None:
        self.names = tuple(producers)
        self._folded = {fold(name) for name in self.names}

    def __call__(self, relation: dict[str, Any]) -> bool:
        """Tell whether a relation to an artist is one of them."""
        artist = relation["artist"]
        names = (artist.get("id"), artist.get("name"), relation.get("target-credit"))
        return not self._folded or any(fold(name) in self._folded for name in names if name)


class FoundCredits:
    """The findings so far, in the database.

    Parameters
    ----------
    database
        Where it is kept.
    wanted
        Whose credits.
    """

    def __init__(self, database: sqlite3.Connection, wanted: WantedCredits) -> None:
        self.database, self._wanted = database, wanted
        # One bit for each hash of a recording's id: most releases have none that is known, and
        # need no parsing, which takes four times as long as looking for ids.
        self._bits = bytearray(_BITS // 8)
        for (mbid,) in database.execute("SELECT mbid FROM recording"):
            self._note(mbid)

    def may_tell(self, line: bytes, release: bool) -> bool:
        """Tell whether a line is worth parsing: never wrongly no, seldom wrongly yes."""
        if b'"producer"' in line:
            return True
        return release and any(
            self._bits[place >> 3] >> (place & 7) & 1
            for place in (hash(mbid) % _BITS for mbid in _ID.findall(line))
        )

    def take_recording(self, recording: dict[str, Any]) -> None:
        """Keep a recording and its credits, if it has any that are wanted."""
        jobs = list(_jobs_in(recording, self._wanted))
        if jobs:
            self._keep(recording)
        for job in jobs:
            self._credit((*job, "recording", recording["id"], ""))

    def take_release(self, release: dict[str, Any]) -> None:
        """Keep the credits of a release for its recordings, and be their album."""
        group = release.get("release-group") or {}
        chosen = not _CHOSEN.isdisjoint(group.get("secondary-types") or ())
        jobs = [] if chosen else list(_jobs_in(release, self._wanted))
        rank = _rank(release, group)
        for medium in release.get("media") or ():
            for track in medium.get("tracks") or ():
                recording = track.get("recording")
                if not recording:
                    continue
                # Dumps may hold the recordings' own credits here as well.
                self.take_recording(recording)
                if jobs:
                    self._keep(recording)
                for job in jobs:
                    self._credit((*job, "release", recording["id"], release["id"]))
                self.database.execute(
                    "UPDATE recording SET album = ?, release_mbid = ?, rank = ? "
                    "WHERE mbid = ? AND rank > ?",
                    (release.get("title"), release["id"], rank, recording["id"], rank),
                )

    def _note(self, mbid: str) -> None:
        place = hash(mbid.encode()) % _BITS
        self._bits[place >> 3] |= 1 << (place & 7)

    def _keep(self, recording: dict[str, Any]) -> None:
        artist = "".join(
            (part.get("name") or part["artist"]["name"]) + (part.get("joinphrase") or "")
            for part in recording.get("artist-credit") or ()
        )
        length = recording.get("length")
        self.database.execute(
            "INSERT INTO recording VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, '~') ON CONFLICT DO "
            "UPDATE SET isrc = coalesce(nullif(isrc, ''), excluded.isrc), "
            "year = coalesce(nullif(year, ''), excluded.year)",
            (
                recording["id"],
                recording.get("title") or "",
                artist,
                (recording.get("first-release-date") or "")[:4],
                " ".join(sorted(recording.get("isrcs") or ())),
                length / 1000 if length else None,
            ),
        )
        self._note(recording["id"])

    def _credit(self, credit: tuple[str, ...]) -> None:
        self.database.execute("INSERT OR IGNORE INTO credit VALUES (?, ?, ?, ?, ?, ?)", credit)


def _rank(release: dict[str, Any], group: dict[str, Any]) -> str:
    """Order releases: official albums first, then by date; the smallest is a track's album."""
    doubts = (
        release.get("status") != "Official",
        bool(group.get("secondary-types")),
        group.get("primary-type") != "Album",
    )
    date = group.get("first-release-date") or release.get("date") or _UNKNOWN
    return f"{sum(doubts)} {date} {release.get('date') or _UNKNOWN} {release['id']}"


def _jobs_in(document: dict[str, Any], wanted: WantedCredits) -> Iterator[tuple[str, str, str]]:
    for relation in document.get("relations") or ():
        if relation.get("type") != "producer" or not relation.get("artist"):
            continue
        if wanted(relation):
            artist = relation["artist"]
            yield artist["id"], artist["name"], job_of(relation.get("attributes") or ())
