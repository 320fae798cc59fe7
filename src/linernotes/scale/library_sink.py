"""Rows into a library: what it knows already, and commits of what comes.

All rows stream through the one process that hands out the work, and it alone commits: at 200
workers they are some megabytes a second, and no half-written piece is ever to be cleaned up.
``docs/scale.md`` has the measurements.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes import __version__
from linernotes.errors import UnreadableError
from linernotes.library.analyses import EXCERPT, FULL, Extent, versions
from linernotes.library.discovery import is_within
from linernotes.library.errors import ChangingError
from linernotes.library.rows import analysis_schema as table_schema
from linernotes.library.rows import files_schema, table_name
from linernotes.library.store import Store
from linernotes.scale.finding import Found, stamp_text
from linernotes.scale.fingerprints import Fingerprints
from linernotes.storage.errors import ForbiddenError, StoreUnreachableError

if TYPE_CHECKING:
    import pyarrow as pa

FILES = "files"
# What a new look may well find gone.
PASSING = frozenset(
    each.code for each in (UnreadableError, ChangingError, StoreUnreachableError, ForbiddenError)
)
_STAMP = ["path", "size", "etag", "mtime_ns", "track_id", "code", "versions", "missing_since"]


class LibrarySink:
    """What a scan writes its rows to: the tables of a library.

    Parameters
    ----------
    store
        The library.
    analyses, extent
        What is to be known of each track.
    retry_failed, force
        Take what failed, or everything, for unknown.
    """

    def __init__(
        self,
        store: Store,
        *,
        analyses: Sequence[str],
        extent: Extent,
        retry_failed: bool = False,
        force: bool = False,
    ) -> None:
        self._store, self._analyses = store, tuple(analyses)
        self._versions = " ".join([__version__, *(versions()[name] for name in analyses)])
        self._tables = {FILES: Fingerprints()}
        self._enough = {name: Fingerprints() for name in self._analyses}
        self._done, self._failed = Fingerprints(), Fingerprints()
        self._missing: set[str] = set()
        self._force = force
        self._read_tracks((FULL,) if extent == "full" else (FULL, EXCERPT))
        self._read_files(retry_failed=retry_failed)

    # What is known.

    def _read_tracks(self, extents: tuple[str, ...]) -> None:
        for name in self._analyses:
            known = self._tables[table_name(name)] = Fingerprints()
            for batch in self._store.batches(table_name(name), ["track_id", "extent"]):
                rows = batch.to_pydict()
                for track, extent in zip(rows["track_id"], rows["extent"], strict=True):
                    known.add(track)
                    if extent in extents:
                        self._enough[name].add(track)

    def _read_files(self, *, retry_failed: bool) -> None:
        for batch in self._store.batches(FILES, _STAMP):
            for row in batch.to_pylist():
                path = row["path"].decode("utf-8", "surrogateescape")
                self._tables[FILES].add(path)
                stamp = stamp_text(path, row["size"], row.get("etag"), row["mtime_ns"])
                if row["missing_since"] is not None:
                    self._missing.add(path)
                elif self._force:
                    continue
                elif row["code"] is None:
                    track = row["track_id"]
                    if all(track in self._enough[name] for name in self._analyses):
                        self._done.add(stamp)
                elif (
                    not retry_failed
                    and row["code"] not in PASSING
                    and row["versions"] == self._versions
                ):
                    self._failed.add(stamp)

    def state_of(self, found: Found) -> str:
        """Return whether a file is ``"done"``, ``"failed"``, ``"changed"`` or ``"new"``."""
        if found.stamp in self._done:
            return "done"
        if found.stamp in self._failed:
            return "failed"
        return "changed" if found.uri in self._tables[FILES] else "new"

    # What comes.

    def commit(self, batches: Sequence[pa.RecordBatch], files: dict[str, Found]) -> None:
        """Write rows: analyses first, so that a file that is there has them.

        Parameters
        ----------
        batches
            With the columns of `linernotes.scale.analysis_schema`.
        files
            What the listing told of their files, by address.
        """
        import pyarrow as pa

        rows = pa.Table.from_batches(batches)
        heard = _only(rows, rows["code"].is_null().to_numpy())
        for name in self._analyses:
            self._put_tracks(name, heard)
        kept = _only(rows, ~self._is_known_and_passing(rows, files))
        self._put(FILES, "path", _file_rows(kept, files, self._versions))

    def _is_known_and_passing(self, rows: pa.Table, files: dict[str, Found]) -> NDArray[np.bool_]:
        """Tell of which files what is known is still worth keeping, as they only cannot be read."""
        told = zip(rows["uri"].to_pylist(), rows["code"].to_pylist(), strict=True)
        known = self._tables[FILES]
        return np.array([code in PASSING and files[uri].uri in known for uri, code in told], bool)

    def _put_tracks(self, name: str, heard: pa.Table) -> None:
        enough = self._enough[name]
        # The same track may come from several files.
        rows = {track: row for row, track in enumerate(heard["track_id"].to_pylist())}
        chosen = [row for track, row in rows.items() if self._force or track not in enough]
        for track in rows:
            enough.add(track)
        if chosen:
            wanted = np.zeros(heard.num_rows, np.bool_)
            wanted[chosen] = True
            self._put(table_name(name), "track_id", _analysis_rows(name, _only(heard, wanted)))

    def _put(self, name: str, key: str, rows: pa.Table) -> None:
        known = self._tables[name]
        keys = [
            each.decode("utf-8", "surrogateescape") if isinstance(each, bytes) else each
            for each in rows[key].to_pylist()
        ]
        is_known = np.array([each in known for each in keys], np.bool_)
        self._store.put(name, key, new=_only(rows, ~is_known), old=_only(rows, is_known))
        for each in keys:
            known.add(each)

    # What is gone.

    def settle(self, places: Sequence[str], listed: Fingerprints, *, prune: bool) -> int:
        """Note what is gone from places, or forget it, and return how many files that are."""
        removed = 0
        gone: list[dict[str, Any]] = []
        for batch in self._store.batches(FILES, files_schema().names):
            for row in batch.to_pylist():
                path = row["path"].decode("utf-8", "surrogateescape")
                if not is_within(path, places) or path in listed:
                    continue
                if prune or row["missing_since"] is None:
                    gone.append(row)
        if prune:
            paths = [row["path"].decode("utf-8", "surrogateescape") for row in gone]
            self._store.forget(paths, self._only_in(gone))
            removed = len(paths)
        elif gone:
            import pyarrow as pa

            now = datetime.now(UTC)
            rows = [{**row, "missing_since": now} for row in gone]
            none = files_schema().empty_table()
            table = pa.Table.from_pylist(rows, schema=files_schema())
            self._store.put(FILES, "path", new=none, old=table)
            removed = len(rows)
        self._store.optimise()
        return removed

    def _only_in(self, gone: Iterable[dict[str, Any]]) -> list[str]:
        """Return the tracks that are in these files alone."""
        paths = {row["path"] for row in gone}
        tracks = {row["track_id"] for row in gone} - {None}
        for batch in self._store.batches(FILES, ["path", "track_id"]):
            for row in batch.to_pylist():
                if row["track_id"] in tracks and row["path"] not in paths:
                    tracks.discard(row["track_id"])
        return sorted(tracks)


def _only(rows: pa.Table, wanted: NDArray[np.bool_]) -> pa.Table:
    """Return some rows; most often they are all or none of them, which costs no copy."""
    if wanted.all():
        return rows
    return rows.filter(wanted) if wanted.any() else rows.slice(0, 0)


def _analysis_rows(name: str, rows: pa.Table) -> pa.Table:
    """Return what a library keeps of an analysis."""
    import pyarrow as pa

    schema = table_schema(name)
    count = rows.num_rows
    columns = {
        "version": pa.array([versions()[name]] * count, pa.string()),
        "analysed_at": pa.array([datetime.now(UTC)] * count, schema.field("analysed_at").type),
        "values": rows["descriptors"],
    }
    return pa.table(
        [columns[each] if each in columns else rows[each] for each in schema.names], schema=schema
    )


def _file_rows(rows: pa.Table, files: dict[str, Found], made_by: str) -> pa.Table:
    """Return what a library keeps of files."""
    import pyarrow as pa

    kept = []
    columns = ["uri", "track_id", "size", "etag", "file_tags", "code", "message"]
    for row in rows.select(columns).to_pylist():
        found = files[row["uri"]]
        size = row["size"] if row["size"] is not None else found.size
        kept.append(
            {
                "path": found.uri.encode("utf-8", "surrogateescape"),
                "size": -1 if size is None else size,
                "mtime_ns": -1 if found.mtime_ns is None else found.mtime_ns,
                "ctime_ns": found.ctime_ns,
                "etag": row["etag"] if row["etag"] is not None else found.etag,
                "track_id": row["track_id"],
                "tags": json.dumps(dict(row["file_tags"] or [])),
                "code": row["code"],
                "message": row["message"],
                "versions": None if row["code"] is None else made_by,
            }
        )
    return pa.Table.from_pylist(kept, schema=files_schema())
