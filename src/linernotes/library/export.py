"""A library's tracks as a table for other programs."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.files import atomic_path
from linernotes.library.collection import Collection
from linernotes.library.errors import ExportError
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.tagging.licences import write_stamp

if TYPE_CHECKING:
    import pyarrow as pa

#: Column that says which others come from a network under a licence that is not free.
LICENCE = "linernotes_licence"

KINDS = (".csv", ".parquet")


def to_arrow(
    collection: Collection,
    *,
    embedding: bool = True,
    numbers: Container[str] = (),
    licences: Mapping[str, str] | None = None,
) -> pa.Table:
    """Return tracks as an Arrow table, a row a track.

    Parameters
    ----------
    collection
        The tracks.
    embedding
        With the embeddings, as one column of lists.
    numbers
        Fields of the metadata that are numbers, and become columns of float64.
    licences
        What is said of fields that networks under a licence not free told, by field.

    Returns
    -------
    Columns ``track_id``, ``path``, the file tags that any track has, ``duration``,
    ``tag.…`` for the probabilities, and the descriptors by their names; where there is something
    to say, ``linernotes_licence``, which the table's metadata say as well.
    """
    import numpy as np
    import pyarrow as pa

    from linernotes.features import names

    columns: dict[str, pa.Array] = {
        "track_id": pa.array(collection.track_id, pa.string()),
        "path": pa.array([_as_text(path) for path in collection.path], pa.string()),
    }
    for field, values in collection.metadata.items():
        if field in numbers:
            told = (None if value is None else float(value) for value in values)
            columns[field] = pa.array(list(told), pa.float64())
        elif any(value is not None for value in values):
            columns[field] = pa.array([value and _as_text(value) for value in values], pa.string())
    columns["duration"] = pa.array(collection.duration)
    for name, column in zip(collection.tag_names, collection.tags.T, strict=True):
        columns[f"tag.{name}"] = pa.array(np.ascontiguousarray(column))
    for name, column in zip(names("descriptors"), collection.descriptors.T, strict=True):
        columns[f"descriptor.{name}"] = pa.array(np.ascontiguousarray(column))
    if embedding:
        flat = pa.array(np.ascontiguousarray(collection.embedding).reshape(-1))
        width = collection.embedding.shape[1]
        columns["embedding"] = pa.FixedSizeListArray.from_arrays(flat, width)
    if licences is None or licences.keys().isdisjoint(columns):
        return pa.table(columns)
    stamps = {field: notice for field, notice in licences.items() if field in columns}
    said = SEPARATOR.join(write_stamp(stamps))
    columns[LICENCE] = pa.array([said] * len(collection), pa.string())
    return pa.table(columns).replace_schema_metadata({"linernotes.licence": said})


def export(
    collection: Collection,
    path: str | os.PathLike[str],
    *,
    numbers: Container[str] = (),
    licences: Mapping[str, str] | None = None,
) -> Path:
    """Write tracks to a ``.parquet`` or ``.csv`` file, the latter without embeddings.

    The file takes its place as a whole; what was there is whole until then.

    Parameters
    ----------
    collection, numbers, licences
        As in `to_arrow`.
    path
        The file.

    Raises
    ------
    ExportError
        The kind of file is unknown, or it cannot be written.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in KINDS:
        raise ExportError(f"{target.name}: libraries are exported as {' or '.join(KINDS)}")
    try:
        with atomic_path(target) as part:
            if kind == ".csv":
                from pyarrow import csv

                table = to_arrow(collection, embedding=False, numbers=numbers, licences=licences)
                csv.write_csv(table, part)
            else:
                from pyarrow import parquet

                table = to_arrow(collection, numbers=numbers, licences=licences)
                parquet.write_table(table, part)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(f"{target}: cannot be written: {reason}") from error
    return target


def _as_text(text: str) -> str:
    """Spell out what is no text, such as the bytes that a file name may hold."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "backslashreplace")
    return data.decode("utf-8", "backslashreplace")
