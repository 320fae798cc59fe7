"""Features of many tracks as a table: CSV or Parquet, a row a track."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from linernotes.errors import TableError
from linernotes.features.sets import find_set
from linernotes.features.tracks import Features

KINDS = (".csv", ".parquet")

# Rows of a Parquet file are written in groups; so many are held in memory.
_GROUP = 256

Writer = Callable[[Features], None]


def columns_of(sets: Sequence[str]) -> list[str]:
    """Return the columns of a table: those of one set as they are, of several with its name.

    Examples
    --------
    >>> columns_of(["fma"])[:2], columns_of(["fma", "extracted"])[:1]
    (['chroma_cens_kurtosis_01', 'chroma_cens_kurtosis_02'], ['fma.chroma_cens_kurtosis_01'])
    """
    if len(sets) == 1:
        return list(find_set(sets[0]).names)
    return [f"{name}.{column}" for name in sets for column in find_set(name).names]


@contextmanager
def open_table(path: str | os.PathLike[str] | None, sets: Sequence[str]) -> Iterator[Writer]:
    """Open a table to be filled track by track.

    The rows go to a file beside it, which takes its place at the end: what was there is
    whole until then, and what was computed is kept in ``….part`` if the work is stopped.

    Parameters
    ----------
    path
        A ``.csv`` or ``.parquet`` file; ``None`` for CSV on standard output.
    sets
        Names of the feature sets of the rows.

    Yields
    ------
    A function that writes the features of one track.

    Raises
    ------
    TableError
        The folder or the kind of file is wrong, or the file cannot be written.
    """
    if path is None:
        yield _csv_writer(sys.stdout, sets)
        return
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in KINDS:
        raise TableError(f"{target.name}: tables are written as {' or '.join(KINDS)}")
    if not target.parent.is_dir():
        raise TableError(f"there is no folder {target.parent} to write the table to")
    part = target.with_name(target.name + ".part")
    try:
        if kind == ".csv":
            with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                yield _csv_writer(file, sets)
        else:
            with _parquet_writer(part, sets) as write:
                yield write
        part.replace(target)
    except OSError as error:
        raise TableError(f"{target}: cannot be written: {error.strerror}") from error


def _csv_writer(file: Any, sets: Sequence[str]) -> Writer:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["file", *columns_of(sets)])

    def write(features: Features) -> None:
        writer.writerow([features.file, *_row(features, sets)])
        file.flush()

    return write


@contextmanager
def _parquet_writer(path: Path, sets: Sequence[str]) -> Iterator[Writer]:
    import pyarrow as pa
    from pyarrow import parquet

    versions = {f"linernotes.{name}": str(find_set(name).version) for name in sets}
    fields = [("file", pa.string()), *((name, pa.float32()) for name in columns_of(sets))]
    schema = pa.schema(fields, metadata=versions)
    names: list[str] = []
    rows: list[np.ndarray[Any, Any]] = []
    with parquet.ParquetWriter(path, schema) as writer:

        def flush() -> None:
            if rows:
                table = [pa.array(names), *map(pa.array, np.stack(rows, axis=1))]
                writer.write_table(pa.table(table, schema=schema))
            names.clear()
            rows.clear()

        def write(features: Features) -> None:
            name = features.file or ""
            names.append(name.encode("utf-8", "replace").decode())
            rows.append(_row(features, sets))
            if len(rows) == _GROUP:
                flush()

        try:
            yield write
        finally:
            flush()


def _row(features: Features, sets: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.concatenate([features.values[name] for name in sets])
