"""What several tests need: music made here, and files encoded from it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray


def make_song(
    *, duration: float = 8.0, sample_rate: int = 44100, channels: int = 2
) -> NDArray[np.float32]:
    """Chords, a melody and a beat, wider than mono; shape (n, channels)."""
    time = np.arange(round(duration * sample_rate)) / sample_rate
    rng = np.random.default_rng(7)
    song = np.zeros((len(time), channels))
    for index in range(int(duration * 2) + 1):
        note = time - index / 2
        envelope = np.where(note >= 0, np.exp(-4 * np.clip(note, 0, None)), 0)
        pitch = 220 * 2 ** (rng.choice([0, 3, 7, 10, 12, 15]) / 12)
        tone = sum(np.sin(2 * np.pi * pitch * k * note) / k for k in (1, 2, 3))
        for channel in range(channels):
            song[:, channel] += 0.15 * (1 + 0.3 * (-1) ** channel) * envelope * tone
        noise = rng.standard_normal(len(time)) * np.exp(-60 * np.clip(note, 0, None)) * (note >= 0)
        song += 0.1 * noise[:, np.newaxis]
    return (0.9 * song / np.abs(song).max()).astype(np.float32)


def encode(
    path: Path,
    samples: NDArray[np.float32],
    sample_rate: int,
    codec: str,
    options: dict[str, str] | None = None,
) -> Path:
    """Write samples of shape (n, channels) with one of FFmpeg's encoders."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=sample_rate)
        layout = "stereo" if samples.shape[1] == 2 else "mono"
        stream.layout = layout
        if codec != "alac":
            stream.bit_rate = 192_000
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T), format="fltp", layout=layout
        )
        frame.sample_rate = sample_rate
        frame.pts = 0
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=sample_rate, frame_size=size
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def linernotes(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command line as people do."""
    return subprocess.run(
        [sys.executable, "-m", "linernotes", *map(str, arguments)],
        capture_output=True, text=True, timeout=600, check=False, env={**os.environ, **environment},
    )  # fmt: skip


on_linux = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is told by Linux alone"
)


def peak_memory(script: str, *arguments: object) -> tuple[float, str]:
    """Run a script in a process of its own: MiB at its peak, and what it printed.

    A new process inherits the peak that ``getrusage`` tells from the one that started it, which
    Linux alone lets us tell apart.
    """
    telling = (
        "\nimport pathlib, re, sys"
        "\nstatus = pathlib.Path('/proc/self/status').read_text()"
        "\nprint(re.search(r'VmHWM:\\s*(\\d+)', status)[1], file=sys.stderr)"
    )
    run = [sys.executable, "-c", script + telling, *map(str, arguments)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    return int(done.stderr.split()[-1]) / 1024, done.stdout


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up the right to read everything, which root has."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
