"""Labelled tracks heard for many recipes at once: each file is opened once for all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from linernotes.engine import kill_after, run, worker_count
from linernotes.learning.feature_cache import FeatureCache, stamp_of
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import IN_LIBRARY, is_in_library
from linernotes.learning.measuring import TIMEOUT, given_names, known_networks, shelf_of
from linernotes.learning.measuring_jobs import ListeningJob, kept, measure_for_all
from linernotes.library.scans import MEMORY_LIMIT, Progress

if TYPE_CHECKING:
    from linernotes.datasets.examples import Examples
    from linernotes.library import Collection


def measure_ahead(
    examples: Examples,
    input_specs: Sequence[InputSpec],
    cache: FeatureCache,
    *,
    library: Collection | None = None,
    workers: int | None = None,
    timeout: float = TIMEOUT,
    quiet: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Hear labelled tracks for several recipes at once, so that `measure` finds it in the cache.

    Each file is opened once for all of them. What cannot be heard is left to `measure` to tell.

    Parameters
    ----------
    examples, library, workers, timeout, quiet, progress
        As in `measure`.
    input_specs
        What each recipe hears.
    cache
        Where to keep what was heard, and to look for it.

    Examples
    --------
    >>> specs = [InputSpec(("tags",)), InputSpec(("fma",), Clips(30.0))]
    >>> measure_ahead(examples, specs, FeatureCache())  # doctest: +SKIP
    """
    cuts: dict[tuple[Clips | None, bool], dict[str, None]] = {}
    for input_spec in input_specs:
        given = given_names(examples, input_spec)
        wanted = [name for name in input_spec.inputs if name not in given]
        known = library is not None and is_in_library(wanted, input_spec.clips)
        cuts.setdefault((input_spec.clips, known), {}).update(dict.fromkeys(wanted))
    by_networks = known_networks(examples, input_specs)
    shelf = shelf_of(library, IN_LIBRARY, None)
    work: list[tuple[ListeningJob, ...]] = []
    seen: set[str] = set()
    for row, path in enumerate(examples.path):
        if path is None or path in seen or stamp_of(path) is None:
            continue
        seen.add(path)
        absolute = os.path.abspath(path)  # noqa: PTH100
        inputs: dict[Clips | None, dict[str, None]] = {}
        for (clips, known), names in cuts.items():
            lacking = [name for name in names if clips or row not in by_networks.get(name, ())]
            if lacking and not (known and absolute in shelf):
                inputs.setdefault(clips, {}).update(dict.fromkeys(lacking))
        track = cache.track_of(path)
        jobs = [ListeningJob(path, track, tuple(names), clips, cache, timeout)
                for clips, names in inputs.items()]  # fmt: skip
        if any(len(kept(job, track)) < len(job.inputs) for job in jobs):
            work.append(tuple(jobs))
    if not work:
        return
    outcomes = run(
        measure_for_all,
        work,
        workers=worker_count(workers, len(work)),
        timeout=kill_after(timeout),
        memory=MEMORY_LIMIT,
        quiet=quiet,
    )
    failed = 0
    for done, outcome in enumerate(outcomes, 1):
        failed += outcome.error is not None
        if progress is not None:
            progress(Progress("listening", done, len(work), failed))
    cache.trim()
