"""Work of a scan on one file, in a process that can be killed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from linernotes.errors import AudioError
from linernotes.library.analyses import Extent, TrackAnalysis
from linernotes.library.analysis import analyse_track
from linernotes.library.content import track_id
from linernotes.library.errors import ChangingError
from linernotes.library.file_tags import read_file_tags
from linernotes.library.rows import FileRow


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
    found: Look | TrackAnalysis
    if job.analyses:
        found = listen(job.path, job.analyses, job.extent, job.timeout)
    else:
        found = look(job.path)
    _check(job)
    return found


def look(path: str) -> Look:
    """Learn which track a file holds, and its tags, by reading it.

    Raises
    ------
    AudioError
        It cannot be read, or is no audio.
    """
    return Look(track_id(path), read_file_tags(path))


def listen(
    path: str, analyses: Sequence[str], extent: Extent, timeout: float | None
) -> TrackAnalysis:
    """Analyse the track in a file, as `analyse_track` does.

    Raises
    ------
    AudioError
        It cannot be listened to.
    """
    try:
        found = analyse_track(path, analyses=analyses, extent=extent, timeout=timeout)
    except AudioError:
        track_id(path)
        raise
    if found.warnings:
        # To a decoder, a drive that fails looks like a damaged file. Then this fails as well.
        track_id(path)
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


def is_as_it_was(row: FileRow, stamp: Stamp) -> bool:
    """Whether a file has not changed since a library looked at it."""
    # Version 0.1.0 did not note the third.
    known = (row.size, row.mtime_ns, stamp.ctime_ns if row.ctime_ns is None else row.ctime_ns)
    return known == stamp
