"""Many labelled tracks on their way into rows of numbers: each is heard once, ever.

What the source has measured is taken from it; what a library knows, from there, by installed
networks as well; what was heard before, from the cache. Only the rest is listened to, in processes
that can be killed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import LeftOut, name_of
from linernotes.engine import kill_after, run, worker_count
from linernotes.errors import Failure, ModelError
from linernotes.learning.feature_cache import FeatureCache, stamp_of
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import find_input, input_columns, is_in_library
from linernotes.learning.measuring_jobs import ByInput, ListeningJob, kept, measure_one
from linernotes.learning.networks_heard import heard_before
from linernotes.library.scans import MEMORY_LIMIT, Progress
from linernotes.storage import is_remote

if TYPE_CHECKING:
    from linernotes.datasets.examples import Examples
    from linernotes.library import Collection

Floats = NDArray[np.float32]
#: What was heard of tracks, and those that could not be heard.
Measured = tuple[FeatureMatrix, tuple[LeftOut, ...]]

TIMEOUT = 120.0
"""Seconds that a file may take."""


class ColumnsError(ModelError):
    """A table of features has other columns than the feature set of its name."""

    code: ClassVar[str] = "columns"


def measure(
    examples: Examples,
    input_spec: InputSpec,
    *,
    library: Collection | None = None,
    cache: FeatureCache | None = None,
    workers: int | None = None,
    timeout: float = TIMEOUT,
    quiet: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Measured:
    """Hear labelled tracks as a recipe does.

    Parameters
    ----------
    examples
        The tracks.
    input_spec
        What to hear of them.
    library
        Tracks of a library, which need no listening where the recipe hears what is in there.
    cache
        Where to keep what was heard, and to look for it; ``None`` keeps nothing.
    workers
        Number of processes; ``None`` for one a processor.
    timeout
        Seconds that a file may take.
    quiet
        Drop what decoders write to standard error.
    progress
        Called as the work goes on.

    Returns
    -------
    matrix
        Rows of the tracks that could be heard; ``matrix.tracks`` tells which these are.
    left_out
        The others: "no-audio", "missing-file", "nan-features", or the code of the failure.

    Raises
    ------
    ColumnsError
        The examples' own features do not fit the feature set of their name.

    Examples
    --------
    >>> measure(examples, InputSpec(("embedding", "descriptors")))  # doctest: +SKIP
    """
    given = given_features(examples, input_spec)
    if len(given) == len(input_spec.inputs):
        return _side_by_side(examples, given, input_spec.inputs)
    heard: dict[int, ByInput] = {
        i: {name: table[i : i + 1] for name, table in given.items()} for i in range(len(examples))
    }
    for name, rows in known_networks(examples, [input_spec]).items():
        for i, row in rows.items():
            heard[i][name] = row
    wanted = {
        i: tuple(name for name in input_spec.inputs if name not in known)
        for i, known in heard.items()
    }
    wanted = {i: names for i, names in wanted.items() if names}
    left_out: list[LeftOut] = []
    if wanted:
        listener = _Listener(input_spec.clips, wanted, cache, timeout)
        found = listener.listen(
            examples.path, library, workers=workers, quiet=quiet, progress=progress
        )
        for i, outcome in found:
            if isinstance(outcome, LeftOut):
                left_out.append(outcome)
                del heard[i]
            else:
                heard[i].update(outcome)
        if cache is not None and listener.heard:
            cache.trim()
    return _stack(examples, heard, input_spec.inputs, left_out)


class _Listener:
    """The settings for hearing many files for one recipe, and what it wants of each."""

    def __init__(
        self,
        clips: Clips | None,
        wanted: Mapping[int, tuple[str, ...]],
        cache: FeatureCache | None,
        timeout: float,
    ) -> None:
        self.clips = clips
        self.wanted = wanted
        self.cache = cache
        self.timeout = timeout
        self.heard = 0

    def listen(
        self,
        paths: Sequence[str | None],
        library: Collection | None,
        *,
        workers: int | None,
        quiet: bool,
        progress: Callable[[Progress], None] | None,
    ) -> Iterator[tuple[int, ByInput | LeftOut]]:
        """Yield what was heard of each track, or why it was not."""
        inputs = dict.fromkeys(name for names in self.wanted.values() for name in names)
        shelf = shelf_of(library, tuple(inputs), self.clips)
        total = len(self.wanted)
        jobs: dict[int, ListeningJob] = {}
        done = failed = 0
        for i, names in self.wanted.items():
            known = self._known(i, paths[i], names, shelf)
            if isinstance(known, ListeningJob):
                jobs[i] = known
            else:
                done, failed = done + 1, failed + isinstance(known, LeftOut)
                yield i, known
        self._tell(progress, done, total, failed)
        if not jobs:
            return
        outcomes = run(
            measure_one,
            list(jobs.values()),
            workers=worker_count(workers, len(jobs)),
            timeout=kill_after(self.timeout),
            memory=MEMORY_LIMIT,
            quiet=quiet,
        )
        for i, outcome in zip(jobs, outcomes, strict=True):
            self.heard += 1
            done += 1
            if outcome.value is not None:
                yield i, outcome.value[1]
            else:
                failed += 1
                failure = Failure.of(outcome.item.path, outcome.error)
                yield i, LeftOut(outcome.item.path, failure.code, failure.message)
            self._tell(progress, done, total, failed)

    def _known(
        self, i: int, path: str | None, inputs: tuple[str, ...], shelf: Mapping[str, ByInput]
    ) -> ByInput | LeftOut | ListeningJob:
        """Return the rows that need no listening, or the work that they need."""
        if path is None:
            return LeftOut(
                f"row {i + 1}",
                "no-audio",
                f"there is no audio to hear {' and '.join(inputs)} of; give the track's "
                "file, or use a recipe that learns from the features in the table",
            )
        if is_remote(path):
            message = f"there is no audio here to hear {' and '.join(inputs)} of; fetch it"
            return LeftOut(path, "no-audio", message)
        if stamp_of(path) is None:
            return LeftOut(path, "missing-file", "there is no such file; check its path")
        track = None if self.cache is None else self.cache.track_of(path)
        job = ListeningJob(path, track, inputs, self.clips, self.cache, self.timeout)
        absolute = os.path.abspath(path)  # noqa: PTH100
        if absolute in shelf:
            return shelf[absolute]
        known = kept(job, track)
        whole = len(known) == len(inputs) and len({len(v) for v in known.values()}) == 1
        return known if whole else job

    def _tell(
        self, progress: Callable[[Progress], None] | None, done: int, total: int, failed: int
    ) -> None:
        if progress is not None:
            progress(Progress("listening", done, total, failed))


def shelf_of(
    library: Collection | None, inputs: Sequence[str], clips: Clips | None
) -> dict[str, ByInput]:
    """Return what a library knows of tracks heard so, by the absolute path of the file."""
    if library is None or not is_in_library(inputs, clips):
        return {}
    columns = {
        "embedding": library.embedding,
        "tags": library.tags,
        "descriptors": library.descriptors,
    }
    return {
        path: {name: columns[name][row : row + 1] for name in inputs}
        for row, path in enumerate(library.path)
    }


def known_networks(
    examples: Examples, input_specs: Sequence[InputSpec]
) -> dict[str, dict[int, Floats]]:
    """Return what a library knows by installed networks of tracks as recipes hear them."""
    wanted = [name for spec in input_specs if spec.clips is None for name in spec.inputs]
    return heard_before(examples, list(dict.fromkeys(wanted)))


def given_names(examples: Examples, input_spec: InputSpec) -> list[str]:
    """Return which of what is to be heard the source has measured already."""
    given = [name for name in input_spec.inputs if name in examples.measured]
    clips = input_spec.clips
    # Beside several clips of a track, one row of it has no place.
    if len(given) < len(input_spec.inputs) and clips is not None and clips.at_most != 1:
        return []
    return given


def given_features(examples: Examples, input_spec: InputSpec) -> dict[str, Floats]:
    """Return what the source has measured already of what is to be heard."""
    examples = examples.with_features(input_spec.inputs)
    given = {name: examples.features[name] for name in given_names(examples, input_spec)}
    for name, values in given.items():
        expected = find_input(name).columns
        if values.shape[1] != expected:
            raise ColumnsError(
                f"the examples have {values.shape[1]} columns for {name}, which has {expected}: "
                "give the table that belongs to it, or the tracks themselves"
            )
    return given


def _side_by_side(
    examples: Examples, given: Mapping[str, Floats], inputs: tuple[str, ...]
) -> Measured:
    """Return what the source has measured, and the tracks of which it lacks something."""
    columns = input_columns(inputs)
    values = np.concatenate([given[name] for name in inputs], axis=1, dtype=np.float32)
    whole = np.isfinite(values).all(axis=1)
    left_out = [
        _gap(name_of(examples, row), values[row], columns, inputs)
        for row in np.flatnonzero(~whole).tolist()
    ]
    if left_out:
        values = values[whole]
    return FeatureMatrix(values, np.flatnonzero(whole), columns), tuple(left_out)


def _gap(name: str, row: Floats, columns: tuple[str, ...], inputs: tuple[str, ...]) -> LeftOut:
    odd, nothing = ~np.isfinite(row), np.isnan(row)
    for each in inputs:
        if nothing[[column.startswith(f"{each}.") for column in columns]].all():
            message = f"nothing is known of its {each}; analyse it with all analyses"
            return LeftOut(name, "no-features", message)
    column = columns[int(np.flatnonzero(odd)[0])]
    return LeftOut(name, "nan-features", f"{column} is no finite number; measure it again")


def _stack(
    examples: Examples,
    heard: Mapping[int, ByInput],
    inputs: tuple[str, ...],
    left_out: list[LeftOut],
) -> Measured:
    columns = input_columns(inputs)
    rows: list[Floats] = []
    track: list[int] = []
    for i in sorted(heard):
        values = np.concatenate([heard[i][name] for name in inputs], axis=1)
        if not np.isfinite(values).all():
            odd = values[~np.isfinite(values).all(axis=1)][0]
            left_out.append(_gap(name_of(examples, i), odd, columns, inputs))
            continue
        rows.append(values)
        track += [i] * len(values)
    values = np.concatenate(rows) if rows else np.empty((0, len(columns)), np.float32)
    matrix = FeatureMatrix(
        values.astype(np.float32, copy=False), np.array(track, np.int64), columns
    )
    return matrix, tuple(left_out)
