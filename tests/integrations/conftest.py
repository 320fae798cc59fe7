"""A library that nobody changes, for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest
from integrations_support import keep, write_tracks

from linernotes.explore import Library


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of forty tracks."""
    folder: Path = tmp_path_factory.mktemp("music") / "Music é"
    write_tracks(folder, 40)
    return folder


@pytest.fixture(scope="session")
def library(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The tracks of that folder as if they had been listened to."""
    return keep(tmp_path_factory.mktemp("kept") / "library", sorted(music.iterdir()))
