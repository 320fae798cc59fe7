"""``linernotes collect producers``: a set of tracks labelled by who produced them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from linernotes.collect.collection_folder import only_one_writer, unlisted_line
from linernotes.collect.http import Session, read_settings
from linernotes.collect.previews import Shop
from linernotes.collect.producer_collection import Collector
from linernotes.collect.producer_rules import ProducerCollection, ProducerSummary, Rules
from linernotes.collect.request_estimate import RequestEstimate, estimate
from linernotes.display import printable

_INTERRUPTED = 130


def collect_producers(
    names: Sequence[str],
    *,
    folder: Path,
    rules: Rules,
    itunes: bool = False,
    credit_table: Path | None = None,
    contact: str | None = None,
    cache: Path | None = None,
    offline: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
) -> tuple[int, int]:
    """Collect tracks of producers into a folder, and say truly how it went.

    Returns
    -------
    done, failed
        Tracks, and producers that came short for want of an answer or of any track.

    Raises
    ------
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    settings = read_settings(contact=contact, cache=cache)
    shops = _shops(itunes=itunes)
    if dry_run:
        with Session(settings=settings, offline=True) as session:
            expected, here = estimate(
                names, session=session, shops=shops, rules=rules, credit_table=credit_table
            )
        _show_estimate(expected, here, as_json=as_json)
        return 1, 0
    from linernotes.audio import probe

    with Session(settings=settings, offline=offline) as session:
        try:
            with (
                only_one_writer(
                    folder, settings.cache / "locks", waiting=lambda: messages.print(
                        "another run is at work on this folder; waiting for it", markup=False),
                ),
                messages.status("") as status,
            ):  # fmt: skip
                collector = Collector(
                    session=session, shops=shops, rules=rules, folder=folder,
                    credit_table=credit_table, check=probe,
                    say=lambda name, text: status.update(printable(f"{name}: {text}")),
                )  # fmt: skip
                result = collector.collect(names)
        except KeyboardInterrupt:
            messages.print("stopped; everything fetched is kept, run the same command to go on")
            raise SystemExit(_INTERRUPTED) from None
        sent = sum(session.requests.values())
    if as_json:
        print(json.dumps(result.as_dict()), flush=True)
    _show(result, folder, sent, messages.print)
    short = sum(not one.complete or not one.collected for one in result.producers)
    return len(result.tracks), short + bool(result.stopped)


def _shops(*, itunes: bool) -> list[Shop]:
    from linernotes.collect import deezer
    from linernotes.collect import itunes as store

    return [deezer, store] if itunes else [deezer]


def _show_estimate(found: Sequence[RequestEstimate], here: int, *, as_json: bool) -> None:
    seconds = sum(entry.seconds for entry in found)
    if as_json:
        services = [
            {"service": entry.service, "requests": entry.requests, "seconds": entry.seconds}
            for entry in found
        ]
        print(json.dumps({"services": services, "seconds": seconds, "tracks_here": here}))
        return
    console = Console(highlight=False, soft_wrap=True)
    for entry in found:
        text = f"{entry.service:14}about {entry.requests:6} requests  {_time(entry.seconds)}"
        console.print(text, markup=False)
    console.print(f"{'in all':14}about {sum(entry.requests for entry in found):6} requests  "
                  f"{_time(seconds)}; {here} tracks are here already", markup=False)  # fmt: skip


def _time(seconds: float) -> str:
    minutes = seconds / 60
    if minutes >= 90:
        return f"{minutes / 60:.1f} h"
    return f"{round(minutes)} min" if minutes >= 1 else f"{math.ceil(seconds)} s"


def _show(result: ProducerCollection, folder: Path, sent: int, say: Callable[..., Any]) -> None:
    for producer in result.producers:
        for line in _lines(producer):
            say(printable(line), markup=False)
    table = folder / "tracks.csv"
    last = f"{len(result.tracks)} tracks in {table}; {sent} requests sent"
    if result.before:
        last = (
            f"{len(result.tracks)} tracks; {table} keeps the {result.before} of an earlier run "
            f"that came further; {sent} requests sent"
        )
    say(printable(last), markup=False)
    if result.unlisted:
        say(printable(unlisted_line(folder, result.unlisted)), markup=False)
    if result.stopped:
        say(printable(f"stopped: {result.stopped}"), markup=False)
    elif len({track.label for track in result.tracks}) > 1:
        say(printable(f"next: linernotes train {folder} --label producer"), markup=False)


def _lines(producer: ProducerSummary) -> list[str]:
    name = producer.name or producer.asked
    lines = [f"{name}: {producer.found} found, {producer.collected} collected"]
    told = [
        f"{count} {reason}{f' ({detail})' if detail else ''}"
        for (reason, detail), count in sorted(
            producer.missing.items(), key=lambda entry: (-entry[1], entry[0])
        )
    ]
    if told:
        lines.append(f"  left out: {', '.join(told)}")
    if producer.missing["wrong-version", "remaster"]:
        lines.append("  to take remasters for the originals: --allow remaster")
    if producer.missing["conflict", ""]:
        lines.append("  sources contradict each other: missing.csv tells where, claims.csv who")
    return lines + [f"  {note}" for note in producer.notes]
