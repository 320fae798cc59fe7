"""Identifying many files, in processes of their own."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from linernotes.engine import kill_after, run, threads_each, worker_count
from linernotes.identification.asking import DEFAULT_MODELS
from linernotes.identification.result import Identification, IdentificationFailure


def identify_many(
    files: Iterable[str | os.PathLike[str]],
    *,
    models: Sequence[str | os.PathLike[str]] = DEFAULT_MODELS,
    window: float = 3.0,
    hop: float | None = None,
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Iterator[Identification | IdentificationFailure]:
    """Identify many files, in processes of their own that load everything once.

    A file that hangs or crashes a decoder is given up without harm to the others.

    Parameters
    ----------
    files
        Paths of files.
    models, window, hop, start, duration, skip_intro
        As in `identify`.
    timeout
        Seconds that one file may take.
    workers
        Number of processes; ``None`` for one a processor.
    quiet
        Drop what decoders write to standard error.

    Yields
    ------
    Identification or Failure
        In the order of the files.

    Examples
    --------
    >>> for heard in identify_many(["a.mp3", "b.mp3"]):  # doctest: +SKIP
    ...     print(heard.as_dict())
    """
    paths = [os.fspath(file) for file in files]
    workers = worker_count(workers, len(paths))
    function = functools.partial(
        _identified,
        models=models,
        window=window,
        hop=hop,
        start=start,
        duration=duration,
        skip_intro=skip_intro,
        timeout=timeout,
        threads=threads_each(workers),
    )
    limit = kill_after(timeout)
    for outcome in run(function, paths, workers=workers, timeout=limit, quiet=quiet):
        if outcome.value is not None:
            yield outcome.value
        else:
            yield IdentificationFailure.of(outcome.item, outcome.error)


def _identified(file: str, **options: Any) -> Identification:
    """Identify a file; only the process that does so imports what listens."""
    from linernotes.identification.tracks import identify

    return identify(file, **options)
