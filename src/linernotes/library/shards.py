"""Shards of Parquet that scans write: rows in a folder or an object store, read in pieces."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from linernotes.display import printable
from linernotes.errors import LinernotesError
from linernotes.storage import is_remote
from linernotes.storage.addresses import is_in_object_store

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

#: Version of the rows' columns; it changes whenever a column does.
ROWS_VERSION = 1
#: Where it stands in the metadata of a shard.
VERSION_KEY = "linernotes.rows"
SUFFIX = ".parquet"

# Rows that are read at once: 10 MiB of embeddings, tags and descriptors.
_PIECE = 2_000
# Bytes of a column that are fetched at once.
_BUFFER = 1 << 20


class ShardsError(LinernotesError):
    """There are no shards in a place, or none that can be read."""

    code: ClassVar[str] = "shards"


class ShardsNotFoundError(ShardsError):
    """There are no shards in a place."""

    code: ClassVar[str] = "shards-not-found"


class ShardsVersionError(ShardsError):
    """Shards were written by a version of linernotes whose rows have other columns."""

    code: ClassVar[str] = "shards-version"


class Shards:
    """The shards in a place, sorted by name; their rows are numbered throughout.

    Parameters
    ----------
    place
        Folder, or address in an object store.
    storage_options
        How to reach the object store; by default the environment tells.

    Raises
    ------
    ShardsNotFoundError
        There are none.
    StorageError
        The object store, or the bucket, cannot be reached.

    Examples
    --------
    >>> shards = Shards("s3://bucket/rows")  # doctest: +SKIP
    >>> for first, batch in shards.batches(["uri", "duration"]):  # doctest: +SKIP
    ...     print(first, batch.num_rows)
    """

    def __init__(self, place: str, *, storage_options: Mapping[str, str] | None = None) -> None:
        self.place = place
        self._openers = find_shards(place, storage_options=storage_options)
        if not self._openers:
            raise ShardsNotFoundError(
                f"there are no shards in {printable(place)}; write some: "
                "linernotes scan MUSIC --output parquet PLACE"
            )
        # The row that each shard begins with, as far as they were looked into.
        self._firsts = [0]

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield columns of all rows a piece at a time, each with the number of its first row.

        Raises
        ------
        ShardsVersionError
            The rows have other columns.
        ShardsError, StorageError
            A shard is damaged, or cannot be had.
        """
        for number in range(len(self._openers)):
            with self._open(number, columns) as shard:
                first = self._firsts[number]
                for batch in shard.iter_batches(batch_size=_PIECE, columns=list(columns)):
                    batch.validate(full=True)  # whoever wrote it
                    yield first, batch
                    first += batch.num_rows

    def lists(
        self, columns: Sequence[str], rows: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float32]]:
        """Return columns of lists of numbers, of some rows.

        Parameters
        ----------
        columns
            Whose values are lists of one length.
        rows
            Numbers of rows, in any order.

        Returns
        -------
        dict of NDArray
            float32, shape (rows, length), by column; NaN where there is nothing.
        """
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        found: dict[str, NDArray[np.float32]] = {}
        for number, (begin, end) in enumerate(pairwise(self._bounds(wanted))):
            if begin == end:
                continue
            with self._open(number, columns) as shard:
                first = self._firsts[number]
                for batch in shard.iter_batches(batch_size=_PIECE, columns=list(columns)):
                    some = slice(*np.searchsorted(wanted, [first, first + batch.num_rows]))
                    here = wanted[some] - first
                    for name in columns if len(here) else ():
                        values = _floats(batch.column(name), here)
                        whole = found.setdefault(
                            name, np.empty((len(rows), values.shape[1]), np.float32)
                        )
                        whole[order[some]] = values
                    first += batch.num_rows
        return found

    def _bounds(self, wanted: NDArray[np.int64]) -> list[int]:
        while len(self._firsts) <= len(self._openers):
            with self._open(len(self._firsts) - 1):
                pass
        return [int(np.searchsorted(wanted, first)) for first in self._firsts]

    @contextmanager
    def _open(self, number: int, columns: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with (
                self._openers[number]() as file,
                pq.ParquetFile(file, buffer_size=_BUFFER) as shard,
            ):
                _check(shard.schema_arrow, columns, self.place)
                if len(self._firsts) == number + 1:
                    self._firsts.append(self._firsts[-1] + shard.metadata.num_rows)
                yield shard
        except (pa.ArrowException, OSError) as error:
            first = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise ShardsError(
                f"a shard in {printable(self.place)} cannot be read ({printable(first)}); take it "
                "away, and scan again"
            ) from error


def find_shards(
    place: str, *, storage_options: Mapping[str, str] | None = None
) -> list[Callable[[], BinaryIO]]:
    """Return what opens each shard in a folder or an object store, sorted by name.

    Raises
    ------
    StorageError
        The object store, or the bucket, cannot be reached.
    """
    if is_remote(place):
        if not is_in_object_store(place):
            raise ShardsError(f"{printable(place)} is neither a folder nor in an object store")
        from linernotes.storage.object_store import list_files, open_object

        stored = list_files(place, SUFFIX, storage_options=storage_options)
        return [partial(open_object, each, storage_options=storage_options) for each in stored]
    folder = Path(os.path.expanduser(place))  # noqa: PTH111 - odd names
    paths = [path for path in sorted(folder.glob(f"*{SUFFIX}")) if not path.name.startswith(".")]
    return [partial(_open_file, path) for path in paths]


def _open_file(path: Path) -> BinaryIO:
    return path.open("rb")


def _check(schema: pa.Schema, columns: Sequence[str], place: str) -> None:
    told = (schema.metadata or {}).get(VERSION_KEY.encode())
    if told is None or not set(columns) <= set(schema.names):
        raise ShardsError(
            f"{printable(place)} holds other tables than shards of rows; name the place that "
            "linernotes scan --output parquet has written to"
        )
    if told != str(ROWS_VERSION).encode():
        version = printable(told.decode("utf-8", "replace"))[:20]
        raise ShardsVersionError(
            f"the rows in {printable(place)} are of version {version}, and this linernotes reads "
            f"version {ROWS_VERSION}: scan anew, or use the linernotes that wrote them"
        )


def _floats(column: pa.Array, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return some rows of a column of lists of one length; NaN for those without."""
    import pyarrow as pa

    if not pa.types.is_fixed_size_list(column.type):
        raise pa.ArrowInvalid("lists of numbers that are not of one length")
    some = column.take(pa.array(rows))
    length = column.type.list_size
    lacking = np.asarray(some.is_null())
    if lacking.any():
        values = np.full((len(some), length), np.nan, np.float32)
        values[~lacking] = some.drop_null().flatten().to_numpy(False).reshape(-1, length)
        return values
    found: NDArray[np.float32] = some.flatten().to_numpy(False).reshape(-1, length)
    return found.astype(np.float32, copy=False)
