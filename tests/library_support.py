"""Small libraries for tests: distinct short songs, and work on files that goes wrong."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from support import make_song

from linernotes.features import names
from linernotes.library.analysis import EMBEDDING_LENGTH, FULL, Heard, TrackAnalysis, tag_names
from linernotes.library.scanning import Job, Look, work

RATE = 16000


def write_songs(folder: Path, files: list[str], *, duration: float = 2.0) -> list[Path]:
    """Write a different song for each name, short and small."""
    folder.mkdir(parents=True, exist_ok=True)
    song = make_song(duration=duration, sample_rate=RATE, channels=1)
    paths = []
    for name in files:
        rng = np.random.default_rng(list(name.encode()))
        part = np.roll(song, rng.integers(len(song))) * rng.uniform(0.3, 0.9)
        paths.append(folder / name)
        soundfile.write(paths[-1], part, RATE)
    return paths


def odd_work(job: Job) -> Look | TrackAnalysis:
    """Work as scans do, but for files whose names say what goes wrong when they are listened to."""
    name = Path(job.path).stem
    if job.analyses:
        if name.startswith("hang"):
            time.sleep(60)
        if name.startswith("die"):
            os._exit(7)
        if name.startswith("hog"):
            hoard = [np.ones(2**24) for _ in range(10**3)]
            return work(Job(str(len(hoard)), (0, 0)))
        if name.startswith("raise"):
            raise RuntimeError("out of order")
        if name.startswith("grow"):
            with Path(job.path).open("ab") as file:
                file.write(b"more")
        mark = Path(job.path).with_name(f".{name}")
        if name.startswith("unlucky") and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), 9)
    return work(job)


def made_up(seed: int, extent: str = FULL) -> TrackAnalysis:
    """An analysis of no track at all."""
    rng = np.random.default_rng(seed)

    def floats(*shape: int) -> NDArray[np.float32]:
        return rng.random(shape, dtype=np.float32)

    tags = len(tag_names())
    heard = Heard(floats(EMBEDDING_LENGTH), floats(tags), floats(3), floats(3), floats(3, tags))
    return TrackAnalysis(30.0 + seed, extent, (), heard, floats(len(names("descriptors"))))
