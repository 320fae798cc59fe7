"""What a million rows cost the driver, and who had better write them.

    python benchmarks/scale.py rows [--rows 1000000] [--engine local]
    python benchmarks/scale.py writing [--seconds 20]

``rows`` sends made-up rows of true size through an engine into a library,
and prints the driver's memory and how long commits take, tenth by tenth. ``writing`` compares rows
that stream through the driver with fragments that workers write, at 2 and 200 workers that take as
long as if they listened.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import lance
import numpy as np
import psutil
import pyarrow as pa
from lance.fragment import write_fragments

from linernotes.engine import EngineOptions, run_on
from linernotes.engine.memory import keep_memory_together
from linernotes.library.store import Store
from linernotes.scale import scanning
from linernotes.scale.finding import Found
from linernotes.scale.library_sink import LibrarySink
from linernotes.scale.requests import AnalysisSettings, Asked, BatchRequest, read_request
from linernotes.scale.rows import analysis_schema, current_versions

SECTIONS = 3


def made_up_rows(request: str, *, seconds: float = 0.0) -> pa.RecordBatch:
    """Rows of true size for a request, after some time."""
    time.sleep(seconds)
    files = read_request(request).files
    count = len(files)
    rng = np.random.default_rng(count)

    def floats(field: pa.Field, rows: int) -> pa.Array:
        size = field.type.list_size
        values = rng.random(rows * size, dtype=np.float32)
        return pa.FixedSizeListArray.from_arrays(pa.array(values), size)

    schema = analysis_schema()
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * SECTIONS)
    tags = schema.field("tags")
    times = pa.array(rng.random(count * SECTIONS, dtype=np.float32))
    columns: dict[str, Any] = {
        "uri": [file.uri for file in files],
        "track_id": [f"{hash(file.uri) & (2**63 - 1):032x}" for file in files],
        "versions": [current_versions()] * count,
        "size": [file.size for file in files],
        "etag": [file.etag for file in files],
        "file_tags": [[("title", file.uri[-9:]), ("artist", "nobody")] for file in files],
        "duration": np.full(count, 200, np.float32),
        "extent": ["excerpt-1"] * count,
        "embedding": floats(schema.field("embedding"), count),
        "tags": floats(tags, count),
        "descriptors": floats(schema.field("descriptors"), count),
        "timeline_start": pa.ListArray.from_arrays(offsets, times),
        "timeline_end": pa.ListArray.from_arrays(offsets, times),
        "timeline": pa.ListArray.from_arrays(offsets, floats(tags, count * SECTIONS)),
        "warnings": [[]] * count,
    }
    arrays = [
        columns[field.name] if isinstance(columns.get(field.name), pa.Array)
        else pa.array(columns.get(field.name, [None] * count), field.type)
        for field in schema
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def many_rows(rows: int, engine: str, workers: int) -> None:
    """Send made-up rows through an engine into a library."""
    process, took, used, peak = psutil.Process(), [], [], [0]

    def found(*_: Any, **__: Any) -> Iterator[Found]:
        for i in range(rows):
            yield Found(f"s3://bucket/music/{i % 5000:04}/{i:09}.mp3", 4_000_000 + i, f'"{i:032x}"')

    class Timed(LibrarySink):
        def commit(self, batches: Any, files: Any) -> None:
            began, spent = time.monotonic(), time.process_time()
            super().commit(batches, files)
            took.append(time.monotonic() - began)
            used.append(time.process_time() - spent)
            peak.append(process.memory_info().rss)
            tenth = max(1, rows // 20_000)
            if len(took) % tenth == 0:
                print(
                    f"{2000 * len(took):9,} rows: commit {np.median(took[-tenth:]):.2f} s (longest "
                    f"{max(took[-tenth:]):.2f} s), by processor {np.median(used[-tenth:]):.2f} s "
                    f"(most {max(used[-tenth:]):.2f} s), driver {peak[-1] / 2**20:.0f} MiB",
                    flush=True,
                )

    keep_memory_together()  # as scans do
    with tempfile.TemporaryDirectory() as folder:
        store = Store(str(Path(folder, "library")), create=True)
        sink = Timed(store, analyses=("networks", "descriptors"), extent="excerpt")
        scanning.find_files = found
        began = time.monotonic()
        scanning.scan_places(
            ["s3://bucket/music"], sink, AnalysisSettings(), EngineOptions(engine, None, workers),
            request_size=250, batch_function=made_up_rows,
        )  # fmt: skip
        seconds = time.monotonic() - began
        size = store.size() or 0
        print(f"the driver took {time.process_time() / rows * 1000:.2f} ms of a processor a row")
        print(
            f"{engine}: {rows:,} rows in {seconds:.0f} s, {60 * len(took) / seconds:.0f} commits a "
            f"minute, {size / rows:.0f} bytes a track, at most {max(peak) / 2**20:.0f} MiB"
        )
        began = time.monotonic()
        LibrarySink(store, analyses=("networks", "descriptors"), extent="excerpt")
        print(f"what is known is read in {time.monotonic() - began:.0f} s")


def write_fragment(request: str, *, seconds: float, place: str) -> list[str]:
    """Do as a worker does that writes by itself."""
    batch = made_up_rows(request, seconds=seconds)
    pieces = write_fragments(pa.Table.from_batches([batch]), place, mode="append")
    return [json.dumps(piece.to_json()) for piece in pieces]


def compare_writing(seconds: float) -> None:
    """Compare rows that stream through the driver with fragments that workers write."""
    for workers in (2, 200):
        for how in ("rows", "fragments"):
            with tempfile.TemporaryDirectory() as folder:
                place = f"{folder}/table.lance"
                lance.write_dataset(analysis_schema().empty_table(), place)
                function: Callable[[str], Any] = partial(made_up_rows, seconds=5.0)
                if how == "fragments":
                    function = partial(write_fragment, seconds=5.0, place=place)
                rows, committing = _written(function, workers, how, place, seconds)
                pieces = len(lance.dataset(place).get_fragments())
            print(
                f"{workers:3} workers, {how:9}: {rows / seconds:6.1f} rows/s, "
                f"committing {committing:4.0%} of the time, {pieces} fragments"
            )


def _written(
    function: Callable[[str], Any], workers: int, how: str, place: str, seconds: float
) -> tuple[int, float]:
    stopped = threading.Event()
    threading.Timer(seconds, stopped.set).start()

    def requests() -> Iterator[str]:
        count = 0
        while not stopped.is_set():
            files = tuple(Asked(f"s3://b/{count:06}/{i}.mp3", 1, "e") for i in range(16))
            count += 1
            yield BatchRequest("r", current_versions(), files, "{}").as_json()

    rows, spent, waiting = 0, 0.0, []
    for outcome in run_on(EngineOptions("local", None, workers), function, requests()):
        if outcome.value is None:
            raise RuntimeError(str(outcome.error))
        rows += 16
        waiting.append(outcome.value)
        if len(waiting) * 16 >= 2000 or (stopped.is_set() and len(waiting) > workers // 2):
            began = time.monotonic()
            table = lance.dataset(place)
            if how == "rows":
                table.insert(pa.Table.from_batches(waiting))
            else:
                pieces = [lance.FragmentMetadata.from_json(p) for ps in waiting for p in ps]
                operation = lance.LanceOperation.Append(pieces)
                lance.LanceDataset.commit(place, operation, read_version=table.version)
            spent += time.monotonic() - began
            waiting = []
    return rows, spent / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["rows", "writing"])
    parser.add_argument("--engine", default="local")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    if given.what == "rows":
        many_rows(given.rows, given.engine, given.workers)
    else:
        compare_writing(given.seconds)


if __name__ == "__main__":
    main()
