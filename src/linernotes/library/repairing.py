"""Taking damaged tables of a library back to where they were readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.library.errors import LibraryDamagedError
from linernotes.library.store_errors import FAULTS
from linernotes.library.tables import Tables

if TYPE_CHECKING:
    from lance import LanceDataset

# Where damaged files go.
_ASIDE = "damaged"


def go_back(tables: Tables, name: str) -> str:
    """Return to the last version of a table that can be read, and set aside what cannot.

    Parameters
    ----------
    tables, name
        The table.

    Returns
    -------
    What was done, for a person.

    Raises
    ------
    LibraryDamagedError
        Nothing could be.
    """
    table = _openable(tables, name)
    if table is not None:
        for version in sorted((each["version"] for each in table.versions()), reverse=True):
            try:
                earlier = table.checkout_version(version)
                rows = earlier.to_table().num_rows
            except FAULTS:
                continue
            earlier.restore()
            return f"taken back to an earlier state, of {rows} rows"
    if not set_aside(tables, name):
        place = tables.folder or "the store"
        raise LibraryDamagedError(f"table {name} in {place} cannot be repaired")
    return "nothing of it can be read; it was set aside and starts anew"


def _openable(tables: Tables, name: str) -> LanceDataset | None:
    """Open a table, without the newest of its versions where these are damaged."""
    while True:
        try:
            table = tables.open(name)
            if table is not None:
                table.versions()
            return table
        except FAULTS:
            if not set_aside(tables, name, "_versions/*.manifest"):
                return None


def set_aside(tables: Tables, name: str, pattern: str = "") -> bool:
    """Move a table, or the newest of its files of a kind, out of the way; tell whether that went.

    Parameters
    ----------
    tables, name
        As in `go_back`.
    pattern
        Of the files; the whole table without it.
    """
    folder = tables.folder
    if folder is None:
        return False
    tables.close(name)
    table = folder / f"{name}.lance"
    # The names of versions count down.
    damaged = min(table.glob(pattern), default=None) if pattern else table
    if damaged is None or not damaged.exists():
        return False
    aside = folder / _ASIDE
    aside.mkdir(exist_ok=True)
    number = sum(1 for _ in aside.iterdir())
    damaged.replace(aside / f"{number}-{damaged.name}")
    (table / "_versions" / "latest_version_hint.json").unlink(missing_ok=True)
    return True
