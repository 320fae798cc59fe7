"""What a library holds, what is missing, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from linernotes.errors import Failure
from linernotes.library.analyses import ANALYSES, versions
from linernotes.library.location import is_url
from linernotes.library.network_tables import count_heard
from linernotes.library.presence import Presence
from linernotes.library.rows import FILES
from linernotes.library.store import Store
from linernotes.library.store_errors import reading
from linernotes.library.stored_tracks import FileColumns, chosen_tracks, read_files


@dataclass(frozen=True)
class Status:
    """The contents of a library.

    Parameters
    ----------
    library
        Where it is.
    tracks
        Different tracks in those that did not fail.
    analysed
        Tracks of which every analysis is there, made by the current version.
    failures
        Files that could not be analysed, and hold no track as far as is known.
    missing
        Files that are not there now, and not forgotten.
    duplicates
        Files beyond the first of each track.
    versions
        Current versions of the analyses.
    size
        Bytes on disk, or ``None`` in an object store.
    files
        Files that are there, whatever became of them.
    moved
        Of the missing: those whose track is in another file now.
    lost
        Folders that the others went away with, or that are empty now, as a drive's are that is
        not connected.
    networks
        How many tracks each network that was added has heard.
    """

    library: str
    tracks: int
    analysed: int
    failures: tuple[Failure, ...]
    missing: int
    duplicates: int
    versions: dict[str, str]
    size: int | None
    files: int = 0
    moved: int = 0
    lost: tuple[str, ...] = ()
    networks: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        return {
            "tracks": self.tracks,
            "analysed": self.analysed,
            "failed": len(self.failures),
            "failures": [
                {"file": failure.file, "code": failure.code, "message": failure.message}
                for failure in self.failures
            ],
            "versions": self.versions,
            "networks": self.networks,
            "files": self.files,
            "missing": self.missing,
            "moved": self.moved,
            "lost": list(self.lost),
            "duplicates": self.duplicates,
            "library": self.library,
            "bytes": self.size,
        }


def read_status(store: Store) -> Status:
    """Tell what a library holds, and what failed and why.

    Parameters
    ----------
    store
        The library.

    Returns
    -------
    Status

    Examples
    --------
    >>> read_status(Store("library", create=False)).tracks  # doctest: +SKIP
    20000
    """
    presence = Presence()
    with reading(store.location):
        files = read_files(store.as_it_is(FILES), "message")
    chosen = chosen_tracks(files, presence)
    found = presence.find
    here: Counter[str] = Counter()
    gone: list[tuple[str, str | None]] = []
    failures: list[Failure] = []
    count = 0
    for path, missing, track, code, message in _each(files):
        # Of one that failed, or lies elsewhere, whether it was there when it was last scanned.
        if missing if code is not None or is_url(path) else found(path) is None:
            gone.append((path, track))
            continue
        count += 1
        if code is not None:
            failures.append(Failure(path, code, message or ""))
        elif track:
            here[track] += 1
    known = [set(store.extents(name)) for name in ANALYSES]
    return Status(
        library=store.location,
        tracks=len(chosen.track_id),
        analysed=len(set(chosen.track_id).intersection(*known)),
        failures=tuple(sorted(failures, key=lambda failure: failure.file or "")),
        missing=len(gone),
        duplicates=sum(here.values()) - len(here),
        versions=versions(),
        size=store.size(),
        files=count,
        moved=sum(track in here for _, track in gone),
        lost=presence.lost_folders(path for path, track in gone if track not in here),
        networks=count_heard(store),
    )


def read_failures(store: Store) -> list[Failure]:
    """Return the files of a library that failed, but for those that a scan has found gone.

    Parameters
    ----------
    store
        The library.

    Returns
    -------
    list of Failure
        Sorted by path; nothing is looked for on disk.
    """
    with reading(store.location):
        files = read_files(store.as_it_is(FILES), "message")
    failures = [
        Failure(path, code, message or "")
        for path, missing, _, code, message in _each(files)
        if code is not None and not missing
    ]
    return sorted(failures, key=lambda failure: failure.file or "")


_File: TypeAlias = "tuple[str, bool, str | None, str | None, str | None]"


def _each(files: FileColumns | None) -> Iterable[_File]:
    if files is None:
        return []
    rows = zip(files.path, files.missing, files.track_id, files.code, files.message, strict=True)
    if len(set(files.path)) == len(files.path):
        return rows
    return {row[0]: row for row in rows}.values()
