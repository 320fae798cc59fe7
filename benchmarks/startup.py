"""How long a command takes to answer, as a ratio to ``linernotes --help``.

    python benchmarks/startup.py [--rounds 7] [--tracks 20000]

Each round runs every command once, in a process of its own, so that what else the machine does
strikes all alike; told is the median over the rounds of the ratio to ``--help`` in the same round.
Everything runs once beforehand, so that compiled code is at hand.

The small library holds clips of half a minute, scanned: of real music where there is some. The
large one holds these, and rows made of their vectors with a jitter of a tenth of each column's
deviation, for stand-in files in 1,000 folders.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from linernotes.explore import Library
from linernotes.library.analyses import FULL, Heard, TrackAnalysis
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
CLIPS = 12
FOLDERS = 1000
GOALS = {
    "status": 3.0, "similar, known": 4.0, "similar, outside": 6.0, "tag, known": 4.0,
    "identify": 4.0,
}  # fmt: skip


def clips(folder: Path, count: int) -> list[Path]:
    """Half minutes of sound, each a file in its own right."""
    folder.mkdir()
    files = sorted(MUSIC.glob("*.ogg"))
    if files:
        return [
            Path(shutil.copy(file, folder))
            for file in files[:: max(1, len(files) // count)][:count]
        ]
    rng = np.random.default_rng(0)
    for number in range(count):
        noise = (
            rng.normal(0, 0.1, (30 * 44100, 2))
            * np.abs(np.sin(np.arange(30 * 44100) / 7e3))[:, np.newaxis]
        )
        soundfile.write(folder / f"{number}.ogg", noise, 44100)
    return sorted(folder.glob("*.ogg"))


def enlarge(library: Path, music: Path, count: int) -> None:
    """Add rows to a library that are much like those it has."""
    real = Library(library).collection()
    store = Store(str(library), create=True)
    store.files()
    rng = np.random.default_rng(0)

    def jittered(values: np.ndarray, of: np.ndarray) -> np.ndarray:
        noise = 0.1 * values.std(axis=0) * rng.standard_normal((len(of), values.shape[1]))
        return (values[of] + noise).astype(np.float32)

    for first in range(0, count, 2000):
        numbers = range(first, min(first + 2000, count))
        of = rng.integers(0, len(real), len(numbers))
        embedding, tags, descriptors = (
            jittered(values, of) for values in (real.embedding, real.tags, real.descriptors)
        )
        analyses, rows = {}, []
        for row, number in enumerate(numbers):
            folder = music / f"{number % FOLDERS:03}"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{number}.mp3"
            path.write_text(str(number))
            track, spot = f"{number:032x}", np.zeros(1, np.float32)
            own = np.clip(tags[row], 0, 1)
            heard = Heard(embedding[row], own, spot, spot + 30, own[np.newaxis])
            analyses[track] = TrackAnalysis(200.0, FULL, (), heard, descriptors[row])
            named = {"title": f"Title {number}", "artist": f"Artist {number % 500}"}
            stamp = stamp_of(str(path))
            rows.append(replace(FileRow(str(path), stamp.size, stamp.mtime_ns, track), tags=named))
        store.write(analyses, rows)
    store.optimise()


def seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "linernotes", *arguments], check=True, capture_output=True
    )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tracks", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.environ["XDG_DATA_HOME"] = made
        known, *_, outside = clips(folder / "music", CLIPS)
        outside = Path(shutil.move(outside, folder / f"outside{outside.suffix}"))
        libraries = {"small": folder / "small", str(options.tracks): folder / "large"}
        Library(folder / "small").scan(folder / "music")
        shutil.copytree(folder / "small", folder / "large")
        enlarge(folder / "large", folder / "stand-ins", options.tracks)
        Library(folder / "large").index()  # as a scan does
        commands = {"--help": ["--help"], "identify": ["identify", str(outside)]}
        for size, library in libraries.items():
            there = ["--library", str(library)]
            commands |= {
                f"status ({size})": ["status", *there],
                f"similar, known ({size})": ["similar", str(known), *there],
                f"similar, outside ({size})": ["similar", str(outside), *there],
                f"tag, known ({size})": ["tag", str(known), *there],
            }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds + 1):
            for name, arguments in commands.items():
                taken[name].append(seconds(arguments))
        shortest = [taken["--help"][round_] for round_ in range(1, options.rounds + 1)]
        for name, times in taken.items():
            ratios = [own / base for own, base in zip(times[1:], shortest, strict=True)]
            goal = GOALS.get(name.partition(" (")[0])
            told = "" if goal is None else f"   goal {goal:.0f}"
            print(f"{name:28}{median(ratios):6.2f} x  {median(times[1:]):6.2f} s{told}")


if __name__ == "__main__":
    main()
