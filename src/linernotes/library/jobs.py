"""Work of a scan on one file, in a process that can be killed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import NamedTuple

from linernotes.errors import AudioError
from linernotes.library.analyses import Extent, TrackAnalysis
from linernotes.library.analysis import analyse_track
from linernotes.library.content import track_id
from linernotes.library.errors import ChangingError
from linernotes.library.file_tags import read_file_tags


class Stamp(NamedTuple):
    """By which a file is known to be as it was, without opening it.

    Size and time of change stay as they were where a program restores them, as some taggers
    and copies do. The third, the time of the last change of what the system itself keeps of the
    file, cannot be set.
    """

    size: int
    mtime_ns: int
    ctime_ns: int


#: Of a file that cannot be reached.
UNREACHED = Stamp(-1, -1, -1)


@dataclass(frozen=True)
class AnalysisJob:
    """Work on one file: to look which track it holds, or to listen to it.

    Parameters
    ----------
    path
        The file.
    stamp
        The size and times of change that it must have.
    analyses
        What to find out by listening; nothing to look.
    extent, timeout
        Of the analyses.
    """

    path: str
    stamp: Stamp
    analyses: tuple[str, ...] = ()
    extent: Extent = "excerpt"
    timeout: float | None = None


@dataclass(frozen=True)
class Look:
    """A file as it was read: the track in it, and its tags."""

    track_id: str
    tags: dict[str, str]


def work(job: AnalysisJob) -> Look | TrackAnalysis:
    """Do a job, in a process of its own.

    Raises
    ------
    ChangingError
        The file is not, or no longer, what it was when the job was given.
    """
    _check(job)
    found = _listen(job) if job.analyses else Look(track_id(job.path), read_file_tags(job.path))
    _check(job)
    return found


def _listen(job: AnalysisJob) -> TrackAnalysis:
    try:
        found = analyse_track(
            job.path, analyses=job.analyses, extent=job.extent, timeout=job.timeout
        )
    except AudioError:
        track_id(job.path)
        raise
    if found.warnings:
        # To a decoder, a drive that fails looks like a damaged file. Then this fails as well.
        track_id(job.path)
    return found


def _check(job: AnalysisJob) -> None:
    # Links and permissions may change meanwhile.
    if stamp_of(job.path)[:2] != job.stamp[:2]:
        raise ChangingError("the file changed while it was being read; scan again", job.path)


def stamp_of(path: str) -> Stamp:
    """Return a file's size and times of change, or `UNREACHED`."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return UNREACHED
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
