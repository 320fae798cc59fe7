"""A table of labels for tracks whose features lie elsewhere: in shards, or in a library."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linernotes.datasets.delimited import cell, open_delimited, part_of
from linernotes.datasets.examples import ColumnNotFoundError, NoExamplesError
from linernotes.datasets.table import COLUMNS, PATH_COLUMNS, find_column, label_column
from linernotes.display import printable
from linernotes.storage import is_remote

_ADDRESSES = ("uri", "url", *PATH_COLUMNS)


@dataclass(frozen=True, slots=True)
class TrackLabel:
    """A row of a table of labels.

    Parameters
    ----------
    label
        The class or number, as it is written; ``None`` where rows of the track contradict
        each other.
    artist, album, split
        What the table tells besides.
    """

    label: str | None
    artist: str | None
    album: str | None
    split: str | None


@dataclass(frozen=True, eq=False)
class LabelTable:
    """Labels by the address, path or id of the track.

    Parameters
    ----------
    label
        What they are of.
    name
        Of the table.
    rows
        By address, by absolute path, and by id.
    warnings
        What was odd about the table.
    """

    label: str
    name: str
    rows: Mapping[str, TrackLabel]
    warnings: tuple[str, ...] = ()

    def find(self, path: str, track_id: str | None) -> TrackLabel | None:
        """Return what the table tells of a track, if anything."""
        return self.rows.get(path) or (self.rows.get(track_id) if track_id else None)

    def none_found(self, place: str) -> NoExamplesError:
        """Return the sentence for when no row is of a track in a place."""
        return NoExamplesError(
            f"none of the rows of {printable(self.name)} is of a track in {printable(place)}: its "
            "column uri, path or track_id has to hold what is called so there"
        )


def read_labels(path: str | os.PathLike[str], *, label: str | None = None) -> LabelTable:
    """Read a table of labels: CSV or TSV with the columns ``uri``, ``path`` or ``track_id``.

    Parameters
    ----------
    path
        The table. Columns ``artist``, ``album`` and ``split`` are used where they are there.
    label
        The column of the classes or numbers; by default ``label``.

    Raises
    ------
    ExamplesNotFoundError, ExamplesUnreadableError
        There is no such file, or it is no table.
    ColumnNotFoundError
        A column that is needed is not there.

    Examples
    --------
    >>> read_labels("labels.csv", label="mood").find("s3://bucket/a.mp3", None)  # doctest: +SKIP
    TrackLabel(label='calm', artist='Nina', album=None, split=None)
    """
    name, folder = Path(path).name, Path(path).absolute().parent
    rows: dict[str, TrackLabel] = {}
    with open_delimited(path) as table:
        target, called = label_column(table, label, name)
        address, identity = table.find(*_ADDRESSES), table.find(*COLUMNS["track_id"])
        if address is None and identity is None:
            raise ColumnNotFoundError(
                f"{printable(name)} has no column uri, path or track_id, so that nobody knows "
                "which tracks its labels are of; add one"
            )
        more = [find_column(table, key, {}, name) for key in ("artist", "album", "split")]
        for row in table.rows:
            text = cell(row, target)
            if text is None:
                continue
            artist, album, split = (cell(row, column) for column in more)
            found = TrackLabel(text, artist, album, part_of(split))
            for written in (_address(cell(row, address), folder), cell(row, identity)):
                if written is not None:
                    known = rows.setdefault(written, found)
                    if known.label != text:
                        rows[written] = TrackLabel(None, artist, album, None)
        warnings = table.warnings
    return LabelTable(called, name, rows, warnings)


def _address(written: str | None, folder: Path) -> str | None:
    if written is None or is_remote(written):
        return written
    return os.path.normpath(os.path.join(folder, os.path.expanduser(written)))  # noqa: PTH111, PTH118
