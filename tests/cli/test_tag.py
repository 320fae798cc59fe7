"""``linernotes tag``: shows by default, writes when asked, takes back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support import linernotes

from linernotes.cli.tag import tag_files, undo_files
from linernotes.library.errors import LibraryNotFoundError
from linernotes.library.file_tags import read_file_tags


@pytest.mark.slow
def test_show_write_undo(
    song_files: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path / "state")
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    folder = tmp_path / "music"
    folder.mkdir()
    path = Path(shutil.copy(song_files["flac"], folder / "a.flac"))
    (folder / "b.mp3").write_text("no music")
    before = path.read_bytes()

    assert tag_files([str(folder)], workers=1) == (1, 1)
    out, err = capfd.readouterr()
    assert "bpm: 120" in out
    assert "not sure, not written" in out
    assert "not-audio" in out
    assert "1 of 2 files would change, 1 failed; nothing was written: --write does it" in err
    assert path.read_bytes() == before

    assert tag_files([str(folder)], write=True, as_json=True, workers=1) == (1, 1)
    out, err = capfd.readouterr()
    written, failed = (json.loads(line) for line in out.splitlines())
    assert written["written"]
    assert failed == {
        "file": str(folder / "b.mp3"), "changes": [],
        "error": {"code": "not-audio", "message": failed["error"]["message"]},
    }  # fmt: skip
    assert read_file_tags(path)["bpm"] == "120"

    assert undo_files([], as_json=True) == (1, 0)
    assert json.loads(capfd.readouterr().out)["undone"]
    assert path.read_bytes() == before
    assert undo_files([]) == (0, 0)
    assert undo_files([str(path)]) == (0, 1)
    assert "nothing-to-undo" in capfd.readouterr().out


def test_a_library_that_was_named_has_to_be_there(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(LibraryNotFoundError):
        tag_files([str(song_files["flac"])], library=str(tmp_path / "nowhere"))
    done = linernotes("tag", song_files["flac"], "--library", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "there is no library in" in done.stderr
