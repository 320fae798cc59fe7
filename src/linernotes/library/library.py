"""A library: what was found out about the tracks of a collection, once and for all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import Failure
from linernotes.library.analyses import ANALYSES, EMBEDDING_LENGTH, Extent, tag_names, versions
from linernotes.library.collection import Collection
from linernotes.library.export import export, to_arrow
from linernotes.library.location import default_location, is_url
from linernotes.library.lock import only_writer
from linernotes.library.presence import Presence, chosen_files, is_there, same_path
from linernotes.library.rows import FileRow
from linernotes.library.scans import MEMORY_LIMIT, Progress, ScanOptions, ScanResult
from linernotes.library.store import Store
from linernotes.library.tag_names import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float32]


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


class Library:
    """A library in a folder, or in an object store.

    Parameters
    ----------
    path
        Folder, or a URL such as ``s3://bucket/library``; by default in the user's data folder.
        It is made by the first scan.
    storage_options
        How to reach an object store; by default the environment tells.

    Examples
    --------
    >>> library = Library("~/.local/share/linernotes/library")
    >>> library.scan("~/Music").as_dict()  # doctest: +SKIP
    {'scanned': 20000, 'added': 19997, 'updated': 0, 'unchanged': 0, 'failed': 3, ...}
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        location = default_location() if path is None else os.fspath(path)
        if not is_url(location):
            location = os.path.abspath(os.path.expanduser(location))  # noqa: PTH100, PTH111
        self.location = location
        self._storage_options = storage_options

    def scan(
        self,
        folders: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        extent: Extent = "excerpt",
        analyses: Sequence[str] = ANALYSES,
        retry_failed: bool = False,
        force: bool = False,
        prune: bool = False,
        repair: bool = False,
        workers: int | None = None,
        timeout: float | None = None,
        memory: int | None = MEMORY_LIMIT,
        quiet: bool = True,
        gentle: bool = False,
        pace: float = 1.0,
        progress: Callable[[Progress], None] | None = None,
    ) -> ScanResult:
        """Bring the library up to date with folders, analysing only what is new.

        What is found is written every few seconds: a scan that is stopped, however that
        happens, is taken up by the next one where it was.

        Parameters
        ----------
        folders
            One or more folders, or files.
        extent
            ``"excerpt"`` listens to 30 s that represent a track longer than 40 s, ``"full"``
            to all of it. What was analysed in full stays so.
        analyses
            Which ones are to be there.
        retry_failed
            Try again what failed before. Without it that is done when the file or a version
            has changed.
        force
            Analyse everything again.
        prune
            Forget files that are gone, tracks without files, and what older versions made.
        repair
            First take tables that are damaged back to where they were readable.
        workers
            Number of processes; ``None`` for one a processor.
        timeout
            Seconds that one file may take: 120, or 900 in full, if not given.
        memory
            Bytes that a process may hold, where the system keeps to it (Linux).
        quiet
            Drop what decoders write to standard error.
        gentle
            Leave the machine usable: one process of the lowest priority, which begins no file
            while other programs use more than half of the processors. A file may take ten
            times as long.
        pace
            Share of the processors to use at most, above 0 and up to 1.
        progress
            Called as the scan goes on.

        Returns
        -------
        ScanResult
            How many tracks were added, updated, unchanged and failed.

        Raises
        ------
        LibraryError
            The library or a folder cannot be used; ``code`` says why.

        Examples
        --------
        >>> Library().scan("~/Music", workers=2).failed  # doctest: +SKIP
        0
        """
        from linernotes.library.scanning import scan

        if isinstance(folders, str | os.PathLike):
            folders = [folders]
        unknown = sorted(set(analyses) - set(ANALYSES))
        if unknown:
            raise ValueError(f"There is no analysis {unknown[0]!r}; known: {ANALYSES}.")
        if extent not in ("excerpt", "full"):
            raise ValueError(f"extent is 'excerpt' or 'full', not {extent!r}.")
        if not 0 < pace <= 1:
            raise ValueError(f"pace is a share of the processors, above 0 and up to 1, not {pace}.")
        options = ScanOptions(
            extent=extent,
            analyses=tuple(name for name in ANALYSES if name in analyses),
            retry_failed=retry_failed,
            force=force,
            prune=prune,
            workers=workers,
            timeout=timeout,
            memory=memory,
            quiet=quiet,
            gentle=gentle,
            pace=pace,
        )
        places = [os.path.expanduser(folder) for folder in folders]  # noqa: PTH111
        lock = nullcontext() if is_url(self.location) else only_writer(Path(self.location))
        with lock:
            store = self._store(create=True, repair=repair)
            if repair:
                store.repair()
            return scan(store, places, options, progress)

    def repair(self) -> list[str]:
        """Take damaged tables back to where they were readable.

        Returns
        -------
        list of str
            What was damaged, a sentence each. The next scan analyses again what was lost.
        """
        lock = nullcontext() if is_url(self.location) else only_writer(Path(self.location))
        with lock:
            return self._store(create=True, repair=True).repair()

    def status(self) -> Status:
        """Tell what the library holds, and what failed and why.

        Returns
        -------
        Status
            Counts, failures and versions.

        Examples
        --------
        >>> Library().status().failures  # doctest: +SKIP
        (Failure(file='/music/empty.mp3', code='empty', message='the file is empty …'),)
        """
        store = self._store(create=False)
        rows = store.files(tags=False).values()
        presence = Presence()
        there = [row for row in rows if is_there(row, presence)]
        here = {row.path for row in there}
        gone = [row for row in rows if row.path not in here]
        failed = sorted((row for row in there if row.code is not None), key=_by_path)
        copies = Counter(row.track_id for row in there if row.code is None and row.track_id)
        known = [set(store.extents(name)) for name in ANALYSES]
        tracks = chosen_files(rows, presence)
        return Status(
            library=self.location,
            tracks=len(tracks),
            analysed=sum(all(track in ids for ids in known) for track in tracks),
            failures=tuple(Failure(row.path, row.code or "", row.message or "") for row in failed),
            missing=len(gone),
            duplicates=sum(copies.values()) - len(copies),
            versions=versions(),
            size=store.size(),
            files=len(there),
            moved=sum(row.track_id in copies for row in gone),
            lost=presence.lost_folders(row.path for row in gone if row.track_id not in copies),
        )

    def find(self, track: str | os.PathLike[str]) -> str | None:
        """Return the id of a track that is given by its id or by one of its files.

        Parameters
        ----------
        track
            Path or id of a track.

        Returns
        -------
        str or None
            ``None`` where the library has no such track.

        Examples
        --------
        >>> Library().find("~/Music/song.mp3")  # doctest: +SKIP
        '6019de672b078f62bab146e273277fba'
        """
        name = os.fspath(track)
        rows = self._store(create=False).files()
        place = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111
        row = rows.get(place) or rows.get(same_path(place, rows) or "")
        if row is not None:
            return row.track_id
        return name if any(row.track_id == name for row in rows.values()) else None

    def collection(self) -> Collection:
        """Return the tracks of which everything is known, sorted by path.

        Of a track in several files the first is taken that is there. Tracks whose files were
        all gone when they were last scanned, and still are, are left out.

        Returns
        -------
        Collection
            All analysed tracks, as arrays.
        """
        store = self._store(create=False)
        rows = chosen_files(store.files().values(), Presence())
        networks = store.analysis("networks", ["duration", "embedding", "tags"])
        descriptors = store.analysis("descriptors", ["values"])
        if networks is None or descriptors is None:
            rows = {}
        else:
            known = set(networks["track_id"].to_pylist())
            known &= set(descriptors["track_id"].to_pylist())
            rows = {track: row for track, row in rows.items() if track in known}
        chosen = list(rows)
        return Collection(
            track_id=tuple(chosen),
            path=tuple(row.path for row in rows.values()),
            metadata={
                field: tuple(row.tags.get(field) for row in rows.values()) for field in FIELDS
            },
            duration=_column(networks, "duration", chosen, ()),
            embedding=_column(networks, "embedding", chosen, (EMBEDDING_LENGTH,)),
            tags=_column(networks, "tags", chosen, (len(tag_names()),)),
            tag_names=tag_names(),
            descriptors=_column(descriptors, "values", chosen, (_descriptors_in(descriptors),)),
        )

    def to_arrow(self) -> pa.Table:
        """Return the tracks as an Arrow table; ``.to_pandas()`` makes a data frame of it.

        Returns
        -------
        pyarrow.Table
            A row for each track.
        """
        return to_arrow(self.collection())

    def export(self, path: str | os.PathLike[str]) -> Path:
        """Write the tracks to a ``.parquet`` or ``.csv`` file, the latter without embeddings.

        Parameters
        ----------
        path
            The file to write, ``.parquet`` or ``.csv``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ExportError
            The kind of file is unknown, or it cannot be written.
        """
        return export(self.collection(), path)

    def _store(self, *, create: bool, repair: bool = False) -> Store:
        return Store(
            self.location, create=create, repair=repair, storage_options=self._storage_options
        )


def _by_path(row: FileRow) -> str:
    return row.path


def _descriptors_in(table: pa.Table | None) -> int:
    """Return the number of descriptors of a track, by preference without importing them."""
    if table is not None:
        return int(table.schema.field("values").type.list_size)
    from linernotes.features.sets import find_set

    return len(find_set("descriptors").names)


def _column(
    table: pa.Table | None, name: str, tracks: Sequence[str], shape: tuple[int, ...]
) -> Floats:
    """Return a column of the given tracks as an array."""
    if table is None or not tracks:
        return np.empty((0, *shape), np.float32)
    row_of = {track: row for row, track in enumerate(table["track_id"].to_pylist())}
    column = table[name].combine_chunks()
    flat = column.flatten() if shape else column
    values = flat.to_numpy(zero_copy_only=False).reshape(-1, *shape)
    taken: Floats = values[[row_of[track] for track in tracks]]
    return taken.astype(np.float32, copy=False)
