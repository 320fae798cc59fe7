"""What feature sets cost together, on threads, on long tracks, and the first time.

    python benchmarks/features_together.py

One core but for the threads, 30-s stereo clips, medians over clips. Memory is the peak of a
process of its own, less what it takes with everything imported and one short clip measured.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from linernotes.audio import Audio, load
from linernotes.engine import cpu_count
from linernotes.features import SETS, extract, extract_sets

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
CLIPS = 8
ROUNDS = 5
HOUR = 3600

MEASURE = """
import pathlib, re, sys
from linernotes.features import extract_track
sets = sys.argv[3:]
def peak():
    # What getrusage tells is inherited from the process that started this one.
    return re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
extract_track(sys.argv[1], sets=sets)
before = peak()
extract_track(sys.argv[2], sets=sets)
print(before, peak())
"""
FIRST = """
import time
import numpy as np
from linernotes.audio import Audio
start = time.perf_counter()
from linernotes.features import extract
noise = np.random.default_rng(0).normal(0, 0.1, (2, 441000)).astype(np.float32)
extract(Audio(noise, 44100), {name!r})
print(time.perf_counter() - start)
"""


def clips() -> list[Audio]:
    """Half minutes of real music, or noise where there is none."""
    files = sorted(MUSIC.glob("*.ogg"))
    if files:
        return [load(file, duration=30) for file in files[:: len(files) // CLIPS][:CLIPS]]
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (CLIPS, 2, 30 * 44100)).astype(np.float32)
    return [Audio(samples, 44100) for samples in noise]


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def together(music: list[Audio]) -> None:
    jobs: dict[str, Callable[[Audio], object]] = {
        name: partial(extract, name=name) for name in SETS
    }
    jobs["all together"] = partial(extract_sets, names=tuple(SETS))
    # Spotify's stand-in listens with the networks, which nothing else shares.
    ours = tuple(name for name in SETS if name != "spotify")
    jobs["all but spotify"] = partial(extract_sets, names=ours)
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for clip in music:
        for name, job in jobs.items():
            taken[name].append(median(seconds(partial(job, clip)) for _ in range(ROUNDS)))
    cost = {name: median(times) for name, times in taken.items()}
    for name, time_taken in cost.items():
        print(f"{name:20}{1e3 * time_taken:8.1f} ms")
    for name, sets in (("all together", tuple(SETS)), ("all but spotify", ours)):
        dearest, total = max(cost[member] for member in sets), sum(cost[member] for member in sets)
        print(
            f"{name}: {cost[name] / dearest:.2f} x the dearest (goal: 1.5), "
            f"{cost[name] / total:.2f} x their sum"
        )


def on_threads(music: list[Audio]) -> None:
    def work(threads: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda clip: extract(clip, "descriptors"), music))

    one, two = (median(seconds(partial(work, n)) for _ in range(ROUNDS)) for n in (1, 2))
    print(f"\n2 threads: {one / two:.2f} x as fast as one (goal: 1.7)")


def memory(folder: Path, music: list[Audio]) -> None:
    short, long = folder / "short.flac", folder / "hour.flac"
    soundfile.write(short, music[0].samples.T[: 5 * 44100], 44100)
    whole = np.concatenate([clip.samples for clip in music], axis=1).T
    with soundfile.SoundFile(long, "w", 44100, 2) as file:
        for _ in range(HOUR * 44100 // len(whole) + 1):
            file.write(whole)
    print()
    for name in SETS:
        run = [sys.executable, "-c", MEASURE, str(short), str(long), name]
        before, peak = map(int, subprocess.check_output(run).split())
        print(f"an hour of stereo, {name:12} {peak / 1024:5.0f} MiB, of which {before / 1024:4.0f} "
              "before it (goal: 300)")  # fmt: skip


def first_use(folder: Path) -> None:
    print()
    for name in SETS:
        cache = {"NUMBA_CACHE_DIR": str(folder / f"cache-{name}")}
        run = [sys.executable, "-c", FIRST.format(name=name)]
        cold, warm = (
            float(subprocess.check_output(run, env={**os.environ, **cache})) for _ in range(2)
        )
        print(f"first use of {name:12} cold {cold:.1f} s (goal: 4), warm {warm:.2f} s (goal: 1)")


def main() -> None:
    music = clips()
    processors = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    extract_sets(music[0], tuple(SETS))
    if processors:
        os.sched_setaffinity(0, {max(processors)})
    together(music)
    if processors:
        os.sched_setaffinity(0, processors)
    if cpu_count() > 1:
        on_threads(music)
    with tempfile.TemporaryDirectory() as folder:
        memory(Path(folder), music)
        first_use(Path(folder))


if __name__ == "__main__":
    main()
