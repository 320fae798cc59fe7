"""Beat grids of clicks whose beats are known, and sections of a piece that is made of two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from support import make_song

from linernotes.errors import AudioError
from linernotes.features.descriptor import clip_of
from linernotes.features.onset import strength_of
from linernotes.integrations.dj.listening import (
    find_grid,
    listen_for_structure,
    section_changes,
)

RATE = 22050


def clicks(tempo: float, first: float, *, jitter: float = 0.0, seconds: float = 40) -> np.ndarray:
    rng = np.random.default_rng(0)
    sound = 1e-3 * rng.normal(size=int(seconds * RATE)).astype(np.float32)
    n = np.arange(2000)
    click = np.sin(n / 5) * np.exp(-n / 300)
    for beat in np.arange(first, seconds - 0.2, 60 / tempo):
        place = int((beat + jitter * rng.normal()) * RATE)
        sound[place : place + len(n)] += click
    return sound


@pytest.mark.parametrize(("tempo", "first"), [(128.0, 0.25), (174.0, 0.1), (90.3, 0.5)])
def test_a_machines_grid_is_found(tempo: float, first: float) -> None:
    strength = strength_of(clip_of(clicks(tempo, first), RATE), aggregate="median")
    grid = find_grid(strength, 1.004 * tempo)
    assert grid is not None
    assert grid.beats_per_minute == pytest.approx(tempo, rel=4e-4)
    assert grid.first == pytest.approx(first, abs=0.02)
    assert grid.nearest(30.0) == pytest.approx(
        first + round((30 - first) * tempo / 60) * 60 / tempo, abs=0.03
    )


def test_what_keeps_no_tempo_has_no_grid() -> None:
    strayed = clicks(120, 0.3, jitter=0.05)
    strength = strength_of(clip_of(strayed, RATE), aggregate="median")
    assert find_grid(strength, 120) is None
    assert find_grid(np.zeros(1000, np.float32), 120) is None
    assert find_grid(strength[:200], 120) is None


def test_sections_change_where_the_tags_do() -> None:
    rng = np.random.default_rng(1)
    parts = [rng.random(71)] * 30 + [rng.random(71)] * 40 + [rng.random(71)] * 30
    timeline = np.array(parts) + 0.02 * rng.random((100, 71))
    assert section_changes(timeline, np.arange(100) + 1.5) == (31.0, 71.0)
    assert section_changes(timeline[:20], np.arange(20.0)) == ()
    assert section_changes(np.zeros((100, 71)), np.arange(100.0)) == ()


@pytest.mark.slow
def test_a_file_is_listened_to(tmp_path: Path) -> None:
    song = make_song(duration=40, sample_rate=RATE, channels=1)[:, 0]
    path = tmp_path / "two parts.flac"
    soundfile.write(path, np.concatenate([song, clicks(120, 0.25)]), RATE)
    found = listen_for_structure((str(path), None))
    assert found.grid is None
    assert any(abs(change - 40) < 3 for change in found.changes)
    with pytest.raises(AudioError):
        listen_for_structure((str(tmp_path / "gone.flac"), 120.0))
