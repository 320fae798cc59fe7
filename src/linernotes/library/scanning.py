"""Scanning: finding out what is new in folders of music, and analysing only that.

A file whose size and times of change are those of the last scan is not opened. Any other is
read once to learn which track it holds. Only a track of which an analysis is missing, or made
by another version, is listened to. So a scan that was stopped goes on where it was, and files
that were moved, copied, retagged or brought back cost their reading alone.

A file that is gone is noted as missing and forgotten only when told to: its drive may be back
tomorrow. What goes wrong while a drive disappears is no failure of its files.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from linernotes import __version__
from linernotes.engine import LATER, Later, Outcome, Pacer, kill_after, run_as_finished
from linernotes.errors import CrashError, Failure, UnreadableError
from linernotes.library.analyses import EXCERPT, FULL, Extent, TrackAnalysis, versions
from linernotes.library.batch import Batch, Beside
from linernotes.library.discovery import files_in
from linernotes.library.errors import (
    ChangingError,
    failure_of,
)
from linernotes.library.jobs import (
    UNREACHED,
    AnalysisJob,
    Look,
    Stamp,
    is_as_it_was,
    stamp_of,
    work,
)
from linernotes.library.presence import is_gone
from linernotes.library.rows import FileRow
from linernotes.library.scans import Progress, ScanOptions, ScanResult
from linernotes.library.signals import wished_to_stop
from linernotes.library.store import Store
from linernotes.library.time_left import TimeLeft
from linernotes.library.whereabouts import Whereabouts

#: Seconds that a file may take, by the extent of its analysis.
TIMEOUTS: dict[Extent, float] = {"excerpt": 120.0, "full": 900.0}

# Whoever gets only what others leave may wait for it.
_GENTLE = 10
# What a new look may well find gone.
_PASSING = frozenset({UnreadableError.code, ChangingError.code})


def scan(
    store: Store,
    folders: Sequence[str | os.PathLike[str]],
    options: ScanOptions,
    progress: Callable[[Progress], None] | None = None,
    beside: Beside | None = None,
) -> ScanResult:
    """Bring a library up to date with folders; see `linernotes.explore.Library.scan`."""
    started = time.monotonic()
    with wished_to_stop() as stop:
        one = _Scan(store, options, progress or _nobody, stop, beside or nullcontext)
        one.find([os.path.abspath(folder) for folder in folders])  # noqa: PTH100
        one.listen()
        one.finish()
    return ScanResult(
        scanned=len(one.found),
        added=one.added,
        updated=one.updated,
        unchanged=one.unchanged,
        failed=one.failed,
        removed=one.where.removed,
        seconds=time.monotonic() - started,
        vanished=one.where.vanished,
        warnings=one.where.warnings(),
    )


class _Scan:
    """One scan on its way."""

    def __init__(
        self,
        store: Store,
        options: ScanOptions,
        progress: Callable[[Progress], None],
        stop: threading.Event,
        beside: Beside,
    ) -> None:
        self.store = store
        self.options = options
        self.progress = progress
        self.stop = stop
        self.rows = store.files()
        self.kept = Batch(store, self.rows, beside=beside)
        self.extents = {name: store.extents(name) for name in options.analyses}
        self.versions = " ".join([__version__, *(versions()[name] for name in options.analyses)])
        self.where = Whereabouts(store, self.kept)
        self.found = self.where.found
        self.added = self.updated = self.unchanged = self.failed = 0
        self.timeout = options.timeout or TIMEOUTS[options.extent] * (
            _GENTLE if options.gentle else 1
        )
        self.pacer = Pacer(share=options.pace, gentle=options.gentle, workers=options.workers)
        self.left = TimeLeft()
        self._to_look: deque[AnalysisJob] = deque()
        self._to_listen: deque[AnalysisJob] = deque()
        self._looks: dict[str, Look] = {}
        # Files that wait for the analysis of the track in them, the one at work first.
        self._waiting: dict[str, list[str]] = {}
        self._again: set[AnalysisJob] = set()
        self._redone: set[str] = set()

    # Finding.

    def find(self, folders: Sequence[str]) -> None:
        """Find the files, and tell those that need work from those that do not."""
        for path in files_in(folders, apart_from=self.store.folder, unread=self.where.unread):
            stamp = stamp_of(path)
            if stamp == UNREACHED and is_gone(path):
                self.where.vanished += 1
                continue
            self.found[path] = stamp
            if len(self.found) % 1000 == 0:
                self._tell("finding")
                self._check_stop()
        self.where.compare(folders, prune=self.options.prune)
        for path, stamp in self.found.items():
            self._decide(path, stamp)

    def _decide(self, path: str, stamp: Stamp) -> None:
        row = self.rows.get(path)
        if row is None or self.options.force or not is_as_it_was(row, stamp):
            self._to_look.append(AnalysisJob(path, stamp))
        elif row.code is not None:
            worth_a_try = (
                self.options.retry_failed or row.code in _PASSING or row.versions != self.versions
            )
            if worth_a_try:
                self._to_look.append(AnalysisJob(path, stamp))
            else:
                self.failed += 1
        elif row.track_id is not None and self._lacking(row.track_id):
            self._looks[path] = Look(row.track_id, dict(row.tags))
            self._listen_or_wait(path, row.track_id)
        elif row.missing_since is not None:
            self._keep(replace(row, missing_since=None, ctime_ns=stamp.ctime_ns))
        else:
            self.unchanged += 1
            self.kept.put(replace(row, ctime_ns=stamp.ctime_ns))

    def _lacking(self, track: str) -> tuple[str, ...]:
        """Return the analyses that a track lacks."""
        enough = (FULL,) if self.options.extent == "full" else (FULL, EXCERPT)
        return tuple(
            name
            for name in self.options.analyses
            if self.extents[name].get(track) not in enough
            or (self.options.force and track not in self._redone)
        )

    # Listening.

    def listen(self) -> None:
        """Do the work, and write what it gives as it comes."""
        if not self._to_look and not self._to_listen:
            return
        self._tell("listening")
        self.left.begin()
        count = len(self._to_look) + len(self._to_listen)
        outcomes = run_as_finished(
            work,
            _Refilled(self._next_job),
            workers=min(self.pacer.workers, count),
            timeout=kill_after(self.timeout),
            memory=self.options.memory,
            quiet=self.options.quiet,
            lowest_priority=self.options.gentle,
            **({"spare": 0} if self.pacer.paces else {}),
        )
        try:
            for outcome in outcomes:
                if outcome is not None:
                    self._take(outcome)
                if self.kept.is_full():
                    self.kept.write()
                self._check_stop()
        finally:
            outcomes.close()  # type: ignore[attr-defined]

    def _next_job(self) -> AnalysisJob | Later | None:
        # A file that was just read is listened to next, while the system still has it at hand.
        jobs = self._to_listen or self._to_look
        if not jobs:
            return None
        if not self.pacer.may_begin():
            self._tell("waiting")
            return LATER
        job = jobs.popleft()
        self.pacer.begin(job)
        return job

    def _take(self, outcome: Outcome[AnalysisJob, Look | TrackAnalysis]) -> None:
        job, found = outcome.item, outcome.value
        self.pacer.end(job)
        if isinstance(outcome.error, ProcessLookupError) and job not in self._again:
            # It may have been killed from outside, and have done nothing wrong.
            self._again.add(job)
            (self._to_listen if job.analyses else self._to_look).append(job)
        elif isinstance(found, Look):
            self._looks[job.path] = found
            self._listen_or_wait(job.path, found.track_id)
        elif isinstance(found, TrackAnalysis):
            self._analysed(self._looks[job.path].track_id, job, found)
        elif job.stamp != UNREACHED and stamp_of(job.path) == UNREACHED:
            self._vanished(job)
        else:
            self._failed(job, failure_of(job.path, outcome.error))

    def _listen_or_wait(self, path: str, track: str) -> None:
        lacking = self._lacking(track)
        if not lacking:
            self._keep(self._row(path))
        elif track in self._waiting:
            self._waiting[track].append(path)
        else:
            self._waiting[track] = [path]
            self._to_listen.append(
                AnalysisJob(path, self.found[path], lacking, self.options.extent, self.timeout)
            )

    def _analysed(self, track: str, job: AnalysisJob, found: TrackAnalysis) -> None:
        self.kept.put_analysis(track, found)
        self._redone.add(track)
        for name in job.analyses:
            self.extents[name][track] = found.extent
        for path in self._waiting.pop(track):
            self._keep(self._row(path))

    def _vanished(self, job: AnalysisJob) -> None:
        """Leave what is known of a file as it was: it was there when the scan began."""
        look = self._looks.pop(job.path, None)
        del self.found[job.path]
        self.where.vanished += 1
        if job.analyses and look is not None:
            _, *others = self._waiting.pop(look.track_id)
            for path in others:
                self._listen_or_wait(path, look.track_id)

    def _failed(self, job: AnalysisJob, failure: Failure) -> None:
        if job.analyses:
            first, *others = self._waiting.pop(self._looks[job.path].track_id)
            if failure.code in (*_PASSING, CrashError.code) and others:
                # That says nothing of the other files with the same track.
                for path in others:
                    self._listen_or_wait(path, self._looks[path].track_id)
            else:
                for path in others:
                    self._keep(self._row(path, replace(failure, file=path)))
            self._keep(self._row(first, failure))
        else:
            self._keep(self._row(job.path, failure))

    def _row(self, path: str, failure: Failure | None = None) -> FileRow:
        stamp = self.found[path]
        look = self._looks.pop(path, None)
        row = FileRow(path, stamp.size, stamp.mtime_ns, ctime_ns=stamp.ctime_ns)
        if look is not None:
            row = replace(row, track_id=look.track_id, tags=look.tags)
        if failure is not None:
            row = replace(row, code=failure.code, message=failure.message, versions=self.versions)
        return row

    def _keep(self, row: FileRow) -> None:
        """Note what became of a file, to be written with the batch."""
        failure = None
        if row.code is not None:
            failure = Failure(row.path, row.code, row.message or "")
            self.failed += 1
        elif row.path in self.rows:
            self.updated += 1
        else:
            self.added += 1
        known = self.rows.get(row.path)
        if row.code not in _PASSING or known is None or known.code is not None:
            # What was known of a file that only cannot be read now is still worth keeping.
            self.kept.put(row)
        self.left.done()
        self._tell("listening", failure)

    # The end.

    def finish(self) -> None:
        """Write the rest, and tidy up."""
        self._tell("storing")
        self.kept.write()
        self.where.settle(prune=self.options.prune)
        self.store.optimise()

    def _check_stop(self) -> None:
        if self.stop.is_set():
            self.kept.write()
            raise KeyboardInterrupt

    def _tell(self, phase: str, failure: Failure | None = None) -> None:
        total = len(self.found)
        done = self.added + self.updated + self.unchanged + self.failed
        self.progress(
            Progress(
                phase,
                total if phase == "finding" else done,
                total,
                self.failed,
                failure,
                self.left.seconds(total - done),
            )
        )


class _Refilled:
    """An iterator that may have more to give after it had none."""

    def __init__(self, take: Callable[[], Any]) -> None:
        self._take = take

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        item = self._take()
        if item is None:
            raise StopIteration
        return item


def _nobody(_: Progress) -> None:
    pass
