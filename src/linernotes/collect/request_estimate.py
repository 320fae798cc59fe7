"""How many requests a run will take, and how long, before it is made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from linernotes.collect import discogs, musicbrainz, wikidata, wikipedia
from linernotes.collect.http import Session
from linernotes.collect.previews import Shop
from linernotes.collect.producer_collection import Collector
from linernotes.collect.producer_rules import Rules

# Of recordings with a credit so many are looked for until one is had.
_TRIED = 1.5
# Tracks of a release that bear the label, on average.
_PER_RELEASE = 4
_LATENCY = 0.3


@dataclass(frozen=True)
class RequestEstimate:
    """The requests that a service will get.

    Parameters
    ----------
    service
        The name that people know it by.
    requests
        About how many.
    seconds
        How long they will take at its pace.
    """

    service: str
    requests: int
    seconds: float


def estimate(
    names: Sequence[str],
    *,
    session: Session,
    shops: Sequence[Shop],
    rules: Rules,
    credit_table: Path | None = None,
) -> tuple[list[RequestEstimate], int]:
    """Tell what a run will ask of each service, and how many tracks are here already.

    It goes through the run as far as kept answers carry it, sends nothing, and counts the
    rest from what a track takes on average.

    Parameters
    ----------
    names
        The producers.
    session
        Must be offline.
    shops, rules, credit_table
        As for the run.
    """
    if not session.offline:
        raise ValueError("an estimate must not send anything: give a session that is offline")
    collector = Collector(
        session=session, shops=shops, rules=rules, folder=None, credit_table=credit_table
    )
    known = collector.collect(names)
    asked = (musicbrainz.SERVICE, wikidata.SERVICE, wikipedia.SERVICE)
    counts = {service.name: 0.0 for service in asked}
    counts |= {shop.SERVICE.name: 0.0 for shop in shops}
    for producer in known.producers:
        if producer.complete:
            continue
        left = rules.per_producer - producer.collected
        tried = _TRIED * left
        if credit_table is None:
            counts["musicbrainz"] += math.ceil(tried / 50) + tried / _PER_RELEASE
            if not producer.mbid:
                counts["musicbrainz"] += 2
                counts["wikidata"] += 2
                counts["wikipedia"] += 3
            if session.settings.key(discogs.KEY):
                counts["discogs"] = counts.get("discogs", 0.0) + 2 * tried / _PER_RELEASE
        for shop in shops[:1]:
            # A code and a search, the address of the preview, and the preview.
            counts[shop.SERVICE.name] += 1.5 * tried + 2 * left
        for shop in shops[1:]:
            counts[shop.SERVICE.name] += (_TRIED - 1) * left
    services = [*asked, *([discogs.SERVICE] if "discogs" in counts else [])]
    found = []
    for service in [*services, *(shop.SERVICE for shop in shops)]:
        own, count = session.settings.service(service), math.ceil(counts[service.name])
        found.append(RequestEstimate(service.title, count, count * max(own.interval, _LATENCY)))
    return found, len(known.tracks)
