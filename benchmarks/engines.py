"""What Dask, Ray and Spark cost against local processes, on the same processors.

    python benchmarks/engines.py [--clips 200] [--rounds 3] [--engines local,dask,ray,spark]

Analyses the same clips of 30 s on each engine in turn, round after round, each time in a process
of its own, and prints the medians of the ratios to the local processes of the same round: by the
clock, and by the time of processors, which other work on the machine moves less. Each turn analyses
a few clips and then all of them: the difference tells what a further clip takes, the rest is the
start and the end of the cluster.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import numpy as np
import psutil
import soundfile

from linernotes.engine import EngineOptions
from linernotes.scale.analysing import analyse_files
from linernotes.scale.requests import AnalysisSettings, Asked

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
SECONDS = 30
FEW = 32


class ProcessorTime:
    """The time that this process and whatever it starts have taken of the processors."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], float] = {}
        self._own = psutil.Process()
        self._begun = sum(self._own.cpu_times()[:2])
        threading.Thread(target=self._watch, daemon=True).start()

    def seconds(self) -> float:
        """Return how much it is by now."""
        self._look()
        return sum(self._own.cpu_times()[:2]) - self._begun + sum(self._seen.values())

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(0.3)

    def _look(self) -> None:
        for process in self._own.children(recursive=True):
            try:
                taken = sum(process.cpu_times()[:2])
                self._seen[process.pid, process.create_time()] = taken
            except psutil.NoSuchProcess:
                continue


def cut_clips(folder: Path, count: int) -> None:
    """Cut different clips from music that is at hand, or make them up."""
    songs = sorted(MUSIC.glob("*.ogg"))
    rng = np.random.default_rng(0)
    for index in range(len(list(folder.glob("*.flac"))), count):
        if songs:
            with soundfile.SoundFile(songs[index % len(songs)]) as song:
                song.seek(int(rng.integers(max(1, song.frames - SECONDS * song.samplerate))))
                sound, rate = song.read(SECONDS * song.samplerate), song.samplerate
        else:
            rate = 44100
            sound = np.cumsum(rng.standard_normal((SECONDS * rate, 2)), axis=0) / 1e4
        place = folder / f"{index:04}.flac"
        soundfile.write(place.with_suffix(".part"), sound, rate, format="FLAC")
        place.with_suffix(".part").rename(place)


def analyse_on(engine: str, folder: Path, count: int, workers: int) -> dict[str, float]:
    """Analyse the clips, and say what it took."""
    files = [Asked(str(path)) for path in sorted(folder.glob("*.flac"))[:count]]
    watch, began = ProcessorTime(), time.monotonic()
    place = EngineOptions(engine, None, workers)
    rows = sum(batch.num_rows for batch in analyse_files(files, AnalysisSettings(), place))
    if rows != len(files):
        raise RuntimeError(f"{rows} rows came of {len(files)} files")
    return {"clock": time.monotonic() - began, "processor": watch.seconds()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default="local,dask,ray,spark")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="of clips that are kept for the next time")
    parser.add_argument("--only", help="one engine, once, in this process")
    given = parser.parse_args()
    if given.only:
        print(json.dumps(analyse_on(given.only, given.folder, given.clips, given.workers)))
        return
    with tempfile.TemporaryDirectory() as folder:
        clips = given.folder or Path(folder)
        clips.mkdir(exist_ok=True)
        cut_clips(clips, given.clips)
        compare(given.engines.split(","), given.rounds, clips, given.clips, given.workers)


def compare(engines: list[str], rounds: int, clips: Path, count: int, workers: int) -> None:
    """Let the engines take turns, and print the medians."""
    taken: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            few, all_of_them = (_turn(engine, clips, some, workers) for some in (FEW, count))
            told = {f"whole {what}": all_of_them[what] for what in few}
            for what in few:
                told[f"clip {what}"] = (all_of_them[what] - few[what]) / (count - FEW)
                told[f"start {what}"] = few[what] - FEW * told[f"clip {what}"]
            taken[engine].append(told)
            print(engine, {name: round(value, 3) for name, value in told.items()}, flush=True)
    base = taken[engines[0]]
    print(f"\n{count} clips, {workers} workers, medians of {rounds}; ratios to {engines[0]}")
    for what in ("clock", "processor"):
        for engine in engines:
            start, clip = (median(one[f"{kind} {what}"] for one in taken[engine])
                           for kind in ("start", "clip"))  # fmt: skip
            once, whole = (
                median(one[f"{kind} {what}"] / other[f"{kind} {what}"]
                       for one, other in zip(taken[engine], base, strict=True))
                for kind in ("clip", "whole")
            )  # fmt: skip
            print(
                f"{engine:6} by {what:9}: start {start:6.1f} s, a clip {clip:.3f} s "
                f"({once:.2f} x), whole {whole:.2f} x"
            )


def _turn(engine: str, clips: Path, count: int, workers: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--only", engine, "--folder", str(clips), "--clips", str(count),
         "--workers", str(workers)],
        stdout=subprocess.PIPE, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    main()
