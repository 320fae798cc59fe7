"""Playlists that players find their music with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.library.playlists import PlaylistEntry, PlaylistError, write_playlist


def track(folder: Path, name: str) -> PlaylistEntry:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return PlaylistEntry(str(path))


def read_playlist(path: Path) -> list[PlaylistEntry]:
    """Read a playlist as players do: what stands before the first " - " is the artist."""
    folder = Path(os.path.realpath(path.parent))
    entries = []
    seconds = label = ""
    for line in path.read_text(encoding="utf-8-sig").split("\n"):
        text = line.strip()
        if text.startswith("#EXTINF:"):
            seconds, _, label = text.removeprefix("#EXTINF:").partition(",")
        elif text and not text.startswith("#"):
            artist, mark, rest = label.partition(" - ")
            artist, title = (artist, rest) if mark else ("", label)
            duration = float(seconds) if float(seconds) >= 0 else None
            place = os.path.normpath(folder / text)
            entries.append(PlaylistEntry(place, duration, artist or None, title or None))
    return entries


def test_what_players_read(tmp_path: Path) -> None:
    first = PlaylistEntry(track(tmp_path / "b", "x.mp3").path, 62.7, "Ann\nand Bob", "Così: 終")
    entries = [first, track(tmp_path / "a", "lists/y.mp3"), track(tmp_path, "z.mp3")]
    out = tmp_path / "a" / "lists" / "mix.m3u8"
    assert write_playlist(out, entries) == ()
    assert out.read_bytes().decode("utf-8") == (
        "#EXTM3U\n"
        "#EXTINF:63,Ann and Bob - Così: 終\n../../b/x.mp3\n"
        "#EXTINF:-1,y\ny.mp3\n"
        "#EXTINF:-1,z\n../../z.mp3\n"
    )
    read = read_playlist(out)
    assert [entry.path for entry in read] == [entry.path for entry in entries]
    assert read[0] == PlaylistEntry(first.path, 63, "Ann and Bob", "Così: 終")
    assert {path.name for path in out.parent.iterdir()} == {"y.mp3", "mix.m3u8"}


@pytest.mark.parametrize(
    "name", ["#1.mp3", " lead.mp3", "a: b.mp3", "http:x.mp3", "100%.mp3", "ä.mp3"]
)
def test_names_that_players_misread(name: str, tmp_path: Path) -> None:
    entry = track(tmp_path, name)
    out = tmp_path / "mix.m3u8"
    assert write_playlist(out, [entry]) == ()
    assert [found.path for found in read_playlist(out)] == [entry.path]
    line = out.read_text(encoding="utf-8").split("\n")[2]
    assert not line.startswith(("#", " "))
    assert ":" not in line.split("/")[0]


def test_names_that_no_playlist_can_hold_are_left_out(tmp_path: Path) -> None:
    names = ["new\nline.mp3", "return\r.mp3", "end ", os.fsdecode(b"caf\xe9.mp3"), "sep\u2028.mp3"]
    entries = [PlaylistEntry(str(tmp_path / name)) for name in names]
    out = tmp_path / "mix.m3u8"
    failures = write_playlist(out, [*entries, track(tmp_path, "good.mp3")])
    assert [failure.file for failure in failures] == [entry.path for entry in entries]
    assert {failure.code for failure in failures} == {"playlist"}
    assert len(read_playlist(out)) == 1


def test_links_do_not_lead_astray(tmp_path: Path) -> None:
    real = tmp_path / "disk" / "deep" / "lists"
    real.mkdir(parents=True)
    (tmp_path / "lists").symlink_to(real)
    entry = track(tmp_path / "music", "a.mp3")
    near = track(real, "album/b.mp3")
    out = tmp_path / "lists" / "mix.m3u8"
    write_playlist(out, [entry, PlaylistEntry(str(tmp_path / "lists" / "album" / "b.mp3"))])
    lines = out.read_text().split("\n")
    assert lines[2::2] == ["../../../music/a.mp3", "album/b.mp3"]
    for line in lines[2::2]:
        assert (out.parent / line).exists()
    assert [found.path for found in read_playlist(out)] == [entry.path, near.path]


def test_a_playlist_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "mix.m3u8"
    out.write_text("before")

    def entries() -> list[PlaylistEntry]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_playlist(out, (entry for entry in entries()))
    assert out.read_text() == "before"
    write_playlist(out, [])
    assert out.read_text() == "#EXTM3U\n"
    assert out.stat().st_mode & 0o777 == 0o666 & ~umask()
    assert list(tmp_path.iterdir()) == [out]


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_wrong_places_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.m3u8").mkdir()
    for name in ("mix.txt", "no folder/mix.m3u8", "folder.m3u8"):
        with pytest.raises(PlaylistError):
            write_playlist(tmp_path / name, [])
    assert list(tmp_path.iterdir()) == [tmp_path / "folder.m3u8"]


@given(
    artist=st.none() | st.text(), title=st.none() | st.text(),
    duration=st.none() | st.floats(0, 1e6),
)  # fmt: skip
def test_any_text_leaves_the_playlist_whole(
    tmp_path_factory: pytest.TempPathFactory,
    artist: str | None,
    title: str | None,
    duration: float | None,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    entry = PlaylistEntry(str(folder / "a.mp3"), duration, artist, title)
    write_playlist(folder / "any.m3u8", [entry, entry])
    read = read_playlist(folder / "any.m3u8")
    assert [found.path for found in read] == [entry.path] * 2
    assert read[0].duration == (None if duration is None else round(duration))


def test_a_playlist_beside_the_music_named_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = track(tmp_path / "music" / "album", "a.mp3")
    for here, lists in (("lists", "."), ("somewhere/else", "../../lists"), (".", "lists")):
        (tmp_path / here).mkdir(parents=True, exist_ok=True)
        (tmp_path / "lists").mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / here)
        out = Path(lists) / "mix.m3u8"
        assert write_playlist(out, [entry]) == ()
        assert out.read_text().splitlines()[2] == "../music/album/a.mp3"
        # An entry that is named from here as well.
        near = PlaylistEntry(os.path.relpath(entry.path))
        assert write_playlist(out, [near]) == ()
        assert out.read_text().splitlines()[2] == "../music/album/a.mp3"
        assert [found.path for found in read_playlist(out.absolute())] == [entry.path]
