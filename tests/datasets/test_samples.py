"""Sample music: fetched by the real pip from a folder that stands in for the registry."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from linernotes.audio import load
from linernotes.datasets import fetch_samples, sample_music, synthesise_samples
from linernotes.errors import SourceError

MUSIC = "pygame/examples/data/"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes for all that there is."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def publish(registry: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(registry / "pygame-2.6.1-py3-none-any.whl", "w") as wheel:
        info = "pygame-2.6.1.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pygame\nVersion: 2.6.1\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
        for name, content in files.items():
            wheel.writestr(name, content)


def test_another_song_under_the_same_name_is_refused(registry: Path, tmp_path: Path) -> None:
    publish(registry, {f"{MUSIC}house_lo.mp3": b"other"})
    with pytest.raises(SourceError, match="checksum"):
        fetch_samples(tmp_path / "samples")
    assert list((tmp_path / "samples").glob("*")) == []


def test_a_package_without_the_songs_is_refused(registry: Path, tmp_path: Path) -> None:
    publish(registry, {})
    with pytest.raises(SourceError, match="no longer holds"):
        fetch_samples(tmp_path / "samples")


def test_offline_the_music_is_made_here_and_that_is_said(registry: Path, tmp_path: Path) -> None:
    samples = sample_music(tmp_path / "samples")
    assert "cannot be reached" in samples.origin
    assert "synthesised" in samples.origin
    assert len(samples.files) == 2
    for file in samples.files:
        audio = load(file)
        assert audio.duration == 30
        assert 0.5 < np.abs(audio.samples).max() <= 1


def test_the_same_music_every_time(tmp_path: Path) -> None:
    once = [file.read_bytes() for file in synthesise_samples(tmp_path / "a")]
    again = [file.read_bytes() for file in synthesise_samples(tmp_path / "b")]
    assert once == again
