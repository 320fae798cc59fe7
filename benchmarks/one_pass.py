"""What hearing a track once saves, for a model of the recipe `default`.

    python benchmarks/one_pass.py [--threads 2]

Four minutes of music of our own, as FLAC and as MP3, are heard from one pass, and by hearing on
its own each of what the pass serves: the networks, the sections, the excerpt. Both take turns;
seconds of the processor and of the clock are printed, and how much was opened and decoded.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import pytest
import soundfile
from listening_support import count_decoding
from support import make_song

from linernotes.audio import stream
from linernotes.engine.threads import Background
from linernotes.features import extract_sets
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.listening.cuts import SECTION
from linernotes.learning.listening.plan import Plan, PlannedListening, Stretch
from linernotes.learning.listening.rows import section_rows
from linernotes.learning.listening.tracks import hear
from linernotes.networks.musicnn import Taggram, listen

INPUT_SPEC = InputSpec(("embedding", "tags", "descriptors"))
RATE = 44100


def four_minutes(path: Path) -> Path:
    song = make_song(duration=30, sample_rate=RATE)
    soundfile.write(
        path, np.concatenate([np.roll(song, 9_871 * k, axis=0) for k in range(8)]), RATE
    )
    return path


def networks(track: Path, threads: int) -> dict[str, Taggram]:
    with stream(track, sample_rate=16_000, mono=True) as blocks:
        return listen((block[0] for block in blocks), threads=threads)


def apart(track: Path, threads: int) -> None:
    taggrams = networks(track, threads)
    hear(track, INPUT_SPEC.inputs)
    with stream(track) as blocks:
        sections = [extract_sets(piece, ("descriptors",)) for piece in blocks.pieces(SECTION)]
    section_rows(INPUT_SPEC.inputs, taggrams, lambda count: sections[:count])


def once(track: Path, threads: int) -> None:
    with (
        Background(threads) as background,
        stream(track, sample_rate=16_000, mono=True) as blocks,
    ):
        listening = PlannedListening(Plan((INPUT_SPEC,)), track, blocks, Stretch(), background)
        listening.rows(listen((block[0] for block in blocks), threads=threads))


def main() -> None:
    parser = argparse.ArgumentParser(description="One pass over a track, against several.")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    ways: dict[str, Callable[[Path, int], None]] = {"apart": apart, "once": once}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("flac", "mp3"):
            track = four_minutes(Path(folder) / f"track.{suffix}")
            best: dict[str, tuple[float, float]] = {}
            for repeat in range(options.repeats + 1):  # the first one warms up
                for name, way in ways.items():
                    clock, processor = time.perf_counter(), time.process_time()
                    way(track, options.threads)
                    took = time.perf_counter() - clock, time.process_time() - processor
                    if repeat:
                        best[name] = min(best.get(name, took), took, key=lambda pair: pair[1])
            for name, way in ways.items():
                with pytest.MonkeyPatch.context() as patch, count_decoding(patch) as decoding:
                    way(track, options.threads)
                clock, processor = best[name]
                print(
                    f"{suffix:5} {name:6} {clock:6.2f} s, {processor:6.2f} s of processors; "
                    f"opened {decoding.opened} x, {decoding.seconds:.0f} s decoded"
                )
            ratios = [best["once"][k] / best["apart"][k] for k in (0, 1)]
            print(f"{suffix:5} ratio  {ratios[0]:6.2f} (goal: 0.5), {ratios[1]:.2f} of processors")


if __name__ == "__main__":
    main()
