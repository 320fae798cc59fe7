"""A library of a million tracks: how they are found, how fast, in how much memory.

    python benchmarks/million.py [--tracks 1000000] [--hnsw]

Made-up vectors of 192 axes: artists scattered in a space whose variances fall as those of real
clips do (like rank^-1.4), ten tracks scattered around each, every artist in a width of its own, so
that some tracks are hubs. First our index and those of Lance are compared on the same questions, in
turns; then a library is made of the vectors, and asked as people do. It takes some minutes, 6 GB of
memory and of disk; ``--hnsw`` adds Lance's graph of neighbours, which takes long to build.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

os.environ.setdefault("LANCE_LOG", "error")

import lance
import numpy as np
import pyarrow as pa

from linernotes.explore import Library, Space
from linernotes.explore.index import Index
from linernotes.explore.kept_space import KeptSpace
from linernotes.explore.space import SIZE, SpaceFit
from linernotes.library.analyses import ANALYSES, FULL, Heard, TrackAnalysis
from linernotes.library.rows import FILES, FileRow, analysis_schema, files_schema, table_name
from linernotes.library.store import Store

QUERIES = 100
BLOCK = 20_000
PADDED = 200  # product quantisation wants equal parts
Array = np.ndarray
# A small process tells what its child took; that of a large one would seem to take as much.
COLD = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
taken = used.ru_utime + used.ru_stime
print(f"{time.perf_counter() - started:.1f} s, {taken:.1f} s of a processor,",
      f"{used.ru_maxrss / 1024:.0f} MiB")
"""


def made_up(n: int) -> Space:
    """Vectors with hubs as real libraries have them."""
    rng = np.random.default_rng(0)
    falling = (np.arange(1, SIZE + 1) ** -0.7).astype(np.float32)
    artists = max(1, n // 10)
    homes = rng.standard_normal((artists, SIZE), dtype=np.float32)
    width = rng.lognormal(np.log(0.7), 0.4, artists).astype(np.float32)
    artist = rng.integers(0, artists, n)
    vectors = np.empty((n, SIZE), np.float32)
    for first in range(0, n, BLOCK):
        own = artist[first : first + BLOCK]
        noise = rng.standard_normal((len(own), SIZE), dtype=np.float32)
        block = (homes[own] + width[own, np.newaxis] * noise) * falling
        vectors[first : first + BLOCK] = block / np.linalg.norm(block, axis=1, keepdims=True)
    sample = vectors[np.sort(rng.permutation(n)[:2000])]
    wide = 658
    fit = SpaceFit(
        columns=np.arange(wide), centre=np.zeros(wide, np.float32),
        scale=np.ones(wide, np.float32), weight=np.ones(wide, np.float32),
        mean=np.zeros(wide, np.float32), axes=np.eye(wide, SIZE, dtype=np.float32),
        sample=sample, tracks=n,
    )  # fmt: skip
    nearness = np.concatenate(
        [fit.nearness_of(vectors[first : first + BLOCK]) for first in range(0, n, BLOCK)]
    )
    return Space(vectors, nearness, fit)


def questions(space: Space) -> tuple[list[int], list[set[int]]]:
    """Tracks, and the ten that are nearest to each."""
    asked = np.random.default_rng(1).integers(0, len(space.vectors), QUERIES).tolist()
    return asked, [ten(i, *exact(space, i)) for i in asked]


def exact(space: Space, i: int) -> tuple[Array, Array]:
    scores = space.vectors @ space.vectors[i] - space.nearness / 2
    top = np.argpartition(scores, len(scores) - 11)[len(scores) - 11 :]
    return top, scores[top]


def ten(i: int, rows: Array, scores: Array) -> set[int]:
    best = rows[np.argsort(-scores, kind="stable")]
    return set(best[best != i][:10].tolist())


def lances(space: Space, place: Path, kind: str, **options: int) -> Callable[[int], set[int]]:
    """Build an index of Lance on vectors that hold the nearness as well."""
    n = len(space.vectors)

    def batches() -> Iterator[pa.RecordBatch]:
        for first in range(0, n, BLOCK):
            rows = np.arange(first, min(first + BLOCK, n))
            wide = np.zeros((len(rows), PADDED), np.float32)
            wide[:, :SIZE], wide[:, SIZE] = space.vectors[rows], -space.nearness[rows] / 2
            lists = pa.FixedSizeListArray.from_arrays(pa.array(wide.reshape(-1)), PADDED)
            yield pa.record_batch({"row": pa.array(rows), "vector": lists})

    schema = next(batches()).schema
    table = lance.write_dataset(pa.RecordBatchReader.from_batches(schema, batches()), place)
    started, used = time.perf_counter(), time.process_time()
    more = {key: options[key] for key in ("num_partitions", "num_sub_vectors") if key in options}
    table.create_index("vector", kind, metric="dot", sample_rate=64, max_iters=15, **more)
    print(
        f"  {kind:12} is built in {time.perf_counter() - started:5.0f} s "
        f"({time.process_time() - used:.0f} s of a processor)", flush=True,
    )  # fmt: skip

    def ask(i: int) -> set[int]:
        query = np.zeros(PADDED, np.float32)
        query[:SIZE], query[SIZE] = space.vectors[i], 1
        nearest = {
            "column": "vector", "q": query, "k": 11, "metric": "dot",
            "nprobes": options["probes"], "refine_factor": options["refine"],
        }  # fmt: skip
        found = table.to_table(columns=["row", "_distance"], nearest=nearest)
        return ten(i, found["row"].to_numpy(), -found["_distance"].to_numpy())

    return ask


def compare(space: Space, folder: Path, *, hnsw: bool) -> None:
    asked, truth = questions(space)
    started = time.perf_counter()
    index = Index.of(space)
    print(f"  {'ours':12} is built in {time.perf_counter() - started:5.1f} s", flush=True)

    def ours(i: int) -> set[int]:
        rows = index.nearest(space.vectors[i], 11)
        return ten(i, rows, space.scores(space.vectors[i], rows))

    ways: dict[str, Callable[[int], set[int]]] = {
        "exact": lambda i: ten(i, *exact(space, i)),
        "ours": ours,
        "IVF_PQ": lances(
            space, folder / "pq.lance", "IVF_PQ",
            num_partitions=512, num_sub_vectors=50, probes=40, refine=30,
        ),
        "IVF_SQ": lances(
            space, folder / "sq.lance", "IVF_SQ", num_partitions=512, probes=50, refine=10
        ),
    }  # fmt: skip
    if hnsw:
        ways["IVF_HNSW_SQ"] = lances(
            space, folder / "hnsw.lance", "IVF_HNSW_SQ", num_partitions=16, probes=8, refine=10
        )
    times: dict[str, list[float]] = {name: [] for name in ways}
    hits: dict[str, list[float]] = {name: [] for name in ways}
    for i, expected in zip(asked, truth, strict=True):
        for name, ask in ways.items():
            started = time.perf_counter()
            found = ask(i)
            times[name].append(time.perf_counter() - started)
            hits[name].append(len(found & expected) / 10)
    for name, own in times.items():
        print(
            f"  {name:12} p50 {1e3 * median(own[5:]):6.1f} ms, fastest {1e3 * min(own):6.1f} ms, "
            f"recall@10 {np.mean(hits[name]):.3f}"
        )


def fill(place: Path, space: Space) -> None:
    """Make a library of tracks that have a place in the space, and zeros for raw numbers."""
    store = Store(str(place), create=True)
    n = len(space.vectors)
    for first in range(0, n, 2 * BLOCK):
        numbers = range(first, min(first + 2 * BLOCK, n))
        ids = [f"{number:032x}" for number in numbers]
        tags = [f'{{"title": "Title {i}", "artist": "Artist {i // 10}"}}' for i in numbers]
        columns = {
            "path": [f"/music/{i // 1000}/{i:07}.mp3".encode() for i in numbers],
            "track_id": ids, "tags": tags,
        }  # fmt: skip
        store.add(FILES, columns_of(files_schema(), columns, len(ids)))
        for name in ANALYSES:
            schema = analysis_schema(name)
            rows = columns_of(schema, {"track_id": ids, "extent": [FULL] * len(ids)}, len(ids))
            store.add(table_name(name), rows)
    KeptSpace(store).keep(space, [f"{number:032x}" for number in range(n)])


def columns_of(schema: pa.Schema, columns: dict[str, list[object]], n: int) -> pa.Table:
    def column(field: pa.Field) -> pa.Array:
        if field.name in columns:
            return pa.array(columns[field.name], field.type)
        if pa.types.is_fixed_size_list(field.type):
            zeros = pa.array(np.zeros(n * field.type.list_size, np.float32))
            return pa.FixedSizeListArray.from_arrays(zeros, field.type.list_size)
        if field.name == "duration":
            return pa.array(np.arange(n, dtype=np.float32) * 10 % 997)
        return pa.nulls(n, field.type)

    return pa.Table.from_arrays([column(field) for field in schema], schema=schema)


def thousand(first: int) -> tuple[dict[str, TrackAnalysis], list[FileRow]]:
    rng = np.random.default_rng(first)
    analyses, rows = {}, []
    for number in range(first, first + 1000):
        heard = Heard(
            *(rng.random(length, np.float32) for length in (800, len_of("tags"), 1, 1)),
            rng.random((1, len_of("tags")), np.float32),
        )
        track = f"{number:032x}"
        values = rng.random(len_of("values"), np.float32)
        analyses[track] = TrackAnalysis(200.0, FULL, (), heard, values)
        rows.append(FileRow(f"/music/new/{number}.mp3", 1, 1, track))
    return analyses, rows


def len_of(column: str) -> int:
    schema = analysis_schema("networks" if column == "tags" else "descriptors")
    return int(schema.field(column).type.list_size)


def ask_library(place: Path, n: int) -> None:
    command = [sys.executable, "-m", "linernotes", "similar", f"{n // 2:032x}"]
    for _ in range(2):  # the first time, what is read comes from the disk
        run = subprocess.run(
            [sys.executable, "-c", COLD, *command, "--library", str(place)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    print(f"  cold command {run.stdout.strip()} (goal: 2 s, 600 MiB)", flush=True)
    store = Store(str(place), create=False)
    store.files(tags=False)
    space, (analyses, rows) = KeptSpace(store), thousand(n)
    started = time.perf_counter()
    with space.placing({}):
        pass
    looked = time.perf_counter() - started
    started = time.perf_counter()
    with space.placing(analyses):
        store.write(analyses, rows)
    print(
        f"  1,000 tracks are added in {time.perf_counter() - started:.1f} s (goal: 5), after "
        f"{looked:.1f} s of looking which are there", flush=True,
    )  # fmt: skip
    started = time.perf_counter()
    explorer = Library(place).explorer()
    explorer.similar(explorer.like(0), n=10)
    print(f"  read, and asked for the first time, in {time.perf_counter() - started:.1f} s")
    for name, question in {
        "ten nearest": {}, "a narrow filter": {"where": "artist=artist 7777"},
        "a wide filter": {"where": "duration>300"},
    }.items():  # fmt: skip
        explorer.similar(explorer.like(1), n=10, **question)
        times = []
        for i in range(5, n, n // 20):
            started = time.perf_counter()
            explorer.similar(explorer.like(i), n=10, **question)
            times.append(time.perf_counter() - started)
        print(f"  {name:16} p50 {1e3 * median(times):.1f} ms, fastest {1e3 * min(times):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=1_000_000)
    parser.add_argument("--hnsw", action="store_true")
    options = parser.parse_args()
    space = made_up(options.tracks)
    print(f"Of {options.tracks:,} tracks", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        compare(space, Path(folder), hnsw=options.hnsw)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        fill(Path(folder) / "library", space)
        print(f"  the library is made in {time.perf_counter() - started:.0f} s", flush=True)
        del space
        ask_library(Path(folder) / "library", options.tracks)


if __name__ == "__main__":
    main()
