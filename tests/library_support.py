"""Small libraries for tests: distinct short songs, and analyses of none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from support import make_song

from linernotes.explore import Library
from linernotes.features import names
from linernotes.library import ScanResult
from linernotes.library.analyses import EMBEDDING_LENGTH, FULL, Heard, TrackAnalysis, tag_names
from linernotes.library.store import Store

RATE = 16000
DESCRIPTORS = ("descriptors",)
Scan = Callable[..., ScanResult]


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


def made_up(random_state: int, extent: str = FULL) -> TrackAnalysis:
    """An analysis of no track at all."""
    rng = np.random.default_rng(random_state)

    def floats(*shape: int) -> NDArray[np.float32]:
        return rng.random(shape, dtype=np.float32)

    tags = len(tag_names())
    heard = Heard(floats(EMBEDDING_LENGTH), floats(tags), floats(3), floats(3), floats(3, tags))
    return TrackAnalysis(30.0 + random_state, extent, (), heard, floats(len(names("descriptors"))))


def counts(result: ScanResult) -> dict[str, float]:
    """The numbers of a result that are not 0."""
    assert result.scanned == result.added + result.updated + result.unchanged + result.failed
    found = result.as_dict()
    del found["seconds"], found["scanned"]
    return {name: number for name, number in found.items() if number}


def analysed_at(library: Library) -> dict[str, Any]:
    """When each track was analysed."""
    table = Store(library.location, create=False).analysis("descriptors", ["analysed_at"])
    assert table is not None
    return dict(zip(table["track_id"].to_pylist(), table["analysed_at"].to_pylist(), strict=True))
