"""Finding the files of a folder."""

from __future__ import annotations

from pathlib import Path

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
    assert found == ["a.MP3", "b.mp3", "noextension", "notes.txt", "sub/c.flac"]


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
