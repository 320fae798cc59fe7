"""Measuring the track in one file, in a process that can be killed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.feature_cache import FeatureCache, stamp_of
from linernotes.learning.input_spec import Clips
from linernotes.learning.inputs import FROM_NETWORKS, find_input
from linernotes.learning.listening.cuts import CUT_VERSION
from linernotes.learning.listening.tracks import hear, hear_cuts
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import EXCERPT
from linernotes.library.content import track_id

Floats = NDArray[np.float32]
#: Rows of a track by the name of the input.
ByInput = dict[str, Floats]


@dataclass(frozen=True)
class ListeningJob:
    """Work on one file: to hear it, and to keep what was heard.

    Parameters
    ----------
    path
        The file.
    track
        The id of the track in it, where that is known.
    inputs, clips
        What to hear, and how.
    cache
        Where it is kept, if anywhere.
    timeout
        Seconds that it may take.
    """

    path: str
    track: str | None
    inputs: tuple[str, ...]
    clips: Clips | None
    cache: FeatureCache | None
    timeout: float


def measure_one(job: ListeningJob) -> tuple[str | None, ByInput]:
    """Do a job, in a process of its own.

    Returns
    -------
    track
        The id of the track in the file.
    rows
        By input.

    Raises
    ------
    AudioError
        The file cannot be listened to.
    """
    track = _track_of(job)
    known = kept(job, track)
    lacking = [name for name in job.inputs if name not in known]
    if lacking:
        heard = hear(job.path, _worth_hearing(job, lacking), job.clips, timeout=job.timeout).values
        _keep(job, track, heard)
        known.update(heard)
    if len({len(known[name]) for name in job.inputs}) > 1:  # decoders have changed since
        known = dict(hear(job.path, job.inputs, job.clips, timeout=job.timeout).values)
    return track, {name: known[name] for name in job.inputs}


def measure_for_all(jobs: Sequence[ListeningJob]) -> int:
    """Do several jobs on one file, from opening it once, and keep what was heard in the cache.

    What cannot be heard is passed over: it is told of when it is asked for.

    Parameters
    ----------
    jobs
        With a cache; each cuts the track in another way.

    Returns
    -------
    count
        How many of them needed listening.

    Raises
    ------
    AudioError
        The file cannot be opened.
    """
    track = _track_of(jobs[0])
    wanted: dict[Clips | None, tuple[str, ...]] = {}
    for job in jobs:
        known = kept(job, track)
        lacking = [name for name in job.inputs if name not in known]
        if lacking:
            wanted[job.clips] = _worth_hearing(job, lacking)
    heard = hear_cuts(jobs[0].path, wanted, timeout=jobs[0].timeout) if wanted else {}
    for job in jobs:
        found = heard.get(job.clips)
        if isinstance(found, TrackFeatures):
            _keep(job, track, found.values)
    return len(wanted)


def kept(job: ListeningJob, track: str | None) -> ByInput:
    """Return what the cache knows of the track in a file."""
    if job.cache is None or track is None:
        return {}
    entries = {name: job.cache.get(_key(track, name, job.clips)) for name in job.inputs}
    return {
        name: rows
        for name, rows in entries.items()
        if rows is not None and len(rows) and rows.shape[1] == find_input(name).columns
    }


def _track_of(job: ListeningJob) -> str | None:
    """Return the id of the track in a file, where there is a cache that wants to know it."""
    if job.cache is None or job.track is not None:
        return job.track
    stamp = stamp_of(job.path)
    track = track_id(job.path)
    if stamp is not None:
        job.cache.remember(job.path, track, stamp=stamp)
    return track


def _worth_hearing(job: ListeningJob, lacking: Iterable[str]) -> tuple[str, ...]:
    # The networks give all of theirs at once: what is not wanted now may be another time.
    wanted = dict.fromkeys(lacking)
    if not set(FROM_NETWORKS).isdisjoint(wanted) and job.cache is not None:
        wanted.update(dict.fromkeys(FROM_NETWORKS))
    return tuple(wanted)


def _keep(job: ListeningJob, track: str | None, heard: Mapping[str, Floats]) -> None:
    if job.cache is not None and track is not None:
        for name, values in heard.items():
            job.cache.put(_key(track, name, job.clips), values)


def _key(track: str, name: str, clips: Clips | None) -> str:
    cut = EXCERPT
    if clips is not None:
        cut = f"clips-{CUT_VERSION} {clips.seconds!r} {clips.skip_intro!r} {clips.at_most}"
    return f"{track} {name} {find_input(name).version} {cut}"
