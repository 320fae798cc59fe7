"""Rules for a set of tracks labelled by producer, and how collecting it went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from linernotes.collect.collection_folder import Caps, Collected


@dataclass(frozen=True)
class Rules:
    """The rules for a set.

    Parameters
    ----------
    per_producer
        Tracks of each producer.
    per_artist, per_album
        At most so many of these among them. (default: a fifth, and a tenth)
    allowed
        Versions that may be taken for the original: "remaster", "live", …; see
        `versions.VERSIONS`.
    keep_shared
        Take tracks of several producers as well, as long as only one of them is asked for.
    keep_conflicts
        Take tracks of which sources say different things, as well.
    balance
        Take equally many tracks of each producer: as many as the least of those has that
        have any.
    """

    per_producer: int = 100
    per_artist: int | None = None
    per_album: int | None = None
    allowed: frozenset[str] = frozenset()
    keep_shared: bool = False
    keep_conflicts: bool = False
    balance: bool = False

    @property
    def caps(self) -> Caps:
        """New caps, with nothing counted yet."""
        return Caps(
            per_artist=self.per_artist or max(1, -(-self.per_producer // 5)),
            per_album=self.per_album or max(1, -(-self.per_producer // 10)),
        )


@dataclass
class ProducerSummary:
    """How it went with one producer.

    Parameters
    ----------
    asked, name, mbid
        What was asked for, and who that is.
    found
        Recordings credited to him, as far as they were looked up.
    collected
        Tracks in the set.
    missing
        How many were left out, by reason and detail.
    notes
        What a person should know.
    complete
        Whether everything was done that could be.
    """

    asked: str
    name: str = ""
    mbid: str = ""
    found: int = 0
    collected: int = 0
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    complete: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return what ``summary.json`` holds."""
        reasons: dict[str, Any] = {}
        for (reason, detail), count in sorted(self.missing.items()):
            entry = reasons.setdefault(reason, {"count": 0})
            entry["count"] += count
            if detail:
                entry.setdefault("of which", {})[detail] = count
        return {
            "producer": self.name or self.asked, "mbid": self.mbid, "found": self.found,
            "collected": self.collected, "missing": reasons, "notes": self.notes,
            "complete": self.complete,
        }  # fmt: skip


@dataclass
class ProducerCollection:
    """The result of a run.

    Parameters
    ----------
    tracks
        The set.
    producers
        How it went with each.
    stopped
        Why it did not come to its end; empty if it did.
    before
        Tracks in the table of an earlier run that came further and was therefore left as it
        is; 0 if the table is of this run.
    unlisted
        Audio files in the folder that its table does not name: of runs that took others.
    """

    tracks: list[Collected] = field(default_factory=list)
    producers: list[ProducerSummary] = field(default_factory=list)
    stopped: str = ""
    before: int = 0
    unlisted: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return what ``summary.json`` holds."""
        return {
            "tracks": len(self.tracks),
            "producers": [producer.as_dict() for producer in self.producers],
            "stopped": self.stopped,
            "unlisted": self.unlisted,
        }
