"""What a user waits for: decode to tags, and the command line's start.

    python benchmarks/identify.py [--wheel musicnn-0.1.0-py3-none-any.whl]

Everything runs on one core, the contenders taking turns on the same 30-s clips as 192 kb/s
stereo MP3; medians and ratios are printed. The rival is what people write by hand:
``librosa.load``, ``librosa.feature.melspectrogram``, and the network as it was published.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import librosa
import numpy as np
import soundfile
from networks import SECONDS, WINDOW, librosa_log_mel, load_converter, medians
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from linernotes.audio import load
from linernotes.datasets import synthesise_samples
from linernotes.identification import identify
from linernotes.networks.musicnn import NETWORKS, SAMPLE_RATE, log_mel_spectrogram
from linernotes.networks.runtime import onnx_session

CLIPS = 8
MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"


def clips(folder: Path) -> list[Path]:
    """Half-minute MP3 files: of real music where there is some, of our own otherwise."""
    sources = sorted(MUSIC.glob("*.ogg"))[:: max(1, 173 // CLIPS)][:CLIPS]
    files = []
    for source in sources or synthesise_samples(folder):
        samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
        stereo = np.repeat(samples, 2, axis=1)[:, :2]
        repeats = -(-SECONDS * rate // len(stereo))
        files.append(folder / f"{source.stem}.mp3")
        soundfile.write(
            files[-1], np.tile(stereo, (repeats, 1))[: SECONDS * rate], rate,
            bitrate_mode="CONSTANT", compression_level=0.4,
        )  # fmt: skip
    return files


def our_front_end(file: Path) -> NDArray[np.float32]:
    return log_mel_spectrogram(load(file, sample_rate=SAMPLE_RATE, mono=True).samples[0])


def librosa_front_end(file: Path) -> NDArray[np.float32]:
    samples, _ = librosa.load(file, sr=SAMPLE_RATE)
    return librosa_log_mel(samples)


def plain_networks(wheel: Path | None) -> list[InferenceSession]:
    """Load the networks as they were published, in the same runtime with the same options."""
    convert = load_converter()
    archive = convert.read_wheel(wheel)
    graphs = [convert.plain_network(convert.read_weights(archive, name)) for name in NETWORKS]
    return [onnx_session(graph.SerializeToString()) for graph in graphs]


def rival(file: Path, networks: list[InferenceSession]) -> None:
    frames = librosa_front_end(file)
    count = len(frames) // WINDOW
    for network in networks:
        for window in frames[: count * WINDOW].reshape(count, 1, WINDOW, -1):
            network.run(None, {"log_mel": window})


def start_up(repeats: int = 15) -> tuple[float, float]:
    """Milliseconds of ``linernotes --help`` and of importing numpy, taking turns."""
    commands = {
        "help": [str(Path(sys.executable).parent / "linernotes"), "--help"],
        "numpy": [sys.executable, "-c", "import numpy"],
    }

    def job(command: list[str]) -> Callable[[], object]:
        return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    times = medians({name: job(command) for name, command in commands.items()}, repeats)
    return times["help"], times["numpy"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Decode to tags, against librosa.")
    parser.add_argument("--wheel", type=Path, help="the musicnn 0.1.0 wheel; fetched if not given")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    plain = plain_networks(options.wheel)
    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for file in clips(Path(folder)):
            jobs: dict[str, Callable[[], object]] = {
                "decode + log-mel, librosa": lambda file=file: librosa_front_end(file),
                "decode + log-mel, linernotes": lambda file=file: our_front_end(file),
                "decode to tags, librosa + plain networks": lambda file=file: rival(file, plain),
                "decode to tags, linernotes": lambda file=file: identify(
                    file, threads=1, models=()
                ),
                "decode to genre, linernotes": lambda file=file: identify(file, threads=1),
            }
            for name, milliseconds in medians(jobs, options.repeats).items():
                rows.setdefault(name, []).append(milliseconds)
    middle = {name: float(np.median(values)) for name, values in rows.items()}
    for name, milliseconds in middle.items():
        print(f"{name:44} {milliseconds:8.1f} ms")
    front, tags = (
        middle["decode + log-mel, linernotes"] / middle["decode + log-mel, librosa"],
        middle["decode to tags, linernotes"] / middle["decode to tags, librosa + plain networks"],
    )
    print(f"\noutside the networks: {front:.2f} x librosa's time (goal: 0.25)")
    print(f"decode to tags of both networks: {tags:.2f} x the unpruned pair's time (goal: 0.35)")
    help_time, numpy_time = start_up()
    print(
        f"linernotes --help: {help_time:.0f} ms, {help_time / numpy_time:.2f} x "
        "the time of importing numpy (goal: 4)"
    )


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"({time.perf_counter() - started:.0f} s)")
