"""The tables in the place of a library: a Lance dataset each, as LanceDB lays them out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.library.location import is_url
from linernotes.library.store_errors import FAULTS

if TYPE_CHECKING:
    import pyarrow as pa
    from lance import LanceDataset
    from lance.file import LanceFileSession

_SUFFIX = ".lance"
# Bytes that what was read of a table's pieces may take; by itself Lance keeps ten times as much.
_CACHE = 100 * 2**20
# Rows of a piece that is large enough, as Lance has it.
_LARGE = 1024 * 1024


class Tables:
    """The tables in a place; what is opened stays open.

    Parameters
    ----------
    location
        Folder, or URL of a place in an object store.
    storage_options
        How to reach the object store.

    Notes
    -----
    What goes wrong below is raised as it is: one of `FAULTS`.
    """

    def __init__(self, location: str, *, storage_options: Mapping[str, str] | None = None) -> None:
        base, mark, query = location.partition("?") if is_url(location) else (location, "", "")
        self._base, self._query = base.rstrip("/"), mark + query
        self.folder = None if is_url(location) else Path(location)
        self._options = dict(storage_options or {}) or None
        self._opened: dict[str, LanceDataset] = {}

    def open(self, name: str) -> LanceDataset | None:
        """Open a table as it is now, or return ``None`` if there is none."""
        import lance

        if name in self._opened:
            self._opened[name].checkout_latest()
            return self._opened[name]
        try:
            table = lance.dataset(
                self._place(name),
                storage_options=self._options,
                metadata_cache_size_bytes=_CACHE,
            )
        except FAULTS:
            if self._has_versions(name):
                raise
            return None
        self._opened[name] = table
        return table

    def add(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table, in one commit; make the table if there is none."""
        table = self.open(name)
        if table is None:
            try:
                self._opened[name] = self._made(name, rows)
                return
            except FAULTS:
                # Another process may have made it just now.
                table = self.open(name)
                if table is None:
                    raise
        table.insert(rows)

    def merge(self, name: str, key: str, rows: pa.Table) -> None:
        """Put rows in the place of those with the same key, in one commit; add the others."""
        table = self.open(name)
        if table is None:
            self.add(name, rows)
        else:
            merge = table.merge_insert(key)
            merge.when_matched_update_all().when_not_matched_insert_all().execute(rows)

    def replace(self, name: str, key: str, rows: pa.Table, condition: str) -> int:
        """Put rows in the place of those with the same key that a condition holds for.

        The condition, in SQL, tells the new row as ``source`` and the old one as ``target``. All
        this is one commit; returned is how many rows were replaced.
        """
        table = self.open(name)
        if table is None:
            return 0
        merge = table.merge_insert(key).when_matched_update_all(condition)
        return int(merge.execute(rows)["num_updated_rows"])

    def delete(self, name: str, condition: str) -> None:
        """Delete the rows that an SQL condition holds for."""
        table = self.open(name)
        if table is not None:
            table.delete(condition)

    def compact(self, name: str, *, keep: timedelta | None, rows: int = _LARGE) -> None:
        """Put pieces of less than some rows together; clear away versions older than some time."""
        table = self.open(name)
        if table is not None:
            table.optimize.compact_files(target_rows_per_fragment=rows)
            if keep is not None:
                table.cleanup_old_versions(older_than=keep)

    def drop(self, name: str) -> None:
        """Delete a table and all of its versions."""
        from lance import LanceDataset

        LanceDataset.drop(self._place(name), self._options)
        self.close(name)

    def close(self, name: str) -> None:
        """Forget that a table was opened."""
        self._opened.pop(name, None)

    def names(self) -> list[str]:
        """Return the names of the tables that are there, sorted."""
        if self.folder is None:
            folders = self._session(self._base + self._query).list_with_delimiter().common_prefixes
        else:
            folders = [path.name for path in self.folder.iterdir()]
        names = [folder.rstrip("/").rpartition("/")[-1] for folder in folders]
        return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))

    def _made(self, name: str, rows: pa.Table) -> LanceDataset:
        """Make a table that is not there yet.

        `lance.write_dataset` would overwrite what another process makes at the same time; a commit
        that is not tried again fails instead.
        """
        from lance import LanceDataset, LanceOperation
        from lance.fragment import write_fragments

        place, options = self._place(name), self._options
        pieces = write_fragments(rows, place, mode="create", storage_options=options)
        return LanceDataset.commit(
            place,
            LanceOperation.Overwrite(rows.schema, pieces),
            read_version=0,
            max_retries=0,
            storage_options=options,
            enable_v2_manifest_paths=True,
        )

    def _has_versions(self, name: str) -> bool:
        """Tell whether there is a table, in whatever state."""
        place = self._place(name)
        try:
            if self.folder is None:
                files = self._session(place).list("_versions")
            else:
                files = [path.name for path in Path(place, "_versions").iterdir()]
        except FileNotFoundError:
            return False
        return any(file.endswith(".manifest") for file in files)

    def _session(self, place: str) -> LanceFileSession:
        from lance.file import LanceFileSession

        return LanceFileSession(place, storage_options=self._options)

    def _place(self, name: str) -> str:
        return f"{self._base}/{name}{_SUFFIX}{self._query}"
