"""The tracks that a library holds: a file for each, and what is known of it, read when wanted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.library.analyses import ANALYSES, EMBEDDING_LENGTH, tag_names
from linernotes.library.collection import Collection, Indices
from linernotes.library.presence import Presence, choose_file
from linernotes.library.rows import FILES, table_name
from linernotes.library.store_errors import reading
from linernotes.library.tag_names import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa
    from lance import LanceDataset

    from linernotes.library.store import Store

Floats = NDArray[np.float32]

# Rows whose file tags are read at once.
_PIECE = 10_000


@dataclass(frozen=True, eq=False)
class FileColumns:
    """What matters of the files of a library, a row each in the order of their table.

    Parameters
    ----------
    path
        Where two processes wrote the same one, the later row counts.
    missing
        Whether a scan has found it gone.
    track_id, code, message
        As in `FileRow`; the message only where it was asked for.
    """

    path: list[str]
    missing: list[bool]
    track_id: list[str | None]
    code: list[str | None]
    message: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ChosenTracks:
    """The tracks of a library, each with one of its files, sorted by path.

    Parameters
    ----------
    track_id, path
        One each.
    row
        intp, shape (tracks,): the file's row in the table of files.
    """

    track_id: tuple[str, ...]
    path: tuple[str, ...]
    row: Indices


def read_files(files: LanceDataset | None, *more: str) -> FileColumns | None:
    """Read what matters of a table of files, and more of its columns."""
    if files is None:
        return None
    columns = ["path", "track_id", "code", "missing_since", *more]
    return file_columns(files.to_table(columns=columns), *more)


def file_columns(table: pa.Table, *more: str) -> FileColumns:
    """Return what matters of files that were read."""
    missing: list[bool] = (~table["missing_since"].is_null().to_numpy()).tolist()
    rest = [table[name].to_pylist() for name in ("track_id", "code", *more)]
    return FileColumns(texts(table["path"]), missing, *rest)


def file_tags(told: pa.ChunkedArray) -> dict[str, tuple[str | None, ...]]:
    """Return file tags by field, from the column that keeps them."""
    rows = _read_tags(told)
    return {field: tuple(tags.get(field) for tags in rows) for field in FIELDS}


def _read_tags(told: pa.ChunkedArray) -> list[dict[str, str]]:
    # One text is read much faster than many.
    rows: list[dict[str, str]] = json.loads(f"[{','.join(told.to_pylist())}]")
    return rows


def chosen_tracks(files: FileColumns | None, presence: Presence) -> ChosenTracks:
    """Choose a file for each track: of its files the first by path that is there.

    A track of which none is there keeps its first, unless a scan has found it gone: its drive
    may be connected by the time that it is wanted.

    Parameters
    ----------
    files
        All files, if there are any.
    presence
        Looks whether they are there. Nothing is asked of tracks with one file, as most are.

    Returns
    -------
    ChosenTracks
    """
    if files is None:
        return ChosenTracks((), (), np.empty(0, np.intp))
    paths, missing = files.path, files.missing
    last = {path: row for row, path in enumerate(paths)}
    rows: dict[str, list[int]] = {}
    for path in sorted(last):
        row = last[path]
        track = files.track_id[row]
        if track is not None and files.code[row] is None:
            rows.setdefault(track, []).append(row)
    chosen: list[tuple[str, str, int]] = []
    for track, own in rows.items():
        if len(own) == 1 and not missing[own[0]]:
            chosen.append((paths[own[0]], track, own[0]))
            continue
        one = choose_file([(paths[row], missing[row]) for row in own], presence)
        if one is not None:
            place, path = one
            chosen.append((path, track, own[place]))
    chosen.sort()
    return ChosenTracks(
        track_id=tuple(track for _, track, _ in chosen),
        path=tuple(path for path, _, _ in chosen),
        row=np.array([row for _, _, row in chosen], np.intp),
    )


def read_collection(store: Store) -> Collection:
    """Return the tracks of which everything is known, sorted by path.

    Their names are read at once, and everything else when it is asked for: as it was at this
    moment, whatever becomes of the library.

    Parameters
    ----------
    store
        The library.

    Returns
    -------
    Collection

    Examples
    --------
    >>> len(read_collection(Store("library", create=False)))  # doctest: +SKIP
    20000
    """
    with reading(store.location):
        files = store.as_it_is(FILES)
        networks, descriptors = (store.as_it_is(table_name(name)) for name in ANALYSES)
        chosen = chosen_tracks(read_files(files), Presence())
        heard, measured = (rows_of(table, chosen.track_id) for table in (networks, descriptors))
    whole = np.flatnonzero((heard >= 0) & (measured >= 0))
    heard, measured = heard[whole], measured[whole]
    if len(whole) < len(chosen.track_id):
        chosen = ChosenTracks(
            tuple(chosen.track_id[i] for i in whole),
            tuple(chosen.path[i] for i in whole),
            chosen.row[whole],
        )
    return Collection.read_later(
        {
            "duration": _Column(store.location, networks, "duration", heard, ()),
            "embedding": _Column(store.location, networks, "embedding", heard, (EMBEDDING_LENGTH,)),
            "tags": _Column(store.location, networks, "tags", heard, (len(tag_names()),)),
            "descriptors": _Column(store.location, descriptors, "values", measured, None),
        },
        track_id=chosen.track_id,
        path=chosen.path,
        metadata=_FileTags(store.location, files, chosen.row),
        tag_names=tag_names(),
    )


def rows_of(table: LanceDataset | None, tracks: Sequence[str]) -> Indices:
    """Return the last row of each track in a table, -1 where it has none."""
    if table is None or not tracks:
        return np.full(len(tracks), -1, np.intp)
    ids = table.to_table(columns=["track_id"])["track_id"].to_pylist()
    last = {track: row for row, track in enumerate(ids)}
    return np.array([last.get(track, -1) for track in tracks], np.intp)


def texts(paths: pa.ChunkedArray) -> list[str]:
    """Return names of files, which are kept as bytes."""
    import pyarrow as pa

    if sys.getfilesystemencoding() == "utf-8":
        try:
            found: list[str] = paths.cast(pa.string()).to_pylist()
        except pa.ArrowInvalid:  # some are no text
            pass
        else:
            return found
    return [os.fsdecode(path) for path in paths.to_pylist()]


def floats_of(column: pa.ChunkedArray | pa.Array) -> Floats:
    """Return a column of numbers, or of lists of the same length, as an array."""
    import pyarrow as pa

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_fixed_size_list(whole.type):
        values = whole.flatten().to_numpy(zero_copy_only=False).reshape(-1, whole.type.list_size)
    else:
        values = whole.to_numpy(zero_copy_only=False)
    floats: Floats = values.astype(np.float32, copy=False)
    return floats


@dataclass(frozen=True, eq=False)
class _Column:
    """What a table tells of tracks, read when it is asked for.

    Parameters
    ----------
    location, table, name
        Where it stands.
    rows
        The rows of the tracks.
    shape
        Of what is told of one track; ``None`` for that of the descriptors.
    """

    location: str
    table: LanceDataset | None
    name: str
    rows: Indices
    shape: tuple[int, ...] | None

    def __call__(self, some: Indices | None = None) -> Floats:
        """Return it for all tracks, or for some."""
        if self.table is None or not len(self.rows) or (some is not None and not len(some)):
            return np.empty((0, *self._width()), np.float32)
        with reading(self.location):
            if some is not None:
                return floats_of(self.table.take(self.rows[some], columns=[self.name])[self.name])
            values = floats_of(self.table.to_table(columns=[self.name])[self.name])
        in_order = len(values) == len(self.rows) and bool(
            (self.rows == np.arange(len(values))).all()
        )
        return values if in_order else values[self.rows]

    def _width(self) -> tuple[int, ...]:
        if self.shape is not None:
            return self.shape
        if self.table is not None:  # by preference without importing the descriptors
            return (int(self.table.schema.field(self.name).type.list_size),)
        from linernotes.features.sets import find_set

        return (len(find_set("descriptors").names),)


class _FileTags(Mapping[str, tuple[str | None, ...]]):
    """The file tags of tracks by field, read when the first field is asked for."""

    def __init__(self, location: str, files: LanceDataset | None, rows: Indices) -> None:
        self._location, self._files, self._rows = location, files, rows
        self._fields: dict[str, tuple[str | None, ...]] = {}

    def __getitem__(self, field: str) -> tuple[str | None, ...]:
        if field not in FIELDS:
            raise KeyError(field)
        if field not in self._fields:
            self._fields[field] = tuple(tags.get(field) for tags in self._told)
        return self._fields[field]

    def read(self, fields: Sequence[str]) -> dict[str, tuple[str | None, ...]]:
        """Return some fields without keeping the others, a piece at a time."""
        if "_told" in self.__dict__ or self._files is None or not len(self._rows):
            return {field: self[field] for field in fields}
        with reading(self._location):
            column = self._files.to_table(columns=["tags"])["tags"].take(self._rows)
        texts: dict[str, str] = {}
        found: dict[str, list[str | None]] = {field: [] for field in fields}
        for first in range(0, len(column), _PIECE):
            for tags in _read_tags(column[first : first + _PIECE]):
                for name, values in found.items():
                    text = tags.get(name)
                    values.append(text and texts.setdefault(text, text))
        return {field: tuple(values) for field, values in found.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(FIELDS)

    def __len__(self) -> int:
        return len(FIELDS)

    def __contains__(self, field: object) -> bool:
        return field in FIELDS

    @cached_property
    def _told(self) -> list[dict[str, str]]:
        if self._files is None or not len(self._rows):
            return []
        with reading(self._location):
            column = self._files.to_table(columns=["tags"])["tags"].take(self._rows)
        return _read_tags(column)
