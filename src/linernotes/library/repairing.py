"""Taking damaged tables of a library back to where they were readable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from linernotes.library.errors import LibraryDamagedError
from linernotes.library.faults import FAULTS

# Where damaged files go.
_ASIDE = "damaged"


def go_back(database: Any, folder: Path | None, name: str) -> str:
    """Return to the last version of a table that can be read, and set aside what cannot.

    Parameters
    ----------
    database
        Of LanceDB.
    folder
        Where it is, ``None`` in an object store.
    name
        Of the table.

    Returns
    -------
    What was done, for a person.

    Raises
    ------
    LibraryDamagedError
        Nothing could be.
    """
    while True:
        try:
            table = database.open_table(name)
            versions = sorted((v["version"] for v in table.list_versions()), reverse=True)
            break
        except FAULTS:
            if not set_aside(folder, name, "_versions/*.manifest"):
                versions = []
                break
    for version in versions:
        try:
            table.checkout(version)
            rows = table.to_arrow().num_rows
        except FAULTS:
            continue
        table.restore()
        return f"taken back to an earlier state, of {rows} rows"
    if not set_aside(folder, name):
        raise LibraryDamagedError(f"table {name} in {folder or 'the store'} cannot be repaired")
    return "nothing of it can be read; it was set aside and starts anew"


def set_aside(folder: Path | None, name: str, pattern: str = "") -> bool:
    """Move a table, or the newest of its files of a kind, out of the way; tell whether that went.

    Parameters
    ----------
    folder, name
        As in `go_back`.
    pattern
        Of the files; the whole table without it.
    """
    if folder is None:
        return False
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
