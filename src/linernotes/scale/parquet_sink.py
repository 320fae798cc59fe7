"""Rows into shards of Parquet, for those who want no library."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.errors import TableError
from linernotes.library.shards import SUFFIX, Shards, find_shards
from linernotes.scale.finding import Found
from linernotes.scale.fingerprints import Fingerprints
from linernotes.scale.library_sink import PASSING
from linernotes.storage import is_remote
from linernotes.storage.addresses import is_in_object_store
from linernotes.storage.object_store import put_object

if TYPE_CHECKING:
    import pyarrow as pa


class ParquetSink:
    """A folder, or a place in an object store, of Parquet files: one a commit.

    A file that has changed, or failed and is tried again, has another row in a later shard, which
    counts.

    Parameters
    ----------
    place
        Path or address.
    retry_failed, force
        Take what failed, or everything, for unknown.
    storage_options
        How to reach the object store.
    """

    def __init__(
        self,
        place: str,
        *,
        retry_failed: bool = False,
        force: bool = False,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        if is_remote(place) and not is_in_object_store(place):
            raise TableError(f"{place} is neither a folder nor in an object store")
        self._place, self._options = place.rstrip("/"), storage_options
        self._paths, self._done, self._failed = Fingerprints(), Fingerprints(), Fingerprints()
        self._shards = len(find_shards(self._place, storage_options=storage_options))
        for batch in self._known():
            for row in batch.to_pylist():
                self._paths.add(row["uri"])
                if force:
                    continue
                stamp = _stamp(row["uri"], row["size"], row["etag"])
                if row["code"] is None:
                    self._done.add(stamp)
                elif not retry_failed and row["code"] not in PASSING:
                    self._failed.add(stamp)

    def state_of(self, found: Found) -> str:
        """Return whether a file is ``"done"``, ``"failed"``, ``"changed"`` or ``"new"``."""
        stamp = _stamp(found.uri, found.size, found.etag)
        if stamp in self._done:
            return "done"
        if stamp in self._failed:
            return "failed"
        return "changed" if found.uri in self._paths else "new"

    def _known(self) -> Iterator[pa.RecordBatch]:
        if self._shards:
            shards = Shards(self._place, storage_options=self._options)
            yield from (batch for _, batch in shards.batches(["uri", "size", "etag", "code"]))

    def commit(self, batches: Sequence[pa.RecordBatch], files: dict[str, Found]) -> None:  # noqa: ARG002
        """Write a shard."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_batches(batches), buffer, compression="zstd")
        name = f"part-{self._shards:06}-{uuid.uuid4().hex[:8]}{SUFFIX}"
        if is_remote(self._place):
            put_object(f"{self._place}/{name}", buffer.getvalue(), storage_options=self._options)
        else:
            folder = Path(self._place)
            folder.mkdir(parents=True, exist_ok=True)
            whole = folder / f".{name}"
            whole.write_bytes(buffer.getvalue())
            whole.replace(folder / name)
        self._shards += 1

    def settle(self, places: Sequence[str], listed: Fingerprints, *, prune: bool) -> int:  # noqa: ARG002
        """Leave shards as they are."""
        return 0


def _stamp(uri: str, size: int | None, etag: str | None) -> str:
    if is_remote(uri) and not is_in_object_store(uri):
        return uri
    return f"{uri}\n{size}\n{etag}"
