"""Scanning places into a library or shards, on whatever engine: only what is new is analysed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from linernotes.engine import EngineOptions
from linernotes.engine.memory import give_back_memory, keep_memory_together
from linernotes.errors import Failure
from linernotes.explore import Library
from linernotes.explore.kept_space import KeptSpace
from linernotes.library.analyses import Extent
from linernotes.library.location import default_location, is_url
from linernotes.library.lock import only_writer
from linernotes.library.rows import table_name
from linernotes.library.scanning import TIMEOUTS
from linernotes.library.scans import MEMORY_LIMIT, Progress, ScanResult
from linernotes.library.signals import wished_to_stop
from linernotes.library.store import Store
from linernotes.scale.analysing import REQUEST_SIZE, analyse_files, named_models
from linernotes.scale.errors import NothingReadableError
from linernotes.scale.finding import Found, find_files, whole_places
from linernotes.scale.fingerprints import Fingerprints
from linernotes.scale.library_sink import LibrarySink
from linernotes.scale.parquet_sink import ParquetSink
from linernotes.scale.requests import AnalysisSettings, Asked
from linernotes.scale.work import BatchFunction, analyse_batch
from linernotes.storage.errors import ForbiddenError, StoreUnreachableError
from linernotes.storage.fetching import FetchLimits

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows, and seconds, after which what was found is written.
COMMIT_ROWS, COMMIT_SECONDS = 2000, 30.0

# So many files in a row that cannot be fetched are no matter of the files.
_UNREADABLE = 100
_CLOSED = {StoreUnreachableError.code, ForbiddenError.code}


def scan(
    places: Sequence[str],
    *,
    library: str | None = None,
    output: str | None = None,
    engine: str = "local",
    address: str | None = None,
    workers: int | None = None,
    extent: Extent = "excerpt",
    models: Sequence[str] = (),
    retry_failed: bool = False,
    force: bool = False,
    prune: bool = False,
    repair: bool = False,
    timeout: float | None = None,
    memory: int | None = MEMORY_LIMIT,
    private_addresses: bool = False,
    storage_options: Mapping[str, str] | None = None,
    quiet: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> ScanResult:
    """Bring a library, or shards of Parquet, up to date with places, on whatever engine.

    Parameters
    ----------
    places
        Folders, files, addresses in object stores and web addresses.
    library
        Folder or URL of the library; by default that of whoever names none.
    output
        Folder or URL of shards of Parquet, with the columns of
        `linernotes.scale.analysis_schema`; then no library is touched.
    engine, address, workers
        As in `linernotes.analyse`.
    extent
        As in `linernotes.Library.scan`.
    models
        As in `linernotes.analyse`; they are asked for shards alone.
    retry_failed, force, prune, repair
        As in `linernotes.Library.scan`.
    timeout, memory, private_addresses, storage_options, quiet
        As in `linernotes.analyse`.
    progress
        As in `linernotes.Library.scan`.

    Returns
    -------
    ScanResult
        What was done, in numbers of files.

    Raises
    ------
    LibraryError, StorageError, ClusterError, WorkerVersionError, NothingReadableError
        It cannot begin, or go on. What was found is kept, and the next scan goes on from there.

    Examples
    --------
    >>> scan(["s3://bucket/music"], library="s3://bucket/library", engine="dask")  # doctest: +SKIP
    ScanResult(scanned=2000000, added=1999411, updated=0, unchanged=0, failed=589, ...)
    """
    keep_memory_together()
    settings = AnalysisSettings(
        extent=extent,
        timeout=TIMEOUTS[extent] if timeout is None else timeout,
        memory=memory,
        quiet=quiet,
        models=named_models(models) if output is not None else (),
        limits=FetchLimits(private=private_addresses),
        storage_options=dict(storage_options or {}),
    )
    where = EngineOptions(engine, address, workers)
    if output is not None:
        shards = ParquetSink(
            output, retry_failed=retry_failed, force=force, storage_options=storage_options
        )
        return scan_places(places, shards, settings, where, progress=progress)
    location = library or default_location()
    if not is_url(location):
        location = os.path.abspath(os.path.expanduser(location))  # noqa: PTH100, PTH111
    lock = nullcontext() if is_url(location) else only_writer(Path(location))
    with lock:
        store = Store(location, create=True, repair=repair, storage_options=storage_options)
        if repair:
            store.repair()
        sink = LibrarySink(
            store,
            analyses=settings.analyses,
            extent=extent,
            retry_failed=retry_failed,
            force=force,
        )
        result = scan_places(
            places, sink, settings, where, prune=prune, apart_from=store.folder, progress=progress
        )
    if result.added or result.updated or result.removed or not _is_indexed(store):
        Library(location, storage_options=storage_options).index()  # as scans of this machine do
    return result


def _is_indexed(store: Store) -> bool:
    """Whether all tracks are placed among similar ones: a scan may have been killed before that."""
    placed, heard = KeptSpace(store).table(), store.as_it_is(table_name("networks"))
    if placed is None or heard is None:
        return False
    return bool(placed[1].count_rows() == heard.count_rows())


class Sink(Protocol):
    """What a scan writes to."""

    def state_of(self, found: Found) -> str:
        """Return whether a file is ``"done"``, ``"failed"``, ``"changed"`` or ``"new"``."""

    def commit(self, batches: Sequence[pa.RecordBatch], files: dict[str, Found]) -> None:
        """Write rows, all of them or none."""

    def settle(self, places: Sequence[str], listed: Fingerprints, *, prune: bool) -> int:
        """Note what is gone."""


def scan_places(
    places: Sequence[str],
    sink: Sink,
    settings: AnalysisSettings,
    options: EngineOptions,
    *,
    prune: bool = False,
    apart_from: Path | None = None,
    request_size: int = REQUEST_SIZE,
    commit_rows: int = COMMIT_ROWS,
    commit_seconds: float = COMMIT_SECONDS,
    progress: Callable[[Progress], None] | None = None,
    batch_function: BatchFunction = analyse_batch,
) -> ScanResult:
    """Analyse what is new in places, and write it as it comes.

    What is committed is kept, however the scan ends: the next one goes on from there.

    Parameters
    ----------
    places
        Folders, files, addresses in object stores and web addresses.
    sink
        What to write to: `linernotes.scale.library_sink.LibrarySink`, or
        `linernotes.scale.parquet_sink.ParquetSink`.
    settings, options
        How and where to analyse.
    prune
        Forget files that are gone.
    apart_from
        A folder to leave out.
    request_size
        Files that a worker is asked for at once.
    commit_rows, commit_seconds
        When to write.
    progress
        Called as the scan goes on.
    batch_function
        What a worker does with a request.

    Raises
    ------
    StorageError, ClusterError, WorkerVersionError, NothingReadableError
        It cannot go on. What was found is kept.
    """
    started = time.monotonic()
    scan = _Scan(sink, settings.storage_options or None, progress, commit_rows, commit_seconds)
    places = whole_places(places)
    with wished_to_stop() as stop:
        asked = scan.find(places, apart_from)
        with closing(
            analyse_files(
                asked, settings, options, request_size=request_size, batch_function=batch_function
            )
        ) as batches:
            try:
                for batch in batches:
                    scan.take(batch)
                    if stop.is_set():
                        raise KeyboardInterrupt
            finally:
                scan.commit()
    removed = sink.settle(places, scan.listed, prune=prune)
    return scan.result(removed, time.monotonic() - started)


class _Scan:
    """One scan on its way."""

    def __init__(
        self,
        sink: Sink,
        storage_options: Mapping[str, str] | None,
        progress: Callable[[Progress], None] | None,
        rows: int,
        seconds: float,
    ) -> None:
        self._sink, self._options = sink, storage_options
        self._progress = progress
        self._rows, self._seconds = rows, seconds
        self.listed = Fingerprints()
        self._at_work: dict[str, tuple[Found, str]] = {}
        self._waiting: list[pa.RecordBatch] = []
        self._count_waiting = 0
        self._since = time.monotonic()
        self._unreadable = 0
        self._count = dict.fromkeys(("scanned", "done", "failed", "changed", "new"), 0)

    def find(self, places: Sequence[str], apart_from: Path | None) -> Iterator[Asked]:
        """Yield the files that need work, as the listing goes on."""
        for found in find_files(places, apart_from=apart_from, storage_options=self._options):
            self.listed.add(found.uri)
            self._count["scanned"] += 1
            state = self._sink.state_of(found)
            if state in ("done", "failed"):
                self._count[state] += 1
                if self._count["scanned"] % 1000 == 0:
                    self._tell("finding")
                continue
            self._at_work[_written(found.uri)] = found, state
            yield Asked(found.uri, found.size, found.etag)

    def take(self, batch: pa.RecordBatch) -> None:
        """Keep rows until they are to be written."""
        self._waiting.append(batch)
        columns = [batch.column(name).to_pylist() for name in ("uri", "code", "message")]
        for uri, code, message in zip(*columns, strict=True):
            _, state = self._at_work[uri]
            self._count["failed" if code else state] += 1
            self._tell("listening", Failure(uri, code, message) if code else None)
            self._unreadable = self._unreadable + 1 if code in _CLOSED else 0
            if self._unreadable >= _UNREADABLE:
                self._leave_unreadable()
                raise NothingReadableError(
                    f"of {_UNREADABLE} files in a row none could be fetched (the last: {message}); "
                    "what was found is kept, scan again to go on"
                )
        self._count_waiting += batch.num_rows
        if self._count_waiting >= self._rows or time.monotonic() > self._since + self._seconds:
            self.commit()

    def _leave_unreadable(self) -> None:
        """Write nothing of files that could not be fetched: the next scan takes them for new."""
        import pyarrow as pa
        import pyarrow.compute as pc

        codes = pa.array(sorted(_CLOSED))
        self._waiting = [
            batch.filter(pc.invert(pc.is_in(batch.column("code"), value_set=codes)))
            for batch in self._waiting
        ]

    def commit(self) -> None:
        """Write what waits."""
        if self._waiting:
            uris = [uri for batch in self._waiting for uri in batch.column("uri").to_pylist()]
            self._sink.commit(self._waiting, {uri: self._at_work[uri][0] for uri in uris})
            for uri in uris:
                del self._at_work[uri]
            self._waiting, self._count_waiting = [], 0
            give_back_memory()
        self._since = time.monotonic()

    def result(self, removed: int, seconds: float) -> ScanResult:
        """Return what was done."""
        return ScanResult(
            scanned=self._count["scanned"],
            added=self._count["new"],
            updated=self._count["changed"],
            unchanged=self._count["done"],
            failed=self._count["failed"],
            removed=removed,
            seconds=seconds,
        )

    def _tell(self, phase: str, failure: Failure | None = None) -> None:
        if self._progress is not None:
            total = self._count["scanned"]
            done = sum(self._count.values()) - total
            self._progress(
                Progress(
                    phase, total if phase == "finding" else done, total, self._count["failed"],
                    failure,
                )
            )  # fmt: skip


def _written(uri: str) -> str:
    return uri.encode("utf-8", "backslashreplace").decode()
