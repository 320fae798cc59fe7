"""Real music for the features' tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from linernotes.audio import load

RATE = 22050
SECONDS = 20


@pytest.fixture(scope="session")
def examples(shared: Path) -> list[NDArray[np.float32]]:
    """The beginnings of nine recordings, mono at 22.05 kHz."""
    files = sorted((shared / "music" / "examples").glob("*.ogg"))
    if not files:
        pytest.skip("no recordings in ../shared/music/examples: they are not published")
    clips = [load(file, sample_rate=RATE, mono=True).samples[0] for file in files]
    return [np.ascontiguousarray(clip[: SECONDS * RATE]) for clip in clips]
