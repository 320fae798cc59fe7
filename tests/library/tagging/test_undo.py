"""What was written is taken back, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen import id3
from tagging_support import (
    Copy,
    write,
)

from linernotes.errors import Failure
from linernotes.library.tagging.errors import (
    UndoLogError,
)
from linernotes.library.tagging.undo import Undone, undo_tags


def test_runs_are_undone_one_after_the_other(copy: Copy, log: Path) -> None:
    path = copy("flac")
    states = [path.read_bytes()]
    for tempo in ("90", "91", "92"):
        write(path, log, overwrite=True, bpm=[tempo])
        states.append(path.read_bytes())
    for state in states[-2::-1]:
        assert [result.file for result in undo_tags(log=log)] == [str(path)]
        assert path.read_bytes() == state
    assert list(undo_tags(log=log)) == []


def test_nothing_is_written_that_could_not_be_undone(copy: Copy, tmp_path: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    (tmp_path / "file").touch()
    with pytest.raises(UndoLogError):
        write(path, tmp_path / "file" / "undo.jsonl")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_undo_leaves_changed_and_unknown_files_alone(copy: Copy, log: Path) -> None:
    path, unknown = copy("mp3"), copy("flac")
    write(path, log)
    tags = id3.ID3(path)
    tags.add(id3.TIT2(encoding=3, text="Mine"))
    tags.save()
    after = path.read_bytes()
    results = list(undo_tags([path, unknown, path.with_name("no.mp3")], log=log))
    assert [result.code for result in results if isinstance(result, Failure)] == [
        "changed", "nothing-to-undo", "nothing-to-undo",
    ]  # fmt: skip
    assert path.read_bytes() == after


def test_a_renamed_file_is_undone_by_its_new_name(copy: Copy, log: Path) -> None:
    path = copy("ogg")
    before = path.read_bytes()
    write(path, log)
    moved = path.rename(path.with_name("new name.ogg"))
    (failure,) = undo_tags(log=log)
    assert isinstance(failure, Failure)
    assert failure.code == "unreadable"
    (undone,) = undo_tags([moved], log=log)
    assert isinstance(undone, Undone)
    assert moved.read_bytes() == before


def test_a_torn_log_is_read_and_goes_on(copy: Copy, log: Path) -> None:
    first, second = copy("mp3"), copy("flac")
    write(first, log)
    with log.open("ab") as file:
        file.write(b'{"version": 1, "id": "torn')
    write(second, log)
    assert [type(result) for result in undo_tags([first, second], log=log)] == [Undone, Undone]
    with log.open("ab") as file:
        file.write(b'{"version": 99, "id": "later"}\n')
    with pytest.raises(UndoLogError, match="newer"):
        list(undo_tags(log=log))
