"""Rows of a library's tables: files and tracks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from linernotes.library.analyses import EMBEDDING_LENGTH, Heard, TrackAnalysis, tag_names, versions

if TYPE_CHECKING:
    import pyarrow as pa

#: The table of files.
FILES = "files"
#: How the tables begin in which people keep what is theirs: no scan reads or changes them.
OWN = "own-"


@dataclass(frozen=True)
class FileRow:
    """The record of one file.

    Parameters
    ----------
    path
        Absolute.
    size, mtime_ns
        Bytes and time of change when it was last looked at; -1 if it could not be.
    track_id
        The track in it, or ``None`` if that is not known.
    tags
        The file's tags by field.
    code, message
        Why it could not be analysed, or ``None``.
    versions
        What failed: the versions of linernotes and of the analyses.
    missing_since
        When the file was first found to be gone, or ``None``.
    ctime_ns
        Time of the last change of the file or of what the system keeps of it; ``None`` where a
        library of version 0.1.0 did not note it.
    etag
        What an object store tells instead of times of change; ``None`` of files in folders.
    """

    path: str
    size: int
    mtime_ns: int
    track_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    versions: str | None = None
    missing_since: datetime | None = None
    ctime_ns: int | None = None
    etag: str | None = None


def table_name(analysis: str) -> str:
    """Return the name of the table for the current version of an analysis.

    Examples
    --------
    >>> table_name("descriptors").partition("-")[0]
    'descriptors'
    """
    return f"{analysis}-{versions()[analysis]}"


def meta_schema() -> pa.Schema:
    """Return the columns of the table of the schema's version."""
    import pyarrow as pa

    return pa.schema([pa.field("schema_version", pa.int64()), pa.field("made_by", pa.string())])


def files_schema() -> pa.Schema:
    """Return the columns of the table of files."""
    import pyarrow as pa

    return pa.schema(
        [
            # Names of files are bytes, which not always spell text.
            pa.field("path", pa.binary(), nullable=False),
            pa.field("size", pa.int64()),
            pa.field("mtime_ns", pa.int64()),
            pa.field("track_id", pa.string()),
            pa.field("tags", pa.string()),
            pa.field("code", pa.string()),
            pa.field("message", pa.string()),
            pa.field("versions", pa.string()),
            pa.field("missing_since", pa.timestamp("us", tz="UTC")),
            pa.field("ctime_ns", pa.int64()),
            pa.field("etag", pa.string()),
        ]
    )


def analysis_schema(analysis: str) -> pa.Schema:
    """Return the columns of the tables of an analysis."""
    import pyarrow as pa

    def floats(length: int) -> pa.DataType:
        return pa.list_(pa.float32(), length)

    fields = [
        pa.field("track_id", pa.string(), nullable=False),
        pa.field("version", pa.string()),
        pa.field("extent", pa.string()),
        pa.field("duration", pa.float32()),
        pa.field("warnings", pa.list_(pa.string())),
        pa.field("analysed_at", pa.timestamp("us", tz="UTC")),
    ]
    if analysis == "networks":
        tags = len(tag_names())
        fields += [
            pa.field("embedding", floats(EMBEDDING_LENGTH)),
            pa.field("tags", floats(tags)),
            pa.field("timeline_start", pa.list_(pa.float32())),
            pa.field("timeline_end", pa.list_(pa.float32())),
            pa.field("timeline", pa.list_(floats(tags))),
        ]
        columns = tag_names()
    else:
        from linernotes.features.sets import find_set

        columns = find_set(analysis).names
        fields.append(pa.field("values", floats(len(columns))))
    return pa.schema(fields, metadata={"columns": json.dumps(columns)})


def analysis_row(analysis: str, track_id: str, found: TrackAnalysis) -> dict[str, Any] | None:
    """Return what is kept of an analysis of a track, ``None`` if it was not made."""
    values = found.networks if analysis == "networks" else found.descriptors
    if values is None:
        return None
    row: dict[str, Any] = {
        "track_id": track_id,
        "version": versions()[analysis],
        "extent": found.extent,
        "duration": found.duration,
        "warnings": [_writable(warning) for warning in found.warnings],
        "analysed_at": datetime.now(UTC),
    }
    if isinstance(values, Heard):
        return {
            **row,
            "embedding": values.embedding,
            "tags": values.tags,
            "timeline_start": values.start,
            "timeline_end": values.end,
            "timeline": list(values.timeline),
        }
    return {**row, "values": values}


def file_row(row: FileRow) -> dict[str, Any]:
    """Return what is kept of a file."""
    return {
        "path": os.fsencode(row.path),
        "size": row.size,
        "mtime_ns": row.mtime_ns,
        "track_id": row.track_id,
        "tags": json.dumps(dict(row.tags)),
        "code": row.code,
        "message": None if row.message is None else _writable(row.message),
        "versions": row.versions,
        "missing_since": row.missing_since,
        "ctime_ns": row.ctime_ns,
        "etag": row.etag,
    }


def _writable(text: str) -> str:
    """Spell out what is no text: names of files may hold any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()


def read_file_row(row: Mapping[str, Any]) -> FileRow:
    """Return what was kept of a file."""
    tags = json.loads(row.get("tags", "{}"))
    return FileRow(**{**row, "path": os.fsdecode(row["path"]), "tags": tags})
