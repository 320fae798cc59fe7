"""Learning from a million rows: peak memory and time, from shards of Parquet or from a library.

    python benchmarks/learn_million.py [--rows 1000000] [--source library] [--recipe default]

Made-up rows of true size: ten classes, artists of eight tracks on average who differ as much as
classes do, random numbers around both. A process of its own reads, draws its sample, tests (unless
``--no-test``) and trains; the most memory that it held is printed. It takes 6 GB of disk;
``--keep`` names a folder to make the rows in, and to find them again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("LANCE_LOG", "error")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linernotes.library.analyses import FULL, tag_names, versions
from linernotes.library.rows import FILES, files_schema, table_name
from linernotes.library.rows import analysis_schema as table_schema
from linernotes.library.store import Store
from linernotes.scale.rows import analysis_schema, current_versions

SHARD = 2_000
CLASSES = 10
# A small process tells what its child took; that of a large one would seem to take as much.
CHILD = """
import resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.perf_counter() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of a "
      f"processor, at most {used.ru_maxrss / 1024:,.0f} MiB")
print(done.stdout, end="")
"""


def made_up(first: int, count: int) -> dict[str, pa.Array]:
    """Return made-up columns of some rows."""
    rng = np.random.default_rng(first)
    artists = np.arange(first, first + count) // 8
    classes = artists % CLASSES
    columns: dict[str, pa.Array] = {}
    for name, length in (("embedding", 800), ("tags", len(tag_names())), ("descriptors", 261)):
        centres = np.random.default_rng(length).standard_normal((CLASSES, length), np.float32)
        own = np.random.default_rng([first, length]).standard_normal((count // 8 + 2, length))
        values = rng.standard_normal((count, length), np.float32)
        values += 0.12 * centres[classes] + 0.5 * own[artists - artists[0]].astype(np.float32)
        if name == "tags":
            values = 1 / (1 + np.exp(-values))
        columns[name] = pa.FixedSizeListArray.from_arrays(
            pa.array(values.astype(np.float32).reshape(-1)), length
        )
    numbers = range(first, first + count)
    columns["track_id"] = pa.array([f"{number:032x}" for number in numbers])
    columns["uri"] = pa.array(
        [f"s3://bucket/music/{number // 1000:04}/{number:07}.mp3" for number in numbers]
    )
    columns["genre"] = pa.array([f"genre {number}" for number in classes.tolist()])
    columns["artist"] = pa.array([f"Artist {number}" for number in artists.tolist()])
    return columns


def write_shards(folder: Path, rows: int) -> None:
    folder.mkdir(parents=True)
    schema = analysis_schema()
    for first in range(0, rows, SHARD):
        count = min(SHARD, rows - first)
        made = made_up(first, count)
        genres, artists = made["genre"].to_pylist(), made["artist"].to_pylist()
        told = {
            **made,
            "file_tags": pa.array(
                [[("artist", a), ("genre", g)] for a, g in zip(artists, genres, strict=True)],
                schema.field("file_tags").type,
            ),
            "versions": pa.array([current_versions()] * count, schema.field("versions").type),
        }
        table = pa.Table.from_arrays(
            [told.get(field.name, pa.nulls(count, field.type)) for field in schema], schema=schema
        )
        pq.write_table(table, folder / f"part-{first // SHARD:06}-made.parquet", compression="zstd")


def write_library(folder: Path, rows: int) -> None:
    store = Store(str(folder), create=True)
    for first in range(0, rows, 10 * SHARD):
        count = min(10 * SHARD, rows - first)
        made = made_up(first, count)
        pairs = zip(made["artist"].to_pylist(), made["genre"].to_pylist(), strict=True)
        files = {
            "path": made["uri"].cast(pa.binary()),
            "track_id": made["track_id"],
            "tags": pa.array([json.dumps({"artist": a, "genre": g}) for a, g in pairs]),
        }
        store.add(FILES, _table(files_schema(), files, count))
        known = {
            "track_id": made["track_id"],
            "extent": pa.array([FULL] * count),
            "duration": pa.array(np.full(count, 200, np.float32)),
        }
        for name in versions():
            more = {**made, "values": made["descriptors"], **known}
            store.add(table_name(name), _table(table_schema(name), more, count))


def _table(schema: pa.Schema, columns: dict[str, pa.Array], count: int) -> pa.Table:
    return pa.Table.from_arrays(
        [columns.get(field.name, pa.nulls(count, field.type)) for field in schema], schema=schema
    )


def learn(place: Path, source: str, recipe: str, *, test: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "linernotes", "train", f"{source}:{place}", "--label", "genre",
            "--recipe", recipe, "-o", f"{folder}/made", *([] if test else ["--no-test"]),
        ]  # fmt: skip
        run = [sys.executable, "-c", CHILD, *command]
        print(subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout)
        digest = Path(folder, "made.linernotes").stat().st_size
        print(f"  the model has {digest / 1024:.0f} kiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--source", choices=["parquet", "library"], default="parquet")
    parser.add_argument("--recipe", default="default")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--test", action=argparse.BooleanOptionalAction, default=True)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = (given.keep or Path(folder)) / f"{given.source}-{given.rows}"
        if not place.exists():
            started = time.perf_counter()
            make = write_shards if given.source == "parquet" else write_library
            make(place, given.rows)
            print(f"{given.rows:,} rows are made in {time.perf_counter() - started:.0f} s")
        print(f"{given.recipe} from {given.source}, {given.rows:,} rows:", flush=True)
        learn(place, given.source, given.recipe, test=given.test)


if __name__ == "__main__":
    main()
