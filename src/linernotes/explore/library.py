"""A library: what was found out about the tracks of a collection, once and for all, and asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from linernotes.library.analyses import ANALYSES, Extent
from linernotes.library.errors import LibraryError
from linernotes.library.location import default_location, is_url
from linernotes.library.lock import only_writer
from linernotes.library.playlists.saved import Playlists
from linernotes.library.scans import MEMORY_LIMIT, Progress, ScanOptions, ScanResult
from linernotes.library.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

    from linernotes.explore.explorer import Explorer
    from linernotes.explore.filter_fields import Fields
    from linernotes.explore.kept_space import IndexState
    from linernotes.explore.map import Map
    from linernotes.explore.query import Match
    from linernotes.library.collection import Collection
    from linernotes.library.status import Status


class Library:
    """A library in a folder, or in an object store: scanned once, then asked.

    What it holds is read when it is first asked for, and again when it has changed.

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
    >>> library.similar("song.mp3", n=20, per_artist=2)  # doctest: +SKIP
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
        self.storage_options = storage_options
        self.playlists = Playlists(location, storage_options=storage_options)
        self._lock = threading.Lock()
        self._kept: tuple[Store, dict[str, int], Explorer] | None = None

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
        with self._written(repair=repair) as store:
            from linernotes.explore.kept_space import KeptSpace
            from linernotes.library.stored_tracks import read_collection

            space = KeptSpace(store)
            if repair:
                space.repair()
            result = scan(store, places, options, progress, beside=space.placing)
            space.renew(read_collection(store))
        return result

    def index(self, *, refit: bool = False) -> IndexState:
        """See that similar tracks are found at once: that the space they are compared in is kept.

        Scans do that as well. The space is fitted anew when the library has grown by half since,
        or when a version has changed; other new tracks are placed in it.

        Parameters
        ----------
        refit
            Fit it anew in any case.

        Returns
        -------
        IndexState
            How many tracks are in it, and what was done.

        Raises
        ------
        LibraryError
            The library cannot be read or written.

        Examples
        --------
        >>> Library().index().as_dict()  # doctest: +SKIP
        {'tracks': 20000, 'fitted': 16000, 'dimensions': 192, 'done': 'nothing'}
        """
        self._store()  # there has to be one
        with self._written() as store:
            from linernotes.explore.kept_space import KeptSpace
            from linernotes.library.stored_tracks import read_collection

            return KeptSpace(store).renew(read_collection(store), refit=refit)

    def repair(self) -> list[str]:
        """Take damaged tables back to where they were readable.

        Returns
        -------
        list of str
            What was damaged, a sentence each. The next scan analyses again what was lost.
        """
        with self._written(repair=True) as store:
            from linernotes.explore.kept_space import KeptSpace

            return KeptSpace(store).repair()

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
        from linernotes.library.status import read_status

        return read_status(self._store())

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
        from linernotes.library.presence import same_path

        name = os.fspath(track)
        rows = self._store().files(tags=False)
        place = name if is_url(name) else os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111
        row = rows.get(place) or rows.get(same_path(place, rows) or "")
        if row is not None:
            return row.track_id
        return name if any(row.track_id == name for row in rows.values()) else None

    def collection(self) -> Collection:
        """Return the tracks of which everything is known, sorted by path.

        Of a track in several files the first is taken that is there. Tracks whose files were
        all gone when they were last scanned, and still are, are left out. Arrays are read when
        they are asked for, as they are now.

        Returns
        -------
        Collection
            All analysed tracks, as arrays.
        """
        from linernotes.library.stored_tracks import read_collection

        return read_collection(self._store())

    def explorer(self, *, further: Callable[[Collection], Fields] | None = None) -> Explorer:
        """Return what finds alike tracks, kept until the library changes.

        Parameters
        ----------
        further
            Returns what models say of the tracks, by default those that come with linernotes.

        Returns
        -------
        Explorer
            Of all analysed tracks.

        Examples
        --------
        >>> explorer = Library().explorer()  # doctest: +SKIP
        >>> explorer.similar(explorer.described("mellow jazz"))  # doctest: +SKIP
        """
        from linernotes.explore.explorer import Explorer
        from linernotes.explore.heard import shipped_model_fields
        from linernotes.explore.kept_space import KeptSpace
        from linernotes.library.stored_tracks import read_collection

        further = further or shipped_model_fields
        with self._lock:
            if self._kept is not None:
                store, known, explorer = self._kept
                if explorer.further is further and _states(store) == known:
                    return explorer
            store = self._store()
            states = store.states()
            kept_space = KeptSpace(store).read
            explorer = Explorer(read_collection(store), further=further, kept_space=kept_space)
            self._kept = store, states, explorer
            return explorer

    def similar(
        self,
        *tracks: str | os.PathLike[str],
        unlike: Sequence[str | os.PathLike[str]] = (),
        words: str | None = None,
        n: int = 20,
        per_artist: int | None = None,
        where: str | Sequence[str] | None = None,
        why: bool = False,
    ) -> list[Match]:
        """Find what sounds like tracks, or like what words say, best first.

        Parameters
        ----------
        *tracks, unlike
            Ids, and paths of tracks; those that are liked may lie outside of the library.
        words
            Such as "mellow jazz piano".
        n, per_artist, where, why
            As in `Explorer.similar`.

        Returns
        -------
        list of Match
            At most ``n``, best first.

        Raises
        ------
        PhraseError
            Nothing is asked for.
        TrackNotFoundError
            A track is neither in the library nor a file.
        """
        from linernotes.explore.requests import query_of

        explorer = self.explorer()
        query = query_of(
            explorer,
            [os.fspath(track) for track in tracks],
            disliked=[os.fspath(track) for track in unlike],
            words=words,
        )
        return explorer.similar(query, n=n, per_artist=per_artist, where=where, why=why)

    def map(
        self,
        output: str | os.PathLike[str],
        *,
        by: str | None = None,
        title: str | None = None,
        method: Literal["tsne", "umap"] = "tsne",
        random_state: int = 0,
    ) -> Map:
        """Write the map of all tracks as a page.

        Parameters
        ----------
        output, by, title, method, random_state
            As `linernotes.explore.draw_map` takes them.

        Returns
        -------
        Map
            Where the tracks lie, and what lies together.

        Raises
        ------
        MapError
            The page cannot be written there, nothing is called ``by``, or something is not
            installed.
        """
        from linernotes.explore.map import draw_map

        return draw_map(
            self.explorer(), output, by=by, title=title, method=method, random_state=random_state
        )

    def to_arrow(self) -> pa.Table:
        """Return the tracks as an Arrow table; ``.to_pandas()`` makes a data frame of it.

        Returns
        -------
        pyarrow.Table
            A row for each track.
        """
        from linernotes.library.export import to_arrow

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
        from linernotes.library.export import export

        return export(self.collection(), path)

    def _store(self) -> Store:
        """Open the library for reading."""
        return Store(self.location, create=False, storage_options=self.storage_options)

    @contextmanager
    def _written(self, *, repair: bool = False) -> Iterator[Store]:
        """Be the only one who writes to the library, which is made if there is none."""
        lock = nullcontext() if is_url(self.location) else only_writer(Path(self.location))
        with lock:
            yield Store(
                self.location, create=True, repair=repair, storage_options=self.storage_options
            )


def _states(store: Store) -> dict[str, int] | None:
    """Return the states of a library's tables, or ``None`` where they are not there any more."""
    try:
        return store.states()
    except LibraryError:
        return None
