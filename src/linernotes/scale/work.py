"""What a worker does: fetch files, have them analysed in a process that can be killed.

The process is kept from one request to the next, with the networks that it has loaded, and ends
when nothing has come for a while. While it works on one file, the next is fetched.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from linernotes.engine import Outcome
from linernotes.engine.local import Processes
from linernotes.library.errors import failure_of
from linernotes.scale.files import FileAnalysis, FileJob, analyse_file
from linernotes.scale.requests import (
    AnalysisSettings,
    Asked,
    BatchRequest,
    read_request,
    read_settings,
    versions_in,
)
from linernotes.scale.rows import analysis_schema, batch_of, current_versions, row_of
from linernotes.storage import fetch
from linernotes.storage.addresses import is_remote, scheme_of

if TYPE_CHECKING:
    import pyarrow as pa

FileFunction = Callable[[FileJob], FileAnalysis]
BatchFunction = Callable[[str], "pa.RecordBatch"]

#: By this in its metadata, a batch without rows says that the worker is of another version.
REFUSED = b"linernotes.refused"

# Seconds after which a process without work ends.
_IDLE = 60.0

_stopped: set[str] = set()
_kept_here: list[_Kept] = []
_per_thread = threading.local()


def analyse_batch(request: str, *, file_function: FileFunction = analyse_file) -> pa.RecordBatch:
    """Analyse the files of a request.

    Parameters
    ----------
    request
        See `linernotes.scale.requests.BatchRequest`.
    file_function
        What is done to a file, in a process of its own.

    Returns
    -------
    pyarrow.RecordBatch
        A row a file, in their order; without any if the worker is of another version.
    """
    wanted, here = versions_in(request), current_versions()
    if wanted != here:
        return _refused(wanted, here)
    asked = read_request(request)
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="linernotes-") as folder, _kept() as kept:
        _Batch(asked, Path(folder), rows).work(kept, file_function)
    return batch_of([rows[file.uri] for file in asked.files if file.uri in rows])


def _refused(wanted: dict[str, str], here: dict[str, str]) -> pa.RecordBatch:
    import pyarrow as pa

    differing = [
        f"{name} {here.get(name, 'none')}, not {wanted[name]}"
        for name in wanted
        if here.get(name) != wanted[name]
    ]
    schema = pa.schema([], metadata={REFUSED: ", ".join(differing) or "something else"})
    return pa.RecordBatch.from_pylist([], schema=schema)


class _Batch:
    """The files of a request on their way."""

    def __init__(
        self, request: BatchRequest, folder: Path, rows: dict[str, dict[str, Any]]
    ) -> None:
        self._request, self._settings = request, read_settings(request.settings)
        self._folder, self._rows = folder, rows
        self._fetched: dict[str, Asked] = {}
        self._again: list[FileJob] = []
        self._tried: set[str] = set()
        self._left = iter(enumerate(dict.fromkeys(request.files)))

    def __iter__(self) -> Iterator[FileJob]:
        return self

    def __next__(self) -> FileJob:
        if self._again:
            return self._again.pop()
        for index, file in self._left:
            job = self._fetch(index, file)
            if job is not None:
                return job
        raise StopIteration

    def work(self, kept: _Kept, function: FileFunction) -> None:
        processes = kept.processes(function, self._settings)
        for outcome in processes.run(self, spare=1):
            if self._request.run in _stopped:
                kept.end(finished=False)
                return
            if outcome is not None:
                self._take(outcome)

    def _fetch(self, index: int, file: Asked) -> FileJob | None:
        settings, path = self._settings, _local_path(file.uri)
        try:
            if path is None:
                place = self._folder / f"{index}{_suffix(file.uri)}"
                path = str(place)
                etag = fetch(
                    file.uri,
                    place,
                    limits=settings.limits,
                    storage_options=settings.storage_options or None,
                )
                file = replace(file, size=place.stat().st_size, etag=etag)
            elif file.size is None:
                file = replace(file, size=_size(path))
        except Exception as error:  # whatever it is, it is this file's
            self._write(file, FileAnalysis(failure=failure_of(file.uri, error)))
            return None
        self._fetched[file.uri] = file
        return FileJob(
            file.uri, path, settings.analyses, settings.extent, settings.timeout, settings.models
        )

    def _take(self, outcome: Outcome[FileJob, FileAnalysis]) -> None:
        job = outcome.item
        if isinstance(outcome.error, ProcessLookupError) and job.uri not in self._tried:
            # It may have been killed from outside, and have done nothing wrong.
            self._tried.add(job.uri)
            self._again.append(job)
            return
        found = outcome.value or FileAnalysis(failure=failure_of(job.uri, outcome.error))
        self._write(self._fetched.pop(job.uri), found)
        if _local_path(job.uri) is None:
            Path(job.path).unlink(missing_ok=True)

    def _write(self, file: Asked, found: FileAnalysis) -> None:
        self._rows[file.uri] = row_of(file.uri, found, size=file.size, etag=file.etag)


def _local_path(uri: str) -> str | None:
    if is_remote(uri):
        return None
    return unquote(urlsplit(uri).path) if scheme_of(uri) == "file" else uri


def _suffix(uri: str) -> str:
    suffix = Path(uri.rpartition("/")[2].partition("?")[0]).suffix
    return suffix if suffix[1:].isalnum() and len(suffix) < 10 else ""


def _size(path: str) -> int | None:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return None  # which is said by whoever opens it


class _Kept:
    """The process of a thread of a worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: Processes[FileJob, FileAnalysis] | None = None
        self._for: object = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> _Kept:
        self._lock.acquire()
        if self._timer is not None:
            self._timer.cancel()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.end(finished=False)
        self._timer = threading.Timer(_IDLE, self.end_if_idle)
        self._timer.daemon = True
        self._timer.start()
        self._lock.release()

    def processes(
        self, function: FileFunction, settings: AnalysisSettings
    ) -> Processes[FileJob, FileAnalysis]:
        """Return the process for a function and its limits."""
        limit = settings.timeout + settings.grace
        wanted = (function, limit, settings.memory, settings.quiet)
        if self._processes is None or self._for != wanted:
            self.end()
            _make_ready()
            self._processes, self._for = (
                Processes(
                    function,
                    workers=1,
                    timeout=limit,
                    memory=settings.memory,
                    quiet=settings.quiet,
                ),
                wanted,
            )
        return self._processes

    def end(self, *, finished: bool = True) -> None:
        """End the process."""
        if self._processes is not None:
            self._processes.end(finished=finished)
            self._processes = None

    def end_if_idle(self) -> None:
        """End the process, unless it is at work."""
        if self._lock.acquire(blocking=False):
            try:
                if self._timer is not None:
                    self._timer.cancel()
                self.end()
            finally:
                self._lock.release()


def _make_ready() -> None:
    """Undo what engines do to their workers and what does not suit the process that listens."""
    # Some start them as daemons, which may have no children.
    worker = multiprocessing.current_process()
    if worker.daemon:
        worker.daemon = False
    # Dask has memory given back at once, and asked for again: that takes 40 % more time here.
    os.environ.pop("MALLOC_TRIM_THRESHOLD_", None)


def _kept() -> _Kept:
    if not hasattr(_per_thread, "kept"):
        _per_thread.kept = _Kept()
        _kept_here.append(_per_thread.kept)
    kept: _Kept = _per_thread.kept
    return kept


def stop_here(run: str) -> None:
    """Have this process give up what it does for a run."""
    _stopped.add(run)


def end_here() -> None:
    """End the idle processes of this one."""
    for kept in _kept_here:
        kept.end_if_idle()


def refusal_in(batch: pa.RecordBatch) -> str | None:
    """Return why a worker refused a request, or ``None``."""
    if batch.schema.metadata is None or batch.schema.equals(analysis_schema()):
        return None
    told: bytes | None = batch.schema.metadata.get(REFUSED)
    return None if told is None else told.decode()
