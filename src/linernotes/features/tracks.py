"""Feature sets of files: decoded piece by piece, many in processes of their own."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from linernotes.audio import Audio, Source, stream
from linernotes.engine import kill_after, run, worker_count
from linernotes.errors import Failure
from linernotes.features.extraction import PIECE_SECONDS, extract_sets
from linernotes.features.reduction import Values
from linernotes.features.sets import find_set


@dataclass(frozen=True, eq=False)
class Features:
    """Feature sets of one track.

    Parameters
    ----------
    file
        Name of the file, or ``None``.
    duration
        Seconds that were listened to.
    warnings
        What was wrong with the file, one sentence each.
    values
        float32 of shape (columns,) by the name of the feature set.
    """

    file: str | None
    duration: float
    warnings: tuple[str, ...]
    values: dict[str, Values]


def extract_track(
    track: Source | Audio,
    *,
    sets: Sequence[str] = ("descriptors",),
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
) -> Features:
    """Compute feature sets of a file, in memory that does not grow with its length.

    Parameters
    ----------
    track
        Path, bytes, binary file object, or `Audio`.
    sets
        Names of feature sets.
    start, duration, skip_intro, timeout
        As in `linernotes.audio.stream`.

    Returns
    -------
    Features
        The values of each set by its name, and what was wrong with the file.

    Raises
    ------
    AudioError
        The track cannot be listened to; ``code`` says why.
    FeatureSetNotFoundError
        There is no such set.

    Examples
    --------
    >>> extract_track("song.mp3", sets=["fma"]).values["fma"].shape  # doctest: +SKIP
    (518,)
    """
    for name in sets:
        find_set(name)  # a wrong name is said before the work
    with stream(
        track, start=start, duration=duration, skip_intro=skip_intro, timeout=timeout
    ) as blocks:
        values = extract_sets(blocks.pieces(PIECE_SECONDS), sets)
        return Features(blocks.info.name, blocks.decoded, blocks.warnings, values)


def extract_tracks(
    files: Iterable[str | os.PathLike[str]],
    *,
    sets: Sequence[str] = ("descriptors",),
    start: float = 0.0,
    duration: float | None = None,
    skip_intro: float = 0.0,
    timeout: float | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Iterator[Features | Failure]:
    """Compute feature sets of many files, in processes that can be killed.

    A file that hangs or crashes a decoder is given up without harm to the others.

    Parameters
    ----------
    files
        Paths of files.
    sets, start, duration, skip_intro
        As in `extract_track`.
    timeout, workers, quiet
        Seconds that one file may take, the number of processes (``None`` for one a processor),
        and whether to drop what decoders write to standard error.

    Yields
    ------
    Features or Failure
        In the order of the files.

    Examples
    --------
    >>> for features in extract_tracks(["a.mp3", "b.mp3"], sets=["fma"]):  # doctest: +SKIP
    ...     print(features)
    """
    paths = [os.fspath(file) for file in files]
    function = functools.partial(
        extract_track,
        sets=tuple(sets),
        start=start,
        duration=duration,
        skip_intro=skip_intro,
        timeout=timeout,
    )
    workers = worker_count(workers, len(paths))
    limit = kill_after(timeout)
    for outcome in run(function, paths, workers=workers, timeout=limit, quiet=quiet):
        yield outcome.value or Failure.of(outcome.item, outcome.error)
