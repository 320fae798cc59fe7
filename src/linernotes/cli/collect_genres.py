"""``linernotes collect genres``: tracks by genre, from services that list them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from linernotes.collect import itunes
from linernotes.collect.collection_folder import unlisted_line
from linernotes.collect.genre_sources import (
    SERVICES,
    GenreError,
    GenreRequest,
    GenreRules,
    most_requests,
)
from linernotes.collect.genres import GenreSummary, collect_genres
from linernotes.collect.http import Session, Settings, read_settings
from linernotes.display import printable

_INTERRUPTED = 130


def collect_by_genre(
    genres: Sequence[str],
    *,
    folder: Path,
    service: str,
    rules: GenreRules,
    terms_accepted: bool = False,
    contact: str | None = None,
    cache: Path | None = None,
    offline: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
) -> tuple[int, int]:
    """Collect tracks by genre into a folder, and say truly how it went.

    Returns
    -------
    done, failed
        Tracks, and classes that came to nothing or were not finished.

    Raises
    ------
    GenreError
        The terms of the service are not accepted.
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    if service not in SERVICES:
        raise GenreError(f"there is no service {service!r}; there are {', '.join(SERVICES)}")
    if service == "itunes" and not terms_accepted:
        raise GenreError(itunes.TERMS)
    requests = [GenreRequest.of(text) for text in genres]
    settings = read_settings(contact=contact, cache=cache)
    if dry_run:
        _show_estimate(requests, service, rules, settings, as_json=as_json)
        return 1, 0
    from linernotes.audio import probe

    with Session(settings=settings, offline=offline) as session:
        try:
            with messages.status("") as status:
                summary = collect_genres(
                    requests,
                    service,
                    folder,
                    session=session,
                    rules=rules,
                    check=probe,
                    say=lambda label, text: status.update(printable(f"{label}: {text}")),
                    waiting=lambda: messages.print(
                        "another run is at work on this folder; waiting for it", markup=False
                    ),
                )
        except KeyboardInterrupt:
            messages.print("stopped; everything fetched is kept, run the same command to go on")
            raise SystemExit(_INTERRUPTED) from None
        sent = sum(session.requests.values())
    if as_json:
        print(json.dumps(asdict(summary)), flush=True)
    for line in _lines(summary, folder, sent):
        messages.print(printable(line), markup=False)
    empty = sum(not count for count in summary.tracks.values())
    return sum(summary.tracks.values()), empty or bool(summary.stopped or summary.problems)


def _show_estimate(
    requests: Sequence[GenreRequest],
    service: str,
    rules: GenreRules,
    settings: Settings,
    *,
    as_json: bool,
) -> None:
    from linernotes.collect import deezer, itunes, jamendo, spotify

    known = {module.SERVICE.name: module.SERVICE for module in (deezer, itunes, jamendo, spotify)}
    count = most_requests(requests, service, rules)
    seconds = count * max(settings.service(known[service]).interval, 0.3)
    if as_json:
        print(json.dumps({"service": service, "requests": count, "seconds": seconds}))
        return
    minutes = max(1, round(seconds / 60))
    text = f"{known[service].title}: about {count} requests, {minutes} min, less what is here"
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def _lines(summary: GenreSummary, folder: Path, sent: int) -> list[str]:
    lines = []
    for label, count in summary.tracks.items():
        lines.append(f"{label}: {count} tracks")
        reasons = summary.missing[label].items()
        told = [f"{many} {why}" for why, many in sorted(reasons, key=lambda pair: -pair[1])]
        if told:
            lines.append(f"  left out: {', '.join(told)}")
    lines += summary.problems
    total = sum(summary.tracks.values())
    lines.append(f"{total} tracks in {folder / 'tracks.csv'}; {sent} requests sent")
    if summary.unlisted:
        lines.append(unlisted_line(folder, summary.unlisted))
    if summary.stopped:
        lines.append(f"stopped: {summary.stopped}; run the same command to go on")
    elif sum(count > 0 for count in summary.tracks.values()) > 1:
        lines.append(f"next: linernotes train {folder} --label genre")
    return lines
