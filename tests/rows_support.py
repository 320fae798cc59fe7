"""Shards of made-up rows, as `linernotes scan --output parquet` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linernotes.library.analyses import tag_names
from linernotes.scale import analysis_schema
from linernotes.scale.rows import current_versions

GENRES = ("jazz", "rock")


def make_row(number: int, **changes: Any) -> dict[str, Any]:
    """A row of a track that was heard: even ones sound like jazz, odd ones like rock."""
    rng = np.random.default_rng(number)
    lengths = {"embedding": 800, "tags": len(tag_names()), "descriptors": 261}
    values = {
        name: 1 / (1 + np.exp(-rng.normal(number % 2, 1, length)))
        for name, length in lengths.items()
    }
    return {
        "uri": f"s3://bucket/music/{number:03}.mp3",
        "track_id": f"{number:032x}",
        "versions": current_versions(),
        "file_tags": [("artist", f"Artist {number // 4}"), ("genre", GENRES[number % 2])],
        "duration": 200.0,
        **{name: each.astype(np.float32) for name, each in values.items()},
        "predictions": [],
        **changes,
    }


def write_shard(folder: Path, number: int, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as one shard."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{number:06}-test.parquet"
    batch = pa.RecordBatch.from_pylist(list(rows), schema=analysis_schema())
    pq.write_table(pa.Table.from_batches([batch]), path)
    return path


def write_rows(folder: Path, count: int = 40) -> Path:
    """Write shards of tracks of two genres, and return their folder."""
    for first in range(0, count, 10):
        write_shard(folder, first // 10, [make_row(first + i) for i in range(10)])
    return folder
