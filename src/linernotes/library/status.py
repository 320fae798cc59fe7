"""What a library holds, what is missing, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from linernotes.errors import Failure
from linernotes.library.analyses import ANALYSES, versions
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
    there: list[_File] = []
    gone: list[_File] = []
    for file in _each(files):
        # Of one that failed, whether it was there when it was last scanned.
        here = not file.missing if file.code is not None else presence.find(file.path) is not None
        (there if here else gone).append(file)
    copies = Counter(file.track_id for file in there if file.code is None and file.track_id)
    known = [set(store.extents(name)) for name in ANALYSES]
    return Status(
        library=store.location,
        tracks=len(chosen.track_id),
        analysed=len(set(chosen.track_id).intersection(*known)),
        failures=tuple(
            Failure(file.path, file.code, file.message or "")
            for file in sorted(there)
            if file.code is not None
        ),
        missing=len(gone),
        duplicates=sum(copies.values()) - len(copies),
        versions=versions(),
        size=store.size(),
        files=len(there),
        moved=sum(file.track_id in copies for file in gone),
        lost=presence.lost_folders(file.path for file in gone if file.track_id not in copies),
    )


class _File(NamedTuple):
    path: str
    missing: bool
    track_id: str | None
    code: str | None
    message: str | None


def _each(files: FileColumns | None) -> Iterable[_File]:
    if files is None:
        return []
    columns = files.missing, files.track_id, files.code, files.message
    return {row[0]: _File(*row) for row in zip(files.path, *columns, strict=True)}.values()
