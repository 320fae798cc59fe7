"""The commands on a library of sounds that were really scanned."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from library_support import made_up, write_songs
from support import make_song

import linernotes
from linernotes.cli.explore import show_similar, write_map
from linernotes.cli.library import index_library
from linernotes.explore import Library
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.explore.phrases import PhraseError
from linernotes.library.content import track_id
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("music")
    song = make_song(duration=5)
    time = np.arange(len(song)) / 44100
    rng = np.random.default_rng(0)
    sounds = {
        "song": song,
        "darker": np.cumsum(song, axis=0) / np.abs(np.cumsum(song, axis=0)).max(),
        "mono": np.repeat(song.mean(axis=1, keepdims=True), 2, axis=1),
        "noise": 0.1 * rng.normal(size=song.shape),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * time)[:, np.newaxis] * [1, 0.8],
        "other": 0.8 * song[::-1],
    }
    for name, sound in sounds.items():
        soundfile.write(folder / f"{name}.flac", sound, 44100)
    return folder


@pytest.fixture(scope="module")
def library(music: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    (music / "elsewhere").mkdir()
    (music / "other.flac").rename(music / "elsewhere" / "other.flac")
    place = str(tmp_path_factory.mktemp("library") / "library")
    inside = [music / f"{name}.flac" for name in ("song", "darker", "mono", "noise", "tone")]
    result = Library(place).scan(inside, workers=1)
    assert (result.added, result.failed) == (5, 0)
    return place


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_like_a_track(
    library: str, music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    playlist = music / "like this.m3u8"
    song = str(music / "song.flac")
    count = show_similar([song], library=library, n=3, why=True, playlist=playlist, as_json=True)
    told = capsys.readouterr()
    found = rows(told.out)
    assert count == len(found) == 3
    assert song not in [row["path"] for row in found]
    assert all(row["why"] for row in found)
    lines = playlist.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line[0] != "#"] == [Path(str(r["path"])).name for r in found]
    assert "playlist of 3 tracks" in told.err


def test_like_a_file_that_is_not_in_the_library(
    library: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = str(music / "elsewhere" / "other.flac")
    assert show_similar([other, str(music / "tone.flac")], library=library, as_json=True) == 4
    names = [str(row["title"]) for row in rows(capsys.readouterr().out)]
    assert "tone" not in names
    assert names[-1] == "noise"


def test_dislikes_paths_mixes_and_words(
    library: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song, noise = str(music / "song.flac"), str(music / "noise.flac")
    show_similar([song], disliked=[noise], library=library, as_json=True)
    assert noise not in [row["path"] for row in rows(capsys.readouterr().out)]
    show_similar([song], to=noise, library=library, n=3, as_json=True)
    way = rows(capsys.readouterr().out)
    assert (way[0]["path"], way[-1]["path"]) == (song, noise)
    show_similar([song], mix=True, library=library, as_json=True)
    assert len(rows(capsys.readouterr().out)) == 5
    show_similar([], words="quiet piano xyzzy", library=library, n=2, why=True)
    told = capsys.readouterr()
    assert "piano" in told.out
    assert "nothing is known by 'xyzzy'" in told.err
    assert "taken for" not in told.err
    show_similar([], words="gloomy pianno", library=library, n=2)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["gloomy: taken for sad, slow, dark", "pianno: taken for piano"]
    assert show_similar([], words="jazz", where=["artist=nobody"], library=library) == 0
    assert "no track fits" in capsys.readouterr().err


def test_the_index_is_shown_and_made_anew(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert index_library(library=library) == 5  # the scan has made it
    assert "up to date" in capsys.readouterr().out
    index_library(library=library, refit=True, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"tracks": 5, "fitted": 5, "dimensions": 192, "done": "fitted"}


def test_wrong_questions_are_answered(library: str, music: Path) -> None:
    with pytest.raises(PhraseError, match="--words"):
        show_similar([], library=library)
    with pytest.raises(TrackNotFoundError, match="no track"):
        show_similar([str(music / "none.flac")], library=library)
    with pytest.raises(TrackNotFoundError, match="to itself"):
        show_similar([str(music / "song.flac")], to=str(music / "song.flac"), library=library)


def test_the_map(library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_map(tmp_path / "map.html", library=library, by="tempo") == 5
    assert "map of 5 tracks" in capsys.readouterr().err
    assert (tmp_path / "map.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_python_finds_what_the_command_finds(
    library: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = music / "song.flac"
    found = linernotes.Library(library).similar(song, n=3, why=True)
    show_similar([str(song)], library=library, n=3, why=True, as_json=True)
    assert [match.as_dict() for match in found] == rows(capsys.readouterr().out)
    unlike = linernotes.Library(library).similar(song, unlike=[music / "mono.flac"], n=3)
    assert str(music / "mono.flac") not in [match.path for match in unlike]
    with pytest.raises(PhraseError):
        linernotes.Library(library).similar()


def test_a_playlist_names_files_where_they_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The library's folder was on another drive once; the playlist lies beside the music."""
    old, new, lists = tmp_path / "old", tmp_path / "drive" / "music", tmp_path / "drive" / "lists"
    songs = write_songs(old, [f"{number}.wav" for number in range(4)])
    library = Library(tmp_path / "library")
    tracks = {track_id(song): made_up(number) for number, song in enumerate(songs)}
    known = [
        FileRow(str(song), stamp_of(str(song)).size, stamp_of(str(song)).mtime_ns, track)
        for song, track in zip(songs, tracks, strict=True)
    ]
    Store(library.location, create=True).write(tracks, known)
    lists.mkdir(parents=True)
    shutil.move(old, new)
    monkeypatch.chdir(lists.parent)

    def named() -> list[str]:
        track = next(iter(tracks))
        found = show_similar([track], library=library.location, playlist=Path("lists/mix.m3u8"))
        lines = (lists / "mix.m3u8").read_text(encoding="utf-8").splitlines()[2::2]
        assert len(lines) == found == 3
        return lines

    assert [(lists / line).resolve().parent for line in named()] == [old] * 3
    assert "3 of the files are not there now" in capsys.readouterr().err
    assert library.scan(new, workers=1).as_dict()["added"] == 4
    assert sorted(named()) == ["../music/1.wav", "../music/2.wav", "../music/3.wav"]
    assert all((lists / line).is_file() for line in named())
    assert "not there" not in capsys.readouterr().err
