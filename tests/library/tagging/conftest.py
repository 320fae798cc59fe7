"""Files to write to, and a log of what was written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tagging_support import Copy


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "undo.jsonl"


@pytest.fixture
def copy(song_files: dict[str, Path], tmp_path: Path) -> Copy:
    """A copy of the song in a format, in a folder of its own."""

    def make(kind: str) -> Path:
        folder = tmp_path / "music"
        folder.mkdir(exist_ok=True)
        return Path(shutil.copy(song_files[kind], folder / f"song{song_files[kind].suffix}"))

    return make
