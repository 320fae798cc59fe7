"""Tables of a library that are written as they are: what people keep, what may be made again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.library.lock import settle
from linernotes.library.store_errors import FAULTS, reading, writing

if TYPE_CHECKING:
    import pyarrow as pa

    from linernotes.library.tables import Tables

#: Versions of a table younger than that are kept: another process may be reading them.
KEEP = timedelta(hours=1)
_DELETED_AT_ONCE = 500


class FurtherTables:
    """The tables of a library, whatever they hold.

    Parameters
    ----------
    location
        Folder, or URL of a place in an object store.
    folder
        The folder, or ``None``.
    tables
        The tables there.
    """

    def __init__(self, location: str, folder: Path | None, tables: Tables) -> None:
        self.location = location
        self.folder = folder
        self._tables = tables
        self._loose: dict[str, int] = {}
        self._settled: set[str] = set()

    def names(self, prefix: str) -> list[str]:
        """Return the tables whose names begin so."""
        with reading(self.location):
            return [name for name in self._tables.names() if name.startswith(prefix)]

    def add(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table, which is made if there is none."""
        with writing(self.location):
            self._tables.add(name, rows)
            if self.folder is not None:
                settle(self.folder, self._settled)

    def rows(self, name: str, key: str, values: Sequence[str] | None = None) -> pa.Table | None:
        """Return a table, or of it the rows whose key is one of some values, letters and digits."""
        only = None if values is None else is_one_of(key, [f"'{value}'" for value in values])
        return self._read(name, None, only)

    def replace(self, name: str, key: str, rows: pa.Table, condition: str) -> int:
        """Put rows in the place of others; see `Tables.replace`."""
        with writing(self.location):
            replaced = self._tables.replace(name, key, rows, condition)
            if self.folder is not None:
                settle(self.folder, self._settled)
            return replaced

    def remove(self, name: str, key: str, values: Sequence[str]) -> None:
        """Delete the rows whose key is one of some values, which are letters and digits alone."""
        with writing(self.location):
            self._delete(name, key, [f"'{value}'" for value in values])

    def compact(self, name: str) -> None:
        """Put the pieces of a table together."""
        with writing(self.location):
            self._tables.compact(name, keep=KEEP)
            self._loose[name] = 0

    def drop(self, name: str) -> None:
        """Delete a table, in whatever state it is."""
        with writing(self.location):
            try:
                self._tables.drop(name)
            except FAULTS:  # Lance drops nothing that it cannot read
                if self.folder is None:
                    raise
                self._tables.close(name)
                shutil.rmtree(self.folder / f"{name}.lance")

    def _read(
        self, name: str, columns: Sequence[str] | None = None, only: str | None = None
    ) -> pa.Table | None:
        with reading(self.location):
            table = self._tables.open(name)
            if table is None:
                return None
            # An older version's table may lack columns.
            here = [name for name in columns or table.schema.names if name in table.schema.names]
            return table.to_table(columns=here, filter=only)

    def _delete(self, name: str, key: str, literals: Sequence[str]) -> None:
        for first in range(0, len(literals), _DELETED_AT_ONCE):
            some = literals[first : first + _DELETED_AT_ONCE]
            self._tables.delete(name, is_one_of(key, some))
        self._loose[name] = self._loose.get(name, 0) + len(literals)


def is_one_of(column: str, literals: Sequence[str]) -> str:
    """Return the condition that a column is one of some values, as SQL writes them."""
    return f"{column} IN ({', '.join(literals)})" if literals else "false"
