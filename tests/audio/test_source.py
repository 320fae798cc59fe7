"""Finding the files of a folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from support import write_companions

from linernotes.audio import find_tracks


def test_lists_folders_in_a_stable_order_without_companions(tmp_path: Path) -> None:
    for name in (
        "b.mp3", "a.MP3", "noextension", "notes.txt", "cover.JPG", "list.m3u8", ".hidden.mp3",
        "sub/c.flac", ".git/d.mp3",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [str(Path(path).relative_to(tmp_path)) for path in find_tracks([tmp_path])]
    assert found == ["a.MP3", "b.mp3", "sub/c.flac"]


def test_music_is_found_by_its_first_bytes_where_its_name_does_not_tell(
    tmp_path: Path, song_files: dict[str, Path]
) -> None:
    for name, kind in {
        "song": "mp3",
        "song.bak": "flac",
        "1. Intro": "m4a",
        "a.txt": "ogg",
    }.items():
        shutil.copy(song_files[kind], tmp_path / name)
    # These are not opened: a download under way is found when it is whole.
    for name in ("song.mp3.part", "b.crdownload", "cover.jpg"):
        shutil.copy(song_files["mp3"], tmp_path / name)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("away")
    (tmp_path / "round").symlink_to("round")
    found = [Path(path).name for path in find_tracks([tmp_path])]
    assert found == ["1. Intro", "a.txt", "song", "song.bak"]


def test_a_folder_full_of_companions_holds_no_track(tmp_path: Path) -> None:
    write_companions(tmp_path)
    assert list(find_tracks([tmp_path])) == []
    # Named by hand, each is what it was said to be.
    paths = sorted(str(path) for path in tmp_path.iterdir() if path.is_file())
    assert list(find_tracks(paths)) == paths


def test_a_track_is_called_by_its_own_path_before_that_of_a_link(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "a.mp3").touch()
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "a").symlink_to(tmp_path / "z")
    (tmp_path / "b" / "c" / "link").symlink_to(tmp_path / "z")
    assert list(find_tracks([tmp_path])) == [str(tmp_path / "z" / "a.mp3")]
    assert list(find_tracks([tmp_path / "b"])) == [str(tmp_path / "b" / "c" / "link" / "a.mp3")]


def test_names_that_no_system_can_ask_for_are_listed_as_they_are() -> None:
    names = ["x" * 5000, "a\0b"]
    assert list(find_tracks(names)) == names


def test_enters_a_folder_once_whatever_links_to_it(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    (music / "a.mp3").touch()
    (music / "loop").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(music)
    assert len(list(find_tracks([tmp_path, music]))) == 1


def test_files_named_are_listed_whatever_they_are(tmp_path: Path) -> None:
    paths = [tmp_path / "cover.jpg", tmp_path / "absent.mp3"]
    assert list(find_tracks(paths)) == [str(path) for path in paths]
