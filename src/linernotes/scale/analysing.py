"""Analysing any number of files, here or on a cluster."""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.engine import ClusterError, EngineOptions, Outcome, run_on
from linernotes.errors import CrashError, Failure
from linernotes.library.analyses import ANALYSES, Extent
from linernotes.library.scans import MEMORY_LIMIT
from linernotes.scale.errors import WorkerVersionError
from linernotes.scale.files import FileAnalysis, NamedModel
from linernotes.scale.requests import (
    AnalysisSettings,
    Asked,
    BatchRequest,
    read_request,
    write_settings,
)
from linernotes.scale.rows import batch_of, current_versions, row_of
from linernotes.scale.work import (
    BatchFunction,
    analyse_batch,
    end_here,
    refusal_in,
    stop_here,
)
from linernotes.storage.fetching import FetchLimits

if TYPE_CHECKING:
    import pyarrow as pa

#: Files in a request to a worker.
REQUEST_SIZE = 16


def analyse(
    uris: Iterable[str | os.PathLike[str]],
    *,
    models: Sequence[str | os.PathLike[str]] = (),
    extent: Extent = "excerpt",
    analyses: Sequence[str] = ANALYSES,
    engine: str = "local",
    address: str | None = None,
    workers: int | None = None,
    batch_size: int = REQUEST_SIZE,
    timeout: float | None = None,
    memory: int | None = MEMORY_LIMIT,
    largest: int = FetchLimits.largest,
    private_addresses: bool = False,
    storage_options: Mapping[str, str] | None = None,
    quiet: bool = True,
) -> Iterator[pa.RecordBatch]:
    """Analyse files wherever they lie, and give a row for each, whatever becomes of it.

    Nothing is kept, and no library is needed. Memory stays the same however many files there are.

    Parameters
    ----------
    uris
        Paths, addresses in object stores (``s3://``, ``gs://``, ``az://``) and web addresses, in
        any mixture; taken a few at a time.
    models
        Names or files of models to ask, which hear what a library keeps, as our recipes make
        them.
    extent
        ``"excerpt"`` listens to 30 s that represent a track longer than 40 s, ``"full"`` to all.
    analyses
        Which ones to make.
    engine
        ``"local"`` for processes of this machine, ``"dask"``, ``"ray"`` or ``"spark"``.
    address
        Of a cluster's scheduler, head node or master; without it one is started here.
    workers
        How many, of what is started here; ``None`` for one a processor.
    batch_size
        Rows in a batch, at most, and files in what a worker is asked at once.
    timeout
        Seconds that listening to one file may take: 120, or 900 in full, if not given.
    memory
        Bytes that the process that listens may hold, where the system keeps to it (Linux).
    largest
        Bytes that a fetched file may have.
    private_addresses
        Whether web addresses may be those of this machine or of its network.
    storage_options
        How to reach object stores, by the names that Lance has; they are sent to the workers. By
        default the environment of each worker tells.
    quiet
        Drop what decoders write to standard error.

    Returns
    -------
    iterator of pyarrow.RecordBatch
        With the columns of `linernotes.scale.analysis_schema`, in any order. A file that cannot
        be fetched, read or listened to, hangs, crashes or takes too much memory is a row with a
        ``code``. The numbers are the same whatever the engine and the number of workers.

    Raises
    ------
    ModelError
        A model is not to be had, or hears something else.
    ClusterError
        The cluster cannot be reached, or went away.
    WorkerVersionError
        Workers have another version of linernotes.

    Examples
    --------
    >>> import linernotes
    >>> for batch in linernotes.analyse(["song.mp3", "s3://bucket/a.mp3"]):  # doctest: +SKIP
    ...     print(batch.select(["uri", "duration", "code"]).to_pylist())
    """
    from linernotes.library.scanning import TIMEOUTS

    if unknown := sorted(set(analyses) - set(ANALYSES)):
        raise ValueError(f"There is no analysis {unknown[0]!r}; known: {ANALYSES}.")
    if extent not in TIMEOUTS:
        raise ValueError(f"extent is 'excerpt' or 'full', not {extent!r}.")
    if batch_size < 1:
        raise ValueError(f"batch_size is at least 1, not {batch_size}.")
    settings = AnalysisSettings(
        analyses=tuple(name for name in ANALYSES if name in analyses),
        extent=extent,
        timeout=TIMEOUTS[extent] if timeout is None else timeout,
        memory=memory,
        quiet=quiet,
        models=named_models(models),
        limits=FetchLimits(largest=largest, private=private_addresses),
        storage_options=dict(storage_options or {}),
    )
    options = EngineOptions(engine, address, workers)
    asked = (Asked(os.fspath(uri)) for uri in uris)
    return joined(analyse_files(asked, settings, options, request_size=batch_size), batch_size)


def named_models(models: Sequence[str | os.PathLike[str]]) -> tuple[NamedModel, ...]:
    """Read models that can be asked of what a library keeps, so that workers need no files.

    Raises
    ------
    ModelError
    """
    if not models:
        return ()
    from linernotes.identification.collection_labels import check_library_model
    from linernotes.learning import load_model
    from linernotes.learning.catalogue import (
        SUFFIX,
        default_folder,
        list_models,
        list_shipped_models,
    )

    named = []
    for name in [os.fspath(model) for model in models]:
        check_library_model(load_model(name))
        if name in list_shipped_models():
            named.append(NamedModel(name))
            continue
        path = default_folder() / f"{name}{SUFFIX}" if name in list_models() else Path(name)
        named.append(NamedModel(path.name, path.read_bytes()))
    return tuple(named)


def analyse_files(
    files: Iterable[Asked],
    settings: AnalysisSettings,
    options: EngineOptions,
    *,
    request_size: int = REQUEST_SIZE,
    batch_function: BatchFunction = analyse_batch,
) -> Generator[pa.RecordBatch]:
    """Analyse files, as `analyse` does, in requests of some size.

    Parameters
    ----------
    files
        Which.
    settings, options
        How and where.
    request_size
        Files in a request to a worker.
    batch_function
        What a worker does with a request.
    """
    run = uuid.uuid4().hex
    here = options.engine == "local"
    work = _Work(iter(files), settings, run, 1 if here else request_size)
    outcomes = run_on(options, batch_function, work, at_end=end_here)
    try:
        for outcome in outcomes:
            batch = work.take(outcome)
            if batch is not None:
                yield batch
    finally:
        if here:
            stop_here(run)
        outcomes.close()  # type: ignore[attr-defined]


class _Work:
    """The requests of a run: what failed as a whole is asked again, file by file."""

    def __init__(
        self, files: Iterator[Asked], settings: AnalysisSettings, run: str, size: int
    ) -> None:
        self._files, self._size = files, size
        self._settings, self._run = write_settings(settings), run
        self._again: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            return self._again.pop()
        files = tuple(islice(self._files, self._size))
        if not files:
            raise StopIteration
        return self._request(files)

    def _request(self, files: tuple[Asked, ...]) -> str:
        return BatchRequest(self._run, current_versions(), files, self._settings).as_json()

    def take(self, outcome: Outcome[str, pa.RecordBatch]) -> pa.RecordBatch | None:
        """Return the rows of a request, or ask again."""
        if outcome.value is not None:
            refusal = refusal_in(outcome.value)
            if refusal is not None:
                raise WorkerVersionError(
                    f"a worker has another version of linernotes ({refusal}); install the same "
                    "one on all machines"
                )
            return _aligned(outcome.value)
        error = outcome.error
        if isinstance(error, MemoryError | ClusterError):
            raise error
        if "No module named" in str(error):
            raise WorkerVersionError(
                f"a worker lacks a package ({_last_line(error)}); install the same version of "
                "linernotes on all machines"
            ) from error
        files = read_request(outcome.item).files
        if len(files) > 1:
            self._again += [self._request((file,)) for file in files]
            return None
        failure = Failure(
            files[0].uri,
            CrashError.code,
            f"each worker that tried this file was lost ({_last_line(error)}); check the file",
        )
        found = FileAnalysis(failure=failure)
        return batch_of([row_of(files[0].uri, found, size=files[0].size, etag=files[0].etag)])


def _aligned(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Copy what does not lie where numbers of its kind should: some engines receive it so.

    Lance reads nothing else.
    """
    buffers = (buffer for column in batch.columns for buffer in column.buffers())
    if all(buffer is None or buffer.address % 8 == 0 for buffer in buffers):
        return batch
    return batch.take(list(range(batch.num_rows)))


def _last_line(error: BaseException | None) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__


def joined(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Put small batches together, up to some number of rows."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= size:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches(size)
            waiting, rows = [], 0
    if waiting:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches(size)
