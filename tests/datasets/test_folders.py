from __future__ import annotations

from pathlib import Path

import pytest
from dataset_support import write_clip
from support import write_companions

from linernotes.audio import is_audio
from linernotes.datasets.examples import ExamplesNotFoundError, NoExamplesError
from linernotes.datasets.folders import read_folders


def test_a_folder_is_a_class(tmp_path: Path) -> None:
    files = ["jazz/b.wav", "jazz/a.wav", "Drum & Bass 🥁/c.wav"]
    for number, name in enumerate(files):
        write_clip(tmp_path / name, random_state=number)
    for name in ("jazz/cover.jpg", "jazz/.hidden.wav", ".git/x.wav", "jazz/list.m3u8"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    examples = read_folders(tmp_path, label="genre")
    assert examples.target == ("Drum & Bass 🥁", "jazz", "jazz")
    assert [Path(path or "").name for path in examples.path] == ["c.wav", "a.wav", "b.wav"]
    assert (examples.label, examples.name) == ("genre", tmp_path.name)
    assert examples.left_out == ()
    assert examples.artist == (None, None, None)


def test_folders_below_are_artists_and_albums(tmp_path: Path) -> None:
    write_clip(tmp_path / "jazz/Nina/Live/CD 1/a.wav")
    write_clip(tmp_path / "jazz/Disc 2/b.wav")
    write_clip(tmp_path / "rock/Ann/c.wav")
    examples = read_folders(tmp_path)
    assert examples.artist == (None, "Nina", "Ann")
    assert examples.album == (None, "Live", None)


def test_file_tags_come_before_folders(tmp_path: Path) -> None:
    write_clip(tmp_path / "jazz/Nina/a.wav")
    write_clip(tmp_path / "rock/Ann/b.wav")
    tags = {"a.wav": {"artist": "Nina Simone", "album": "Pastel Blues"}, "b.wav": {}}
    examples = read_folders(tmp_path, file_tags=lambda path: tags[Path(path).name])
    assert examples.artist == ("Nina Simone", "Ann")
    assert examples.album == ("Pastel Blues", None)


def test_folders_of_parts_are_an_official_split(tmp_path: Path) -> None:
    for number, name in enumerate(["train/x/a", "train/y/b", "test/x/c", "val/y/d"]):
        write_clip(tmp_path / f"{name}.wav", random_state=number)
    examples = read_folders(tmp_path)
    assert examples.classes == ("x", "y")
    assert sorted(zip(examples.split, examples.target, strict=True)) == [
        ("test", "x"), ("train", "x"), ("train", "y"), ("validation", "y"),
    ]  # fmt: skip
    # A class may be called "test" where no other is called "train".
    assert read_folders(tmp_path / "train").split == (None, None)


def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    first = write_clip(tmp_path / "x/a.wav")
    write_clip(tmp_path / "y/b.wav", random_state=1)
    write_clip(tmp_path / "loose.wav")
    (tmp_path / "x" / "again.wav").symlink_to(first)
    (tmp_path / "empty").mkdir()
    examples = read_folders(tmp_path)
    assert len(examples) == 2
    assert {left.code for left in examples.left_out} == {"no-label", "duplicate"}
    assert any("empty" in warning for warning in examples.warnings)
    (tmp_path / "y" / "linked.wav").symlink_to(first)
    left = read_folders(tmp_path)
    assert left.target == ("y",)
    assert [one.code for one in left.left_out].count("conflicting-labels") == 3


def test_companions_are_no_tracks_and_no_failures(tmp_path: Path) -> None:
    song = write_clip(tmp_path / "jazz/a.wav")
    song.rename(song.with_name("a song"))  # found by its first bytes
    write_companions(tmp_path / "jazz")
    write_companions(tmp_path)
    examples = read_folders(tmp_path, is_audio=is_audio)
    assert [Path(path or "").name for path in examples.path] == ["a song"]
    assert (examples.left_out, examples.warnings) == ((), ())


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    write_clip(tmp_path / "x/a.wav")
    (tmp_path / "x" / "round").symlink_to(tmp_path / "x")
    assert len(read_folders(tmp_path)) == 1


def test_without_folders_of_classes_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExamplesNotFoundError, match="no folder"):
        read_folders(tmp_path / "none")
    write_clip(tmp_path / "a.wav")
    with pytest.raises(NoExamplesError, match="a folder for each"):
        read_folders(tmp_path)
