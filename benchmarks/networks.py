"""What the networks cost, before and after pruning, and each step on the way.

    python benchmarks/networks.py [--wheel musicnn-0.1.0-py3-none-any.whl]

Everything is timed on 30 s of audio (10 windows of 187 frames) with one thread and the same
onnxruntime options, interleaved in one run; medians are printed. Trust the ratios rather than
the milliseconds. Needs the extras ``tools`` and ``test``.

One run, on one core with AVX-512; times faster than the plain graph, and than the step before:

====================================  ============  ============  ============
step                                  MSD_musicnn   MTT_musicnn   both
====================================  ============  ============  ============
plain                                  1.0           1.0           1.0
without dead filters, ReLU after max   7.8  (x7.8)   3.5  (x3.5)   4.8  (x4.8)
and blocked temporal filters           9.6  (x1.2)   3.6  (x1.05)  5.3  (x1.1)
and spectral timbral filters          19.6  (x2.0)   7.8  (x2.2)  11.2  (x2.1)
====================================  ============  ============  ============

A second core makes ``listen`` 1.9 times faster, for threads take whole windows; onnxruntime's
own threads gained nothing. Tried and left out, for they gained less than 5 %: one graph for
both networks, batches of two windows (larger ones are slower), |O| fused into a matrix product
as LeakyReLU(-1), other session options, and dropping more of MTT's filters (3 % for ten times
the difference).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

os.environ.setdefault("OMP_NUM_THREADS", "1")

import librosa
import numpy as np
import onnx
from numpy.typing import NDArray

from linernotes.networks.musicnn import NETWORKS, listen, log_mel_spectrogram
from linernotes.networks.runtime import onnx_session

SECONDS = 30
WINDOW = 187


def load_converter() -> ModuleType:
    path = Path(__file__).parents[1] / "tools" / "convert_musicnn.py"
    spec = importlib.util.spec_from_file_location("convert_musicnn", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is missing.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def some_music() -> NDArray[np.float32]:
    """Chords over noise: the time does not depend on what is heard."""
    rng = np.random.default_rng(0)
    clock = np.arange(SECONDS * 16000) / 16000
    notes = sum(np.sin(2 * np.pi * f * clock) for f in (220, 277.2, 329.6, 440))
    return (0.1 * notes + 0.05 * rng.standard_normal(len(clock))).astype(np.float32)


def librosa_log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    mel = librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=512, hop_length=256, n_mels=96)
    frames: NDArray[np.float32] = np.log10(10000 * mel.T + 1)
    return frames


def runner(
    model: onnx.ModelProto, windows: NDArray[np.float32], batch_size: int
) -> Callable[[], object]:
    session = onnx_session(model.SerializeToString())
    batches = [windows[i : i + batch_size] for i in range(0, len(windows), batch_size)]
    return lambda: [session.run(None, {"log_mel": batch}) for batch in batches]


def medians(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Milliseconds of each job, all of them taking turns."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - start)
    return {name: 1000 * statistics.median(values) for name, values in times.items()}


def network_jobs(
    convert: ModuleType, wheel: Path | None, windows: NDArray[np.float32]
) -> dict[str, Callable[[], object]]:
    """Each network at each step; the batches are those that suit the graph best."""
    archive = convert.read_wheel(wheel)
    jobs = {}
    for network in NETWORKS:
        weights = convert.read_weights(archive, network)
        steps = {
            "plain": convert.plain_network(weights),
            "without dead filters": convert.pruned_network(weights, blocked=False, spectral=False),
            "and blocked temporal": convert.pruned_network(weights, spectral=False),
            "and spectral timbral": convert.pruned_network(weights),
        }
        for step, model in steps.items():
            jobs[f"{network} {step}"] = runner(model, windows, 1)
        for batch_size in (2, 10):
            for step in ("plain", "and spectral timbral"):
                name = f"{network} {step}, batches of {batch_size}"
                jobs[name] = runner(steps[step], windows, batch_size)
    return jobs


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the networks.")
    parser.add_argument("--wheel", type=Path, help="musicnn 0.1.0 wheel, instead of fetching it")
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()

    samples = some_music()
    windows = log_mel_spectrogram(samples)[: 10 * WINDOW].reshape(10, WINDOW, -1)
    jobs: dict[str, Callable[[], object]] = {
        "front end librosa": lambda: librosa_log_mel(samples),
        "front end linernotes": lambda: log_mel_spectrogram(samples),
        **network_jobs(load_converter(), options.wheel, windows),
        "listen, 1 thread": lambda: listen([samples], threads=1),
        "listen, 2 threads": lambda: listen([samples], threads=2),
    }
    times = medians(jobs, options.repeats)
    both = "both networks"
    for step in ("plain", "and spectral timbral"):
        times[f"{both} {step}"] = sum(times[f"{network} {step}"] for network in NETWORKS)

    sys.stdout.write(f"{'':46}  ms for {SECONDS} s   times faster\n")
    for subject, base in (
        ("front end", "front end librosa"),
        *((name, f"{name} plain") for name in (*NETWORKS, both)),
        ("listen", "listen, 1 thread"),
    ):
        for name, value in times.items():
            if name.startswith(subject):
                sys.stdout.write(f"{name:46} {value:11.1f} {times[base] / value:14.2f}\n")


if __name__ == "__main__":
    main()
