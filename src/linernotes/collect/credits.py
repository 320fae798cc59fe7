"""Who produced a track, judged from what several sources claim.

What counts as shaping the sound is the job of *producer* and *co-producer*. Executive,
associate, assistant and additional producers are kept as claims, and are never the label.

1. A credit of the recording (a song) outweighs one of the whole release (an album): albums
   list everybody who produced some of their tracks.
2. Sources that speak of the same level are joined: who any of them names is a producer.
3. A source that names producers, and nowhere the one asked for, contradicts: the track is a
   *conflict*.
4. Where several people produced the track, or it is only known that several produced its
   album, no single label is true: the track is *shared*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from linernotes.datasets.names import fold

Level = Literal["recording", "release"]
MAIN_JOBS = ("producer", "co-producer")
"""The jobs that shape the sound."""

# The weakest attribute tells the job: an "executive co-producer" is executive.
_JOBS = {
    "executive": "executive producer",
    "associate": "associate producer",
    "assistant": "assistant producer",
    "additional": "additional producer",
    "co": "co-producer",
}


@dataclass(frozen=True, order=True)
class Claim:
    """The claim of one source about one track.

    Parameters
    ----------
    producer
        Name as the source writes it.
    job
        "producer", "co-producer", "executive producer", …
    level
        What the source speaks of: the "recording" (song) or the "release" (album).
    source
        "musicbrainz", "wikidata", "wikipedia", "discogs".
    url
        Where it says so.
    """

    producer: str
    job: str
    level: Level
    source: str
    url: str

    @property
    def main(self) -> bool:
        """Whether the job shapes the sound."""
        return self.job in MAIN_JOBS


@dataclass(frozen=True)
class Verdict:
    """Whether a track may bear a producer's name.

    Parameters
    ----------
    reason
        Empty if it may; otherwise why not: "other-job", "other-producer", "shared",
        "conflict".
    producers
        Who produced it, as far as is known.
    detail
        What to tell a person.
    also_asked
        Those of the producers who are asked for as well.
    """

    reason: str
    producers: tuple[str, ...]
    detail: str = ""
    also_asked: tuple[str, ...] = ()


def job_of(attributes: Iterable[str]) -> str:
    """Name the job of a producer from the attributes that MusicBrainz gives it.

    Examples
    --------
    >>> job_of([]), job_of(["co"]), job_of(["co", "executive"])
    ('producer', 'co-producer', 'executive producer')
    """
    named = {attribute.casefold().removesuffix("-") for attribute in attributes}
    return next((job for attribute, job in _JOBS.items() if attribute in named), "producer")


def judge(claims: Sequence[Claim], names: Iterable[str], *, others: Iterable[str] = ()) -> Verdict:
    """Judge whether a track is by the producer asked for, and by nobody else.

    Parameters
    ----------
    claims
        What all sources say of the track.
    names
        Names of the producer asked for: one's own and aliases.
    others
        Names of the other producers asked for, told if they share the track.

    Examples
    --------
    >>> eno = Claim("Brian Eno", "producer", "release", "musicbrainz", "")
    >>> visconti = Claim("Tony Visconti", "producer", "recording", "musicbrainz", "")
    >>> judge([eno], ["Brian Eno"]).reason, judge([eno, visconti], ["Brian Eno"]).reason
    ('', 'other-producer')
    """
    asked = {fold(name) for name in names}
    known = {fold(name): name for name in others}
    main = [claim for claim in claims if claim.main]
    if not any(fold(claim.producer) in asked for claim in main):
        if not main or any(fold(claim.producer) in asked for claim in claims):
            jobs = sorted({claim.job for claim in claims if fold(claim.producer) in asked})
            return Verdict("other-job", (), " and ".join(jobs) or "no credit")
        return Verdict("other-producer", _people(main, asked), _told(main))
    for source in sorted({claim.source for claim in main}):
        said = [claim for claim in main if claim.source == source]
        if not any(fold(claim.producer) in asked for claim in said):
            return Verdict("conflict", _people(main, asked), _told(said))
    level: Level = "recording" if any(claim.level == "recording" for claim in main) else "release"
    at_level = [claim for claim in main if claim.level == level]
    if not any(fold(claim.producer) in asked for claim in at_level):
        return Verdict("other-producer", _people(at_level, asked), _told(at_level))
    people = _people(at_level, asked)
    if len(people) > 1:
        among = tuple(known[fold(name)] for name in people if fold(name) in known)
        also = f" ({' and '.join(among)} asked for as well)" if among else ""
        return Verdict("shared", people, ", ".join(people) + also, among)
    return Verdict("", people)


def _people(claims: Iterable[Claim], asked: set[str]) -> tuple[str, ...]:
    """Names of different people; the producer asked for is one, whatever he is called."""
    found: dict[str, str] = {}
    for claim in sorted(claims):
        name = fold(claim.producer)
        found.setdefault("" if name in asked else name, claim.producer)
    return tuple(found[name] for name in sorted(found))


def _told(claims: Iterable[Claim]) -> str:
    return "; ".join(
        sorted({f"{claim.source} ({claim.level}): {claim.producer}" for claim in claims})
    )
