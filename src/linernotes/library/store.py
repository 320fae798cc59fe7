"""The tables of a library, in Lance: one folder, or a place in an object store.

``library``
    One row that tells the version of this schema.
``files``
    A row a path: what the file was when it was last looked at, and the track in it, or why
    there is none.
``networks-…``, ``descriptors-…``
    One table for each version of each analysis, a row a track. A new version fills a table of
    its own, and what the old one computed stays until it is pruned.
``own-…``
    What people keep: playlists, taste.

Every write of a table happens as a whole or not at all. Analyses are written before the files
that they belong to, so that a process that is killed in between leaves nothing but an
analysis that the next scan finds. Where two processes wrote the same row, the later one counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linernotes import __version__
from linernotes.library.analyses import ANALYSES, TrackAnalysis
from linernotes.library.errors import (
    LibraryDamagedError,
    LibraryNotFoundError,
    LibraryVersionError,
)
from linernotes.library.further_tables import KEEP, FurtherTables, is_one_of
from linernotes.library.location import (
    META,
    check_folder,
    is_url,
    no_library,
    store_options,
)
from linernotes.library.lock import settle
from linernotes.library.repairing import go_back, set_aside
from linernotes.library.rows import (
    FILES,
    OWN,
    FileRow,
    analysis_row,
    analysis_schema,
    file_row,
    files_schema,
    meta_schema,
    read_file_row,
    table_name,
)
from linernotes.library.store_errors import FAULTS, reading, writing
from linernotes.library.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa
    from lance import LanceDataset

#: Version of the tables' columns. A library of a newer one is left alone; one of an older one
#: is read as it is, and brought up to date when something is written to it.
SCHEMA_VERSION = 2

_META_ROW = {"schema_version": SCHEMA_VERSION, "made_by": __version__}
# Small pieces are put together when they hold this share of a table, so that the work on a
# large library grows with its size alone; and at least so many rows.
_LOOSE_SHARE = 0.25
_LOOSE_ROWS = 5_000
# Of tables that are written by `put`: so many pieces are put together at once, until they have
# so many rows.
_MOST_PIECES = 9
# Tables that a commit writes one after the other.
_TOGETHER = 3
_PIECE_ROWS = 16_000
# Rows that are read at once.
_PIECE = 10_000


class Store(FurtherTables):
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
        For the object store, see Lance; by default taken from the environment's
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
        folder = None if is_url(location) else Path(location)
        if folder is not None:
            check_folder(folder, create=create)
        options = store_options(location, storage_options)
        super().__init__(location, folder, Tables(location, storage_options=options))
        self._known: dict[str, set[Any]] = {}
        self._pieces: dict[str, int] = {}
        try:
            version = self._schema_version()
        except LibraryDamagedError:
            if not repair or not set_aside(self._tables, META):
                raise
            version = None
        if version is None:
            if not create:
                raise LibraryNotFoundError(no_library(location))
            version = SCHEMA_VERSION
            with writing(self.location):
                self._add_meta_row()
        elif version > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"the library in {location} was written by a newer version of linernotes; "
                "update linernotes to use it"
            )
        self._version, self._is_up_to_date = version, False

    # What is there.

    def files(self, *, tags: bool = True) -> dict[str, FileRow]:
        """Return what is known of every file, by path; on demand without its tags."""
        columns = [name for name in files_schema().names if tags or name != "tags"]
        table = self._read(FILES, columns)
        rows: dict[str, FileRow] = {}
        if table is not None:
            for batch in table.to_batches(max_chunksize=10_000):
                found = map(read_file_row, batch.to_pylist())
                rows.update((row.path, row) for row in found)
        self._known[FILES] = set(rows)
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
        only = None if tracks is None else is_one_of("track_id", [f"'{own}'" for own in tracks])
        table = self._read(table_name(analysis), ["track_id", *columns], only)
        if table is None:
            return None
        last = {track: row for row, track in enumerate(table["track_id"].to_pylist())}
        if len(last) == table.num_rows:
            return table
        return table.take(list(last.values()))

    def as_it_is(self, name: str) -> LanceDataset | None:
        """Return a table in its newest state, in which it stays whatever is written to it."""
        with reading(self.location):
            table = self._tables.open(name)
            return None if table is None else table.checkout_version(table.version)

    def tidy(self, name: str, *, most_pieces: int) -> None:
        """Put the pieces of a table together if there are more than so many."""
        table = self.as_it_is(name)
        if table is not None and len(table.get_fragments()) > most_pieces:
            self.compact(name)

    def states(self) -> dict[str, int]:
        """Return a number for each table that changes whenever it does, -1 if damaged.

        Left out are tables of people's own.
        """
        with reading(self.location):
            names = [name for name in self._tables.names() if not name.startswith(OWN)]
            return {name: self._state(name) for name in names}

    def _state(self, name: str) -> int:
        try:
            table = self._tables.open(name)
        except FAULTS:
            return -1
        return 0 if table is None else table.version

    def batches(self, name: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield columns of a table a piece at a time; those that it lacks hold nothing.

        Parameters
        ----------
        name
            Of a table, see `linernotes.library.rows.table_name`.
        columns
            Which.
        """
        import pyarrow as pa

        with reading(self.location):
            table = self._tables.open(name)
            if table is None:
                return
            here = [column for column in columns if column in table.schema.names]
            for batch in table.to_batches(columns=here, batch_size=_PIECE):
                lacking = [column for column in columns if column not in here]
                whole = pa.Table.from_batches([batch])
                for column in lacking:
                    whole = whole.append_column(column, pa.nulls(len(batch)))
                yield from whole.to_batches()

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
        with writing(self.location):
            self._bring_up_to_date()
            for analysis in ANALYSES:
                rows = [
                    row
                    for track_id, found in analyses.items()
                    if (row := analysis_row(analysis, track_id, found)) is not None
                ]
                self._put(table_name(analysis), analysis_schema(analysis), "track_id", rows)
            file_rows = [file_row(row) for row in files]
            self._put(FILES, files_schema(), "path", file_rows)
            if self.folder is not None:
                settle(self.folder, self._settled)

    def put(self, name: str, key: str, *, new: pa.Table, old: pa.Table) -> None:
        """Write rows whose columns are those of a table.

        Small pieces are put together among themselves, and large ones left alone, so that this
        takes as long at the end of a large library as at its beginning.

        Parameters
        ----------
        name
            Of the table.
        key
            The column that tells rows apart.
        new
            Rows that are not there.
        old
            Rows that take the place of those with the same key.
        """
        with writing(self.location):
            self._bring_up_to_date()
            if new.num_rows:
                self._tables.add(name, new)
            if old.num_rows:
                self._tables.merge(name, key, old)
            # They are put together in turn, so that no commit takes the time of all.
            begun = len(self._pieces) * _MOST_PIECES // _TOGETHER % _MOST_PIECES
            self._pieces[name] = pieces = self._pieces.get(name, begun) + 1
            if pieces >= _MOST_PIECES:
                # Looking for what is to be cleared away takes longer the more there is.
                self._tables.compact(name, keep=None, rows=_PIECE_ROWS)
                self._pieces[name] = 0
            if self.folder is not None:
                settle(self.folder, self._settled)

    def forget_files(self, paths: Sequence[str]) -> None:
        """Delete files, and nothing that is known of the tracks in them."""
        with writing(self.location):
            keys = [f"X'{os.fsencode(path).hex()}'" for path in paths]
            self._delete(FILES, "path", keys)
            self._known.get(FILES, set()).difference_update(paths)

    def forget(self, paths: Sequence[str], track_ids: Sequence[str]) -> None:
        """Delete files, tracks, and the analyses of versions that are no more."""
        self.forget_files(paths)
        with writing(self.location):
            for name in self._analysis_tables():
                if name in {table_name(analysis) for analysis in ANALYSES}:
                    self._delete(name, "track_id", [f"'{track_id}'" for track_id in track_ids])
                else:
                    self._tables.drop(name)
            for analysis in ANALYSES:
                known = self._known.get(table_name(analysis), set())
                known.difference_update(track_ids)

    def optimise(self, *, at_least: int = 1) -> None:
        """Put small pieces of tables together, and clear away what they were."""
        with writing(self.location):
            for name, loose in self._loose.items():
                if loose >= at_least:
                    self._tables.compact(name, keep=KEEP)
                    self._loose[name] = 0
            for name in self._pieces:
                self._tables.compact(name, keep=KEEP, rows=_PIECE_ROWS)
            self._pieces.clear()
            if self.folder is not None:
                settle(self.folder, self._settled)

    def repair(self) -> list[str]:
        """Take each damaged table back to its last version that can be read.

        Returns
        -------
        The tables that were, a sentence each. What they lost, the next scan finds missing.
        """
        repaired = []
        for name in (FILES, *self._analysis_tables(), *self.names(OWN)):
            try:
                table = self._tables.open(name)
                if table is not None:
                    table.to_table()
            except FAULTS:
                with writing(self.location):
                    repaired.append(f"{name}: {go_back(self._tables, name)}")
        return repaired

    # How that is done.

    def _schema_version(self) -> int | None:
        """Return the version of a library's schema, or ``None`` if there is no library."""
        table = self._read(META)
        if table is None:
            return None
        return max(table["schema_version"].to_pylist(), default=SCHEMA_VERSION)

    def _bring_up_to_date(self) -> None:
        """Add the columns that an older version did not have; the rows it wrote lack them."""
        if self._is_up_to_date:
            return
        files = self._tables.open(FILES)
        # First what keeps the older version from reading what it does not know.
        if self._version < SCHEMA_VERSION:
            self._add_meta_row()
        if files is not None:
            here = set(files.schema.names)
            lacking = [column for column in files_schema() if column.name not in here]
            if lacking:
                files.add_columns(lacking)
        self._is_up_to_date = True

    def _add_meta_row(self) -> None:
        import pyarrow as pa

        self._tables.add(META, pa.Table.from_pylist([_META_ROW], schema=meta_schema()))

    def _analysis_tables(self) -> list[str]:
        with reading(self.location):
            return [name for name in self._tables.names() if name.partition("-")[0] in ANALYSES]

    def _put(self, name: str, schema: pa.Schema, key: str, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows; those of a key that is known take the place of the old ones."""
        if not rows:
            return
        import pyarrow as pa

        known = self._known.setdefault(name, set())
        keys = [os.fsdecode(row[key]) for row in rows]
        new = [row for row, k in zip(rows, keys, strict=True) if k not in known]
        old = [row for row, k in zip(rows, keys, strict=True) if k in known]
        if new:
            self._tables.add(name, pa.Table.from_pylist(new, schema=schema))
        if old:
            self._tables.merge(name, key, pa.Table.from_pylist(old, schema=schema))
        known.update(keys)
        self._loose[name] = loose = self._loose.get(name, 0) + len(rows)
        if loose >= max(_LOOSE_ROWS, _LOOSE_SHARE * len(known)):
            self._tables.compact(name, keep=KEEP)
            self._loose[name] = 0
