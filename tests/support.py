"""What several tests need: music made here, and files encoded from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

#: Seconds after which something hangs, on a machine however busy: no test waits for them to pass.
LONG = 600


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for a state to be reached, and fail if it is not in a long time."""
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.002)


def wait_on(page: Any, is_so: Callable[[], object]) -> None:
    """Wait for a state of a page in a browser, as `wait_until` does."""
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        page.wait_for_timeout(20)


def be_patient(page: Any) -> Any:
    """Let a page of a browser take its time."""
    page.set_default_timeout(LONG * 1000)
    return page


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


def write_companions(folder: Path) -> None:
    """Write what lies beside music in the folders that people have."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "ext txt md docx cue log m3u m3u8 nfo sfv ffp md5 lrc url accurip html xml json ini bak"
    for kind in text.split():
        (folder / f"album.{kind}").write_text("More of it: www.example.org\r\n" * 200)
    heads = {
        "jpg": b"\xff\xd8\xff\xe0", "jpeg": b"\xff\xd8\xff\xe1", "png": b"\x89PNG\r\n\x1a\n",
        "gif": b"GIF89a", "webp": b"RIFF\x10\x10\0\0WEBP", "pdf": b"%PDF-1.7", "zip": b"PK\x03\x04",
        "torrent": b"d8:announce", "mid": b"MThd\0\0\0\6", "sqlite": b"SQLite format 3\0",
        "exe": b"MZ\x90\0", "db": b"\xd0\xcf\x11\xe0",
    }  # fmt: skip
    noise = np.random.default_rng(1).bytes(30_000)
    for kind, head in heads.items():
        (folder / f"cover.{kind}").write_bytes(head + noise)
    for name in ("song.mp3.part", "song.flac.crdownload", "README", "LICENSE", "Folder.JPG"):
        (folder / name).write_bytes(noise)
    for name in ("empty", "empty.txt"):
        (folder / name).touch()
    apple_double = b"\0\5\x16\7\0\2\0\0Mac OS X        " + noise
    for name in (
        "Thumbs.db", "desktop.ini", ".DS_Store", "._song.mp3", ".AppleDouble/song.mp3",
        "@eaDir/song.mp3/SYNOAUDIO_01APIC_03.jpg", "@eaDir/song.mp3@SynoEAStream", "@eaDir/x.mp3",
        "__MACOSX/._song.mp3", "__MACOSX/song.mp3", ".Trashes/song.mp3", "$RECYCLE.BIN/$R0.mp3",
        "System Volume Information/tracking.log", "#recycle/song.mp3",
    ):  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(apple_double)


def linernotes(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command line as people do."""
    return subprocess.run(
        [sys.executable, "-m", "linernotes", *map(str, arguments)],
        capture_output=True, text=True, timeout=LONG, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip


@contextmanager
def heeding_ctrl_c() -> Iterator[None]:
    """Have the processes that are started meanwhile heed Ctrl-C.

    Those of a shell's background jobs ignore it, and whatever they start.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def ignoring_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C, as background jobs of a shell do."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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


def show_everybody(path: Path) -> None:
    """Let others into the folders that lead to a path, as far as they are temporary ones."""
    for parent in path.parents:
        if Path(tempfile.gettempdir()) in parent.parents:
            parent.chmod(0o755)


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
