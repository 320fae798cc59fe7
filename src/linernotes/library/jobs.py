"""What a scan has done to one file, in a process that can be killed."""

from __future__ import annotations

import os
from dataclasses import dataclass

from linernotes.library.analysis import Extent, TrackAnalysis, analyse_track
from linernotes.library.content import track_id
from linernotes.library.errors import ChangingError
from linernotes.library.file_tags import read_file_tags


@dataclass(frozen=True)
class Job:
    """Work on one file: to look which track it holds, or to listen to it.

    Parameters
    ----------
    path
        The file.
    stamp
        The size and time of change that it must have.
    analyses
        What to find out by listening; nothing to look.
    extent, timeout
        Of the analyses.
    """

    path: str
    stamp: tuple[int, int]
    analyses: tuple[str, ...] = ()
    extent: Extent = "excerpt"
    timeout: float | None = None


@dataclass(frozen=True)
class Look:
    """What reading a file told: the track in it, and its tags."""

    track_id: str
    tags: dict[str, str]


def work(job: Job) -> Look | TrackAnalysis:
    """Do a job, in a process of its own.

    Raises
    ------
    ChangingError
        The file is not, or no longer, what it was when the job was given.
    """
    _check(job)
    found: Look | TrackAnalysis
    if job.analyses:
        found = analyse_track(
            job.path, analyses=job.analyses, extent=job.extent, timeout=job.timeout
        )
    else:
        found = Look(track_id(job.path), read_file_tags(job.path))
    _check(job)
    return found


def _check(job: Job) -> None:
    if stamp_of(job.path) != job.stamp:
        raise ChangingError("the file changed while it was being read; scan again", job.path)


def stamp_of(path: str) -> tuple[int, int]:
    """Return a file's size and time of change, or -1 for both if it cannot be reached."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return -1, -1
    return status.st_size, status.st_mtime_ns
