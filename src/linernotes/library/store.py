"""The tables of a library, in LanceDB: one folder, or a place in an object store.

``library``
    One row that tells the version of this schema.
``files``
    A row a path: what the file was when it was last looked at, and the track in it, or why
    there is none.
``networks-…``, ``descriptors-…``
    One table for each version of each analysis, a row a track. A new version fills a table of
    its own, and what the old one computed stays until it is pruned.

Every write of a table happens as a whole or not at all. Analyses are written before the files
that they belong to, so that a process that is killed in between leaves nothing but an
analysis that the next scan finds. Where two processes wrote the same row, the later one counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linernotes import __version__
from linernotes.library.analysis import ANALYSES, TrackAnalysis
from linernotes.library.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryFullError,
    LibraryNotFoundError,
    LibraryReadOnlyError,
    LibraryVersionError,
)
from linernotes.library.lock import settle
from linernotes.library.rows import (
    FileRow,
    analysis_row,
    analysis_schema,
    file_row,
    files_schema,
    read_file_row,
    table_name,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SCHEMA_VERSION", "FileRow", "Store", "is_url", "table_name"]

#: Version of the tables' columns. A library of a newer one is left alone.
SCHEMA_VERSION = 1

_META = "library"
_FILES = "files"
# Where damaged files go.
_ASIDE = "damaged"
# Versions of a table younger than that are kept: another process may be reading them.
_KEEP = timedelta(hours=1)
# Small pieces are put together when they hold this share of a table, so that the work on a
# large library grows with its size alone; and at least so many rows.
_LOOSE_SHARE = 0.25
_LOOSE_ROWS = 5_000
_DELETED_AT_ONCE = 500

_FULL_DISK = (
    "No space left", "os error 28", "File too large", "os error 27", "Quota", "os error 122",
)  # fmt: skip
_READ_ONLY = ("Permission denied", "os error 13", "Read-only", "os error 30", "not permitted")


class Store:
    """An open library.

    Parameters
    ----------
    location
        Folder, or URL of a place in an object store.
    create
        Make the library if there is none.
    repair
        Open it even if it is not known any more which version it has.
    storage_options
        For the object store, see LanceDB; by default taken from the environment's
        ``AWS_…``, ``AZURE_…`` and ``GOOGLE_…`` variables.

    Raises
    ------
    LibraryNotFoundError, LibraryVersionError, LibraryDamagedError, LibraryReadOnlyError
    """

    def __init__(
        self,
        location: str,
        *,
        create: bool,
        repair: bool = False,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        self.location = location
        self.folder = None if is_url(location) else Path(location)
        self._tables: dict[str, Any] = {}
        self._known: dict[str, set[Any]] = {}
        self._loose: dict[str, int] = {}
        self._settled: set[str] = set()
        if self.folder is not None:
            _check_folder(self.folder, create=create)
        import lancedb

        options = dict(storage_options or {}) or _storage_options()
        with self._reading():
            self._database = lancedb.connect(location, storage_options=options)
        try:
            version = self._schema_version()
        except LibraryDamagedError:
            if not repair or not self._set_aside(_META, ""):
                raise
            version = None
        if version is None:
            if not create:
                raise LibraryNotFoundError(_no_library(location))
            with self._writing():
                row = {"schema_version": SCHEMA_VERSION, "made_by": __version__}
                self._database.create_table(_META, [row], exist_ok=True)
        elif version > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"the library in {location} was written by a newer version of linernotes; "
                "update linernotes to use it"
            )

    # What is there.

    def files(self) -> dict[str, FileRow]:
        """Return what is known of every file, by path."""
        table = self._read(_FILES)
        rows: dict[str, FileRow] = {}
        if table is not None:
            for batch in table.to_batches(max_chunksize=10_000):
                found = map(read_file_row, batch.to_pylist())
                rows.update((row.path, row) for row in found)
        self._known[_FILES] = set(rows)
        return rows

    def extents(self, analysis: str) -> dict[str, str]:
        """Return the tracks that the current version of an analysis knows, with its extent."""
        name = table_name(analysis)
        table = self._read(name, ["track_id", "extent"])
        extents: dict[str, str] = {}
        if table is not None:
            ids = table["track_id"].to_pylist()
            extents = dict(zip(ids, table["extent"].to_pylist(), strict=True))
        self._known[name] = set(extents)
        return extents

    def analysis(
        self, analysis: str, columns: Sequence[str], *, tracks: Sequence[str] | None = None
    ) -> pa.Table | None:
        """Return columns of the current version of an analysis, a row a track, or ``None``.

        Parameters
        ----------
        analysis, columns
            Which.
        tracks
            Ids of the only tracks that are wanted; ``None`` for all.
        """
        only = None if tracks is None else _is_one_of("track_id", [f"'{own}'" for own in tracks])
        table = self._read(table_name(analysis), ["track_id", *columns], only)
        if table is None:
            return None
        last = {track: row for row, track in enumerate(table["track_id"].to_pylist())}
        if len(last) == table.num_rows:
            return table
        return table.take(list(last.values()))

    def size(self) -> int | None:
        """Return the bytes on disk, or ``None`` of an object store."""
        if self.folder is None:
            return None
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files)

    # What becomes of it.

    def write(self, analyses: Mapping[str, TrackAnalysis], files: Iterable[FileRow]) -> None:
        """Write analyses, by track id, and then the files.

        Raises
        ------
        LibraryFullError, LibraryReadOnlyError, LibraryError
        """
        with self._writing():
            for analysis in ANALYSES:
                rows = [
                    row
                    for track_id, found in analyses.items()
                    if (row := analysis_row(analysis, track_id, found)) is not None
                ]
                self._put(table_name(analysis), analysis_schema(analysis), "track_id", rows)
            file_rows = [file_row(row) for row in files]
            self._put(_FILES, files_schema(), "path", file_rows)
            if self.folder is not None:
                settle(self.folder, self._settled)

    def forget(self, paths: Sequence[str], track_ids: Sequence[str]) -> None:
        """Delete files, tracks, and the analyses of versions that are no more."""
        with self._writing():
            keys = [f"X'{os.fsencode(path).hex()}'" for path in paths]
            self._delete(_FILES, "path", keys)
            for name in self._analysis_tables():
                if name in {table_name(analysis) for analysis in ANALYSES}:
                    self._delete(name, "track_id", [f"'{track_id}'" for track_id in track_ids])
                else:
                    self._database.drop_table(name)
            for name, gone in ((_FILES, paths), *((table_name(a), track_ids) for a in ANALYSES)):
                self._known.get(name, set()).difference_update(gone)

    def optimise(self, *, at_least: int = 1) -> None:
        """Put small pieces of tables together, and clear away what they were."""
        with self._writing():
            for name, loose in self._loose.items():
                table = self._open(name)
                if loose >= at_least and table is not None:
                    table.optimize(cleanup_older_than=_KEEP)
                    self._loose[name] = 0
            if self.folder is not None:
                settle(self.folder, self._settled)

    def repair(self) -> list[str]:
        """Take each damaged table back to its last version that can be read.

        Returns
        -------
        The tables that were, a sentence each. What they lost, the next scan finds missing.
        """
        repaired = []
        for name in (_FILES, *self._analysis_tables()):
            try:
                table = self._open(name)
                if table is not None:
                    table.to_arrow()
            except (RuntimeError, OSError, ValueError):
                with self._writing():
                    repaired.append(f"{name}: {self._go_back(name)}")
        return repaired

    def _go_back(self, name: str) -> str:
        """Return to the last version of a table that can be read, and set aside what cannot."""
        self._tables.pop(name, None)
        while True:
            try:
                table = self._database.open_table(name)
                versions = sorted((v["version"] for v in table.list_versions()), reverse=True)
                break
            except (RuntimeError, OSError, ValueError):
                if not self._set_aside(name, "_versions/*.manifest"):
                    versions = []
                    break
        for version in versions:
            try:
                table.checkout(version)
                rows = table.to_arrow().num_rows
            except (RuntimeError, OSError, ValueError):
                continue
            table.restore()
            return f"taken back to an earlier state, of {rows} rows"
        if not self._set_aside(name, ""):
            raise LibraryDamagedError(f"table {name} in {self.location} cannot be repaired")
        return "nothing of it can be read; it was set aside and starts anew"

    def _set_aside(self, name: str, pattern: str) -> bool:
        """Move a table, or the newest of its files of a kind, out of the way."""
        if self.folder is None:
            return False
        table = self.folder / f"{name}.lance"
        # The names of versions count down.
        damaged = min(table.glob(pattern), default=None) if pattern else table
        if damaged is None or not damaged.exists():
            return False
        aside = self.folder / _ASIDE
        aside.mkdir(exist_ok=True)
        number = sum(1 for _ in aside.iterdir())
        damaged.replace(aside / f"{number}-{damaged.name}")
        (table / "_versions" / "latest_version_hint.json").unlink(missing_ok=True)
        return True

    # How that is done.

    def _schema_version(self) -> int | None:
        """Return the version of a library's schema, or ``None`` if there is no library."""
        table = self._read(_META)
        if table is None:
            return None
        return max(table["schema_version"].to_pylist(), default=SCHEMA_VERSION)

    def _open(self, name: str) -> Any | None:
        """Open a table, or return ``None`` if there is none."""
        if name not in self._tables:
            try:
                self._tables[name] = self._database.open_table(name)
            except ValueError as error:
                if "was not found" not in str(error):
                    raise
                return None
        return self._tables[name]

    def _analysis_tables(self) -> list[str]:
        names: list[str] = []
        token: str | None = None
        with self._reading():
            while True:
                page = self._database.list_tables(page_token=token)
                names += page.tables
                token = page.page_token
                if not token:
                    break
        return [name for name in names if name.partition("-")[0] in ANALYSES]

    def _read(
        self, name: str, columns: Sequence[str] | None = None, only: str | None = None
    ) -> pa.Table | None:
        with self._reading():
            table = self._open(name)
            if table is None:
                return None
            table.checkout_latest()
            query = table.search() if only is None else table.search().where(only)
            return (query.select(list(columns)) if columns else query).to_arrow()

    def _put(self, name: str, schema: pa.Schema, key: str, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows; those of a key that is known take the place of the old ones."""
        if not rows:
            return
        import pyarrow as pa

        table = self._open(name)
        if table is None:
            table = self._database.create_table(name, schema=schema, exist_ok=True)
            self._tables[name] = table
        known = self._known.setdefault(name, set())
        keys = [os.fsdecode(row[key]) for row in rows]
        new = [row for row, k in zip(rows, keys, strict=True) if k not in known]
        old = [row for row, k in zip(rows, keys, strict=True) if k in known]
        if new:
            table.add(pa.Table.from_pylist(new, schema=schema))
        if old:
            merge = table.merge_insert(key).when_matched_update_all().when_not_matched_insert_all()
            merge.execute(pa.Table.from_pylist(old, schema=schema))
        known.update(keys)
        self._loose[name] = loose = self._loose.get(name, 0) + len(rows)
        if loose >= max(_LOOSE_ROWS, _LOOSE_SHARE * len(known)):
            table.optimize(cleanup_older_than=_KEEP)
            self._loose[name] = 0

    def _delete(self, name: str, key: str, literals: Sequence[str]) -> None:
        table = self._open(name)
        if table is None:
            return
        for first in range(0, len(literals), _DELETED_AT_ONCE):
            table.delete(_is_one_of(key, literals[first : first + _DELETED_AT_ONCE]))
        self._loose[name] = self._loose.get(name, 0) + len(literals)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError, ValueError) as error:
            text = _first_line(error)
            if self.folder is None:
                raise LibraryError(f"{self.location} cannot be read: {text}") from error
            if any(sign in text for sign in _READ_ONLY):
                raise LibraryReadOnlyError(
                    f"you are not allowed to read the library in {self.location}"
                ) from error
            raise LibraryDamagedError(
                f"the library in {self.location} is damaged; scan with --repair to save what "
                f"can be read and to analyse the rest again ({text})"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError, ValueError) as error:
            text = _first_line(error)
            if any(sign in text for sign in _FULL_DISK):
                raise LibraryFullError(
                    f"there is no space left for the library in {self.location}; make room and "
                    "scan again, what was written is kept"
                ) from error
            if any(sign in text for sign in _READ_ONLY):
                raise LibraryReadOnlyError(
                    f"the library in {self.location} cannot be written to; check its permissions"
                ) from error
            raise LibraryError(f"{self.location} cannot be written to: {text}") from error


def is_url(location: str) -> bool:
    """Whether a library lies in an object store.

    Examples
    --------
    >>> is_url("s3://bucket/library"), is_url("/home/me/library")
    (True, False)
    """
    return "://" in location


def _check_folder(folder: Path, *, create: bool) -> None:
    """Keep from taking a music folder for a library, or making one of it."""
    try:
        entries = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError as error:
        if create:
            return
        raise LibraryNotFoundError(_no_library(str(folder))) from error
    except NotADirectoryError as error:
        raise LibraryNotFoundError(f"{folder} is a file; a library is a folder") from error
    except PermissionError as error:
        raise LibraryReadOnlyError(f"you are not allowed to read {folder}") from error
    if entries - {"scan.lock"} and f"{_META}.lance" not in entries:
        raise LibraryNotFoundError(
            f"{folder} holds something else than a library; name an empty or a new folder"
        )


def _no_library(location: str) -> str:
    return f"there is no library in {location}; scan a folder first"


def _is_one_of(column: str, literals: Sequence[str]) -> str:
    """Return the condition that a column is one of some values, as SQL writes them."""
    return f"{column} IN ({', '.join(literals)})" if literals else "false"


def _storage_options() -> dict[str, str] | None:
    prefixes = ("AWS_", "AZURE_", "GOOGLE_")
    options = {k.lower(): v for k, v in os.environ.items() if k.startswith(prefixes)}
    return options or None


def _first_line(error: BaseException) -> str:
    """Return what LanceDB says, without the places in its sources."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.split(", /")[0]
