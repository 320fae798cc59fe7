"""Collecting a set of tracks labelled by producer.

A run is a function of what the services answer, and every answer and every preview is kept:
the same command, after whatever stopped it, goes through the same steps, asks for what is not
kept yet, and ends in the same folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from linernotes.collect.collection_folder import (
    Caps,
    Collected,
    balanced,
    tracks_in,
    write_summary,
    write_table,
    write_tracks,
)
from linernotes.collect.credit_table import TableDiscography, look_up_in
from linernotes.collect.credits import Verdict, judge
from linernotes.collect.http import NotFoundError, OfflineError, ServiceError, Session
from linernotes.collect.matching import Wanted
from linernotes.collect.previews import (
    FoundPreview,
    Missing,
    PreviewError,
    Shop,
    fetch_preview,
    find_preview,
)
from linernotes.collect.producer_rules import ProducerCollection, ProducerSummary, Rules
from linernotes.collect.producers import Candidate, Discography, look_up
from linernotes.collect.wikidata import Work
from linernotes.errors import SourceError

Produced = Discography | TableDiscography
_MOST_FAILURES = 3
_MISSING = ("label", "mbid", "title", "artist", "album", "reason", "detail")
_CLAIMS = ("label", "mbid", "title", "artist", "album", "producer", "job", "level", "source",
           "url", "verdict")  # fmt: skip


class Collector:
    """Collects producer after producer, and writes what there is after each.

    Parameters
    ----------
    session
        Who asks.
    shops
        Services with previews, in order of preference.
    rules
        What goes into the set.
    folder
        Where to write; ``None`` to write nothing.
    credit_table
        Table to take credits from, instead of asking for them; see `credit_table`.
    check
        Raises a `LinernotesError` for a file that is not audio.
    say
        Called with the producer's name and what is going on.
    """

    def __init__(
        self,
        *,
        session: Session,
        shops: Sequence[Shop],
        rules: Rules,
        folder: Path | None,
        credit_table: Path | None = None,
        check: Callable[[Path], object] | None = None,
        say: Callable[[str, str], None] = lambda _name, _text: None,
    ) -> None:
        self._session, self._shops, self._rules = session, shops, rules
        self._folder, self._check, self._say = folder, check, say
        self._table = credit_table
        self._taken: set[str | tuple[str, str]] = set()
        self._missing: list[tuple[str, ...]] = []
        self._claims: list[tuple[str, ...]] = []
        self._failures = 0
        self._before = 0 if folder is None else tracks_in(folder)

    def collect(self, names: Sequence[str]) -> ProducerCollection:
        """Collect tracks of producers, by names or MBIDs."""
        result = ProducerCollection()
        try:
            people = list(self._people(names, result))
            # What is said of one of them may contradict what is said of another.
            said = [work for discography, _ in people for work in discography.works]
            for discography, summary in people:
                others = [
                    name for other, _ in people if other is not discography for name in other.names
                ]
                try:
                    self._collect_one(discography, summary, others, said, result)
                finally:
                    self._write(result, finished=False)
        except ServiceError as error:
            result.stopped = str(error)
        except OSError as error:
            result.stopped = f"files cannot be written ({error.strerror or error})"
        if self._rules.balance:
            result.tracks = balanced(result.tracks)
            for summary in result.producers:
                kept = sum(track.label == summary.name for track in result.tracks)
                if summary.collected > kept:
                    summary.missing["balance", ""] += summary.collected - kept
                summary.collected = kept
        self._write(result, finished=True)
        return result

    def _people(
        self, names: Sequence[str], result: ProducerCollection
    ) -> Iterator[tuple[Produced, ProducerSummary]]:
        """Find everybody first: who shares a track with whom depends on all of them."""
        known: set[str] = set()
        for name in names:
            summary = ProducerSummary(name)
            try:
                found = self._look_up(name)
            except NotFoundError as error:
                summary.notes.append(str(error))
                summary.complete = True
                result.producers.append(summary)
                continue
            except OfflineError as error:
                summary.notes.append(error.message)
                result.producers.append(summary)
                continue
            if found.person.mbid in known:
                continue
            known.add(found.person.mbid)
            summary.name, summary.mbid = found.person.name, found.person.mbid
            summary.notes += found.notes
            result.producers.append(summary)
            yield found, summary

    def _look_up(self, name: str) -> Produced:
        if self._table is not None:
            return look_up_in(self._table, name)
        return look_up(self._session, name, say=partial(self._say, name))

    def _collect_one(
        self, discography: Produced, summary: ProducerSummary, others: Sequence[str],
        said: Sequence[Work], result: ProducerCollection,
    ) -> None:  # fmt: skip
        caps = self._rules.caps
        try:
            for candidate in discography.candidates(said):
                if summary.collected >= self._rules.per_producer:
                    break
                verdict = judge(candidate.claims, discography.names, others=others)
                self._claims += _claim_rows(summary.name, candidate, verdict)
                found = self._consider(candidate, verdict, summary.name, caps)
                if isinstance(found, Missing):
                    summary.missing[found.reason, _short(found)] += 1
                    self._missing.append(_missing_row(summary.name, candidate, found))
                else:
                    caps.count(candidate.recording.artist, candidate.recording.album)
                    result.tracks.append(found)
                    summary.collected += 1
                self._say(summary.name, f"{summary.collected} of {self._rules.per_producer}")
            # What did not answer in passing is worth another run.
            summary.complete = not any(
                reason.startswith("service-") for reason, _ in summary.missing
            )
        except OfflineError as error:
            summary.notes.append(error.message)
        finally:
            summary.found = len(discography.known)
            for job in discography.other_jobs.values():
                summary.missing["other-job", job] += 1
            summary.notes += [note for note in discography.notes if note not in summary.notes]

    def _consider(
        self, candidate: Candidate, verdict: Verdict, label: str, caps: Caps
    ) -> Collected | Missing:
        """Take a recording, or tell why not; what costs no request is looked at first."""
        recording = candidate.recording
        wanted = Wanted(recording.title, recording.artist, recording.album, recording.duration,
                        recording.isrcs, recording.note)  # fmt: skip
        obstacle = self._refused(verdict) or self._odd(wanted) or self._too_many(candidate, caps)
        if obstacle is not None:
            return obstacle
        try:
            found = self._hear(candidate, wanted, label)
        except (PreviewError, OfflineError) as error:
            return Missing(error.code, error.message)
        except ServiceError as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise
            return Missing(error.code, error.message)
        self._failures = 0
        return found

    def _hear(self, candidate: Candidate, wanted: Wanted, label: str) -> Collected | Missing:
        """Find a recording's preview and fetch it."""
        found = find_preview(self._session, self._shops, wanted, allowed=self._rules.allowed)
        if isinstance(found, Missing):
            return found
        name = f"{found.offer.service}:{found.offer.id}"
        if name in self._taken:
            return Missing("duplicate")
        file = fetch_preview(self._session, found.shop, found.offer, check=self._check)
        self._taken |= {candidate.recording.mbid, candidate.song, name}
        return _collected(candidate, label, found, file)

    def _odd(self, wanted: Wanted) -> Missing | None:
        odd = wanted.versions - self._rules.allowed
        return Missing("wrong-version", ", ".join(sorted(odd))) if odd else None

    def _too_many(self, candidate: Candidate, caps: Caps) -> Missing | None:
        recording = candidate.recording
        if recording.mbid in self._taken or candidate.song in self._taken:
            return Missing("duplicate")
        cap = caps.refusal(recording.artist, recording.album)
        return Missing(cap) if cap else None

    def _refused(self, verdict: Verdict) -> Missing | None:
        reason = verdict.reason
        if reason == "conflict" and self._rules.keep_conflicts:
            return None
        if reason == "shared" and self._rules.keep_shared and not verdict.also_asked:
            return None
        return Missing(reason, verdict.detail) if reason else None

    def _write(self, result: ProducerCollection, *, finished: bool) -> None:
        if self._folder is None or (self._rules.balance and not finished):
            return
        whole = finished and not result.stopped and all(one.complete for one in result.producers)
        result.before = 0 if whole or len(result.tracks) >= self._before else self._before
        if result.before:
            # A longer table is there, from a run that came further.
            return
        try:
            result.unlisted = write_tracks(self._folder, result.tracks)
            write_table(self._folder / "missing.csv", _MISSING, self._missing)
            write_table(self._folder / "claims.csv", _CLAIMS, self._claims)
            write_summary(self._folder / "summary.json", result.as_dict())
        except OSError as error:
            raise SourceError(
                f"{self._folder} cannot be written ({error.strerror or error})"
            ) from error


def _collected(candidate: Candidate, label: str, found: FoundPreview, file: Path) -> Collected:
    recording, offer = candidate.recording, found.offer
    told = sorted({f"{claim.source}:{claim.level}" for claim in candidate.claims if claim.main})
    return Collected(
        file=file,
        label=label,
        title=recording.title,
        artist=recording.artist,
        album=recording.album,
        year=recording.year or offer.year,
        isrc=offer.isrc or (recording.isrcs[0] if recording.isrcs else ""),
        mbid=recording.mbid,
        sources=" ".join(told),
        licence=found.shop.LICENCE,
        match=found.how,
        score=found.score,
        preview=f"{offer.service}:{offer.id}",
    )


def _short(missing: Missing) -> str:
    """Return what of a detail is worth counting: a version, not a sentence."""
    return missing.detail if missing.reason in ("wrong-version", "other-job") else ""


def _missing_row(label: str, candidate: Candidate, missing: Missing) -> tuple[str, ...]:
    recording = candidate.recording
    return (label, recording.mbid, recording.title, recording.artist, recording.album,
            missing.reason, missing.detail)  # fmt: skip


def _claim_rows(label: str, candidate: Candidate, verdict: Verdict) -> list[tuple[str, ...]]:
    recording = candidate.recording
    return [
        (label, recording.mbid, recording.title, recording.artist, recording.album,
         claim.producer, claim.job, claim.level, claim.source, claim.url, verdict.reason or "clear")
        for claim in candidate.claims
    ]  # fmt: skip
