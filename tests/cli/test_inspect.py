"""``linernotes inspect``."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import linernotes


@pytest.mark.slow
def test_a_page(song_files: dict[str, Path], tmp_path: Path) -> None:
    run = linernotes("inspect", song_files["mp3"], "-o", tmp_path / "page.html")
    assert run.returncode == 0, run.stderr
    assert "page.html" in run.stderr
    assert (tmp_path / "page.html").stat().st_size > 100_000


def test_what_goes_wrong_is_one_sentence(song_files: dict[str, Path], tmp_path: Path) -> None:
    for arguments in (
        (tmp_path / "absent.mp3", "-o", tmp_path / "page.html"),
        (song_files["mp3"], "-o", tmp_path / "page.txt"),
    ):
        run = linernotes("inspect", *arguments)
        assert run.returncode != 0
        assert run.stderr.startswith("linernotes: ")
        assert "Traceback" not in run.stderr
