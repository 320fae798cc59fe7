"""The rows that `linernotes.analyse` gives: a fixed schema, with its version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from linernotes import __version__
from linernotes.errors import Failure
from linernotes.learning import Prediction
from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names, versions
from linernotes.library.shards import ROWS_VERSION, VERSION_KEY
from linernotes.scale.files import FileAnalysis, values_of

if TYPE_CHECKING:
    import pyarrow as pa


def current_versions() -> dict[str, str]:
    """Return the versions on which the numbers of a row depend.

    Examples
    --------
    >>> sorted(current_versions())
    ['descriptors', 'linernotes', 'networks']
    """
    return {"linernotes": __version__, **versions()}


@cache
def analysis_schema() -> pa.Schema:
    """Return the columns of the rows, a row a file.

    ``uri``, ``size`` and ``etag`` tell which file it was; ``track_id`` is of the content, so that
    the same track has the same one wherever it lies. ``embedding``, ``tags``, ``descriptors``,
    ``timeline`` and ``predictions`` are what was found, ``versions`` by what. Where ``code`` is
    not null the file failed, and ``message`` says why.

    Examples
    --------
    >>> analysis_schema().names[:3]
    ['uri', 'track_id', 'versions']
    """
    import pyarrow as pa

    from linernotes.features.sets import find_set

    def floats(length: int) -> pa.DataType:
        return pa.list_(pa.float32(), length)

    text, names = pa.string(), find_set("descriptors").names
    prediction = pa.struct(
        [
            ("model", text),
            ("version", text),
            ("label", text),
            ("answer", text),
            ("certainty", text),
            ("names", pa.list_(text)),
            ("values", pa.list_(pa.float32())),
        ]
    )
    fields = [
        pa.field("uri", text, nullable=False),
        pa.field("track_id", text),
        pa.field("versions", pa.struct([(name, text) for name in current_versions()])),
        pa.field("size", pa.int64()),
        pa.field("etag", text),
        pa.field("file_tags", pa.map_(text, text)),
        pa.field("duration", pa.float32()),
        pa.field("extent", text),
        pa.field("embedding", floats(EMBEDDING_LENGTH)),
        pa.field("tags", floats(len(tag_names()))),
        pa.field("descriptors", floats(len(names))),
        pa.field("timeline_start", pa.list_(pa.float32())),
        pa.field("timeline_end", pa.list_(pa.float32())),
        pa.field("timeline", pa.list_(floats(len(tag_names())))),
        pa.field("predictions", pa.list_(prediction)),
        pa.field("warnings", pa.list_(text)),
        pa.field("code", text),
        pa.field("message", text),
    ]
    told = {
        VERSION_KEY: str(ROWS_VERSION),
        "linernotes.tags": json.dumps(tag_names()),
        "linernotes.descriptors": json.dumps(names),
    }
    return pa.schema(fields, metadata=told)


def row_of(
    uri: str, analysis: FileAnalysis, *, size: int | None, etag: str | None
) -> dict[str, Any]:
    """Return the row of a file."""
    row: dict[str, Any] = {
        "uri": _writable(uri),
        "versions": current_versions(),
        "size": size,
        "etag": etag,
    }
    if analysis.seen is not None:
        row |= {
            "track_id": analysis.seen.track_id,
            "file_tags": [(k, _writable(v)) for k, v in sorted(analysis.seen.tags.items())],
        }
    if analysis.found is not None:
        row |= _found(analysis)
    if analysis.failure is not None:
        row |= _failed(analysis.failure)
    return row


def batch_of(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Return rows as a record batch."""
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(rows, schema=analysis_schema())


def _found(analysis: FileAnalysis) -> Mapping[str, Any]:
    found = analysis.found
    assert found is not None  # noqa: S101 - the caller looked
    row: dict[str, Any] = {
        "duration": found.duration,
        "extent": found.extent,
        "descriptors": found.descriptors,
        "warnings": [_writable(warning) for warning in found.warnings],
        "predictions": [],
    }
    if found.networks is not None:
        row |= {
            "embedding": found.networks.embedding,
            "tags": found.networks.tags,
            "timeline_start": found.networks.start,
            "timeline_end": found.networks.end,
            "timeline": list(found.networks.timeline),
        }
    for version, told in analysis.told:
        names, values = values_of(told)
        row["predictions"].append(
            {
                "model": told.model,
                "version": version,
                "label": told.label,
                "answer": told.answer if isinstance(told, Prediction) else told.word,
                "certainty": str(told.certainty) if isinstance(told, Prediction) else None,
                "names": names,
                "values": values,
            }
        )
    return row


def _failed(failure: Failure) -> Mapping[str, Any]:
    return {"code": failure.code, "message": _writable(failure.message)}


def _writable(text: str) -> str:
    """Spell out what is no text: names of files may hold any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()
