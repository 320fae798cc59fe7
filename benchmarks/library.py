"""What scanning costs: new clips, a library that has not changed, memory, and excerpts.

    python benchmarks/library.py [--clips 60] [--unchanged 20000] [--files 600] [--long 20]

New clips are 30 s of real music where there is some, of noise otherwise. Their rate is that of
a scan with a process a processor, once all processes have started.

The unchanged library is made up: stand-ins of a few bytes lie in 1,000 folders, and the rows of
an analysed library, with made-up numbers, are written through the store. A scan in a new
process then finds that nothing is to be done, which is what is measured: it opens no file.

Memory is the proportional set size of all processes of a scan over many short files, sampled
four times a second, against what they take when everything is imported (Linux alone).

What an excerpt costs in truth is told by its correlation with the whole, over tracks, for each
column; the median and the tenth percentile of all columns are printed. There are few whole
recordings here, so that most of the tracks are medleys of four clips of one author, which is
harder than a track that resembles itself.
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
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from linernotes.audio import load, probe
from linernotes.engine import cpu_count
from linernotes.explore import Library
from linernotes.features import names
from linernotes.library import Progress
from linernotes.library.analyses import (
    ANALYSES,
    EMBEDDING_LENGTH,
    FULL,
    Heard,
    TrackAnalysis,
    tag_names,
)
from linernotes.library.analysis import analyse_track
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
EXAMPLES = MUSIC.parent / "examples"
FOLDERS = 1000
RATE = 16000

SCAN = """
import json, sys, time
started = time.perf_counter()
from linernotes.explore import Library
result = Library(sys.argv[1]).scan(sys.argv[2]).as_dict()
print(json.dumps({**result, "all": time.perf_counter() - started}))
"""
IMPORTS = {
    "the scanner": "import lance, linernotes.library.scanning",
    "a process": "import linernotes.library.scanning, linernotes.features.extraction;"
    "from linernotes.networks.runtime import onnxruntime; onnxruntime()",
}


def clips(folder: Path, count: int) -> list[Path]:
    """Half minutes of real music, or noise where there is none."""
    files = sorted(MUSIC.glob("*.ogg"))
    if files:
        return files[:: max(1, len(files) // count)][:count]
    rng = np.random.default_rng(0)
    for number in range(count):
        noise = rng.normal(0, 0.1, (30 * 44100, 2)).astype(np.float32)
        soundfile.write(folder / f"{number}.ogg", noise, 44100)
    return sorted(folder.glob("*.ogg"))


def rate(files: Sequence[Path], library: Path, analyses: Sequence[str]) -> float:
    """Tracks a second once all is running."""
    times: list[tuple[int, float]] = []

    def note(progress: Progress) -> None:
        times.append((progress.done, time.perf_counter()))

    Library(library).scan(files, analyses=analyses, progress=note)
    done = [count for count, _ in times]
    first, last = len(files) // 5, len(files) - cpu_count()
    seconds = times[bisect_left(done, last)][1] - times[bisect_left(done, first)][1]
    return (last - first) / seconds


def fill(music: Path, library: Path, count: int) -> None:
    """Make stand-ins for files, and the library that a scan of such files would have made."""
    store = Store(str(library), create=True)
    rng = np.random.default_rng(0)
    widths = {"tags": len(tag_names()), "descriptors": len(names("descriptors"))}
    for first in range(0, count, 2000):
        analyses, rows = {}, []
        for number in range(first, min(first + 2000, count)):
            folder = music / f"{number % FOLDERS:03}"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{number}.mp3"
            path.write_text(str(number))
            track = f"{number:032x}"
            timeline = rng.random((3, widths["tags"]), dtype=np.float32)
            heard = Heard(
                rng.random(EMBEDDING_LENGTH, dtype=np.float32),
                timeline[0], timeline[:, 0], timeline[:, 0], timeline,
            )  # fmt: skip
            descriptors = rng.random(widths["descriptors"], dtype=np.float32)
            analyses[track] = TrackAnalysis(200.0, FULL, (), heard, descriptors)
            tags = {"title": f"Title {number}", "artist": f"Artist {number % 500}"}
            stamp = stamp_of(str(path))
            rows.append(FileRow(str(path), stamp.size, stamp.mtime_ns, track, tags))
        store.write(analyses, rows)
    store.optimise()


def rescan(music: Path, library: Path) -> dict[str, float]:
    run = subprocess.check_output([sys.executable, "-c", SCAN, str(library), str(music)])
    found: dict[str, float] = json.loads(run)
    return found


def many_files(folder: Path, count: int) -> None:
    """Write short songs, each another one."""
    rng = np.random.default_rng(0)
    time_ = np.arange(3 * RATE) / RATE
    for number in range(count):
        tone = np.sin(2 * np.pi * rng.uniform(80, 2000) * time_) * np.exp(-time_)
        noise = rng.normal(0, 0.02, len(time_))
        soundfile.write(folder / f"{number}.wav", 0.5 * tone + noise, RATE)


def _memory(processes: Sequence[int]) -> float:
    """MiB of processes together; what they share is counted once."""
    total = 0
    for process in processes:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(text.split("Pss:")[1].split()[0])
    return total / 1024


def _children(process: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        for child in thread.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def memory_of_imports() -> float:
    """MiB of the scanner and its processes before they have anything to do."""
    wait = ";import sys; print(flush=True); sys.stdin.read()"
    code = [IMPORTS["the scanner"], *[IMPORTS["a process"]] * cpu_count()]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", lines + wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for lines in code
    ]
    for process in running:
        if process.stdout is not None:
            process.stdout.readline()
    total = _memory([process.pid for process in running])
    for process in running:
        process.communicate()
    return total


def memory(music: Path, library: Path) -> list[float]:
    """MiB of all processes of a scan, over time."""
    samples: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-c", SCAN, str(library), str(music)], stdout=subprocess.PIPE
    ) as scanner:
        ended = threading.Event()
        threading.Thread(target=lambda: (scanner.wait(), ended.set())).start()
        while not ended.wait(0.25):
            samples.append(_memory([scanner.pid, *_children(scanner.pid)]))
    return samples


def long_tracks(folder: Path, count: int) -> list[Path]:
    """Collect recordings longer than their excerpts, and make medleys."""
    tracks = [path for path in sorted(EXAMPLES.glob("*.ogg")) if (probe(path).duration or 0) > 44]
    clips_left = sorted(MUSIC.glob("*.ogg"))
    while len(tracks) < count and len(clips_left) >= 4:
        four, clips_left = clips_left[:4], clips_left[4:]
        parts = [load(path, sample_rate=44100, mono=True).samples[0] for path in four]
        tracks.append(folder / f"{len(tracks)}.flac")
        soundfile.write(tracks[-1], np.concatenate(parts), 44100)
    return tracks[:count]


def agreement(tracks: Sequence[Path]) -> None:
    """Print how far excerpts agree with the whole."""
    seconds = {"excerpt": 0.0, "full": 0.0}
    found: dict[str, list[TrackAnalysis]] = {"excerpt": [], "full": []}
    for track in tracks:
        for extent in ("excerpt", "full"):
            started = time.perf_counter()
            found[extent].append(analyse_track(track, extent=extent))
            seconds[extent] += time.perf_counter() - started
    columns = {
        "embedding": lambda analysis: analysis.networks.embedding,
        "tags": lambda analysis: analysis.networks.tags,
        "descriptors": lambda analysis: analysis.descriptors,
    }
    print(
        f"excerpts of {len(tracks)} tracks: {seconds['excerpt'] / seconds['full']:.2f} x the time"
    )
    for name, column in columns.items():
        excerpt, full = (np.stack([column(a) for a in found[e]]) for e in ("excerpt", "full"))
        moving = (excerpt.std(axis=0) > 1e-6) & (full.std(axis=0) > 1e-6)
        pairs = zip(excerpt.T[moving], full.T[moving], strict=True)
        values = [np.corrcoef(one, other)[0, 1] for one, other in pairs]
        print(f"  {name:12} correlation {np.median(values):.3f}, {np.quantile(values, 0.1):.2f}")
    tempo = names("descriptors").index("tempo")
    ratio = [
        a.descriptors[tempo] / b.descriptors[tempo] for a, b in zip(*found.values(), strict=True)
    ]
    same = np.mean(np.abs(np.log(ratio)) < np.log(1.04))
    print(f"  tempo        the same, within 4 %, for {100 * same:.0f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description="What scanning costs.")
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--unchanged", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=600, help="for memory; the goal is for 5000")
    parser.add_argument("--long", type=int, default=20, help="tracks to take excerpts of")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("clips", "unchanged", "files", "long"):
            (folder / part).mkdir()
        if options.clips:
            files = clips(folder / "clips", options.clips)
            for analyses, goal in ((ANALYSES, 6), (("descriptors",), 25)):
                found = rate(files, folder / f"library-{len(analyses)}", analyses)
                print(f"{' + '.join(analyses):24}{found:6.1f} tracks/s (goal: {goal})")
        if options.unchanged:
            started = time.perf_counter()
            fill(folder / "unchanged", folder / "library-u", options.unchanged)
            print(f"(made up in {time.perf_counter() - started:.0f} s)")
            result = rescan(folder / "unchanged", folder / "library-u")
            print(
                f"rescan of {result['unchanged']} unchanged files: {result['seconds']:.1f} s, "
                f"{result['all']:.1f} s with all imports (goal: 20)"
            )
            started = time.perf_counter()
            rows = len(Library(folder / "library-u").collection())
            print(f"collection of {rows} tracks: {time.perf_counter() - started:.1f} s")
        if options.files and Path("/proc/self/smaps_rollup").exists():
            many_files(folder / "files", options.files)
            base = memory_of_imports()
            samples = memory(folder / "files", folder / "library-m")
            tenth = max(1, len(samples) // 10)
            early, late = max(samples[2 * tenth : 3 * tenth]), max(samples[-2 * tenth :])
            print(
                f"memory over {options.files} files: {base:.0f} MiB for the imports; beyond them "
                f"at most {max(samples) - base:.0f} MiB (goal: 600), {early - base:.0f} early on "
                f"and {late - base:.0f} at the end"
            )
        if options.long and MUSIC.is_dir():
            agreement(long_tracks(folder / "long", options.long))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
