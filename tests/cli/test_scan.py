"""``linernotes scan``, ``status`` and ``export``: what they print is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from library_support import made_up, write_songs

from linernotes.cli.library import export_library, scan_folders, show_status
from linernotes.errors import LinernotesError
from linernotes.explore import Library
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

OPTIONS = {"analyses": ("descriptors",), "workers": 1}


def test_a_scan_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music, library = tmp_path / "music", str(tmp_path / "library")
    write_songs(music, ["1.wav", "2.wav"])
    (music / "odd \x1b[31m[bold].mp3").write_text("no song")
    done = scan_folders([str(music)], library=library, as_json=True, options=OPTIONS)
    assert done == (2, 1)
    printed = capsys.readouterr()
    (line,) = printed.out.splitlines()
    result = json.loads(line)
    assert list(result) == [
        "scanned", "added", "updated", "unchanged", "failed", "removed", "seconds",
    ]  # fmt: skip
    assert (result["scanned"], result["added"], result["failed"]) == (3, 2, 1)
    lines = printed.err.splitlines()
    assert "odd \\x1b[31m[bold].mp3: not-audio: " in lines[0]
    assert lines[-1].startswith("3 files in ")
    assert "2 added, 0 updated, 0 unchanged, 1 failed" in lines[-1]
    assert "linernotes status" in lines[-1]

    show_status(library=library, as_json=True)
    status = json.loads(capsys.readouterr().out)
    assert list(status)[:5] == ["tracks", "analysed", "failed", "failures", "versions"]
    assert (status["files"], status["tracks"], status["failed"]) == (3, 2, 1)
    assert status["failures"][0]["code"] == "not-audio"
    show_status(library=library)
    text = capsys.readouterr().out
    assert "not-audio" in text
    assert "files         3\nfailed        1  (1 not-audio)\ntracks        2\n" in text
    assert "\x1b" not in text

    export_library(tmp_path / "out.csv", library=library)
    assert "0 tracks in" in capsys.readouterr().err  # the networks were not asked


def test_nothing_found_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "music").mkdir()
    library = str(tmp_path / "library")
    assert scan_folders([str(tmp_path / "music")], library=library) == (0, 1)
    assert "no files were found" in capsys.readouterr().err


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LinernotesError, match="there is no folder"):
        scan_folders([str(tmp_path / "nowhere")], library=str(tmp_path / "library"))
    with pytest.raises(LinernotesError, match="there is no library"):
        show_status(library=str(tmp_path / "nothing"))


def test_what_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are away, and files that moved."""
    drive, copy = tmp_path / "drive", tmp_path / "copy"
    place = Library(tmp_path / "library")
    (song,) = write_songs(copy, ["1.wav"])
    rows = [FileRow(str(drive / name), 1, 1, track) for name, track in (("1.wav", "a"), ("2", "b"))]
    rows.append(FileRow(str(song), 1, 1, "a"))
    Store(place.location, create=True).write({"a": made_up(1), "b": made_up(2)}, rows)
    status = place.status()
    assert (status.files, status.tracks, status.missing, status.moved) == (1, 2, 2, 1)
    assert status.lost == (str(drive),)
    show_status(library=place.location)
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("missing"))
    assert line.startswith("missing       2 more that are not there; 1 of them are elsewhere now")
    assert f"{drive} is gone or empty" in line
    drive.mkdir()
    assert scan_folders([str(drive)], library=place.location, options=OPTIONS) == (0, 1)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"2 files are not there now, since {drive} is empty")
    assert place.status().missing == 2
