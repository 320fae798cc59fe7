"""The plugin in a real beets with a real library of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import soundfile
from integrations_support import keep, write_tracks
from library_support import analysed_at
from mutagen.flac import FLAC
from support import LONG, make_song

import linernotes
from linernotes.integrations.heard import heard_tracks

pytest.importorskip("beets")

Beet = Callable[..., subprocess.CompletedProcess[str]]
TRACKS = 100


def beet_in(folder: Path, **options: str) -> Beet:
    """Return what calls beets, as people do, with a configuration of its own."""
    folder.mkdir(exist_ok=True)
    lines = "".join(f"  {name}: {value}\n" for name, value in options.items())
    (folder / "config.yaml").write_text(
        f"directory: {folder / 'sorted'}\nlibrary: {folder / 'beets.db'}\nplugins: linernotes\n"
        "create_backup_before_migrations: no\ntimeout: 0.2\n"
        "import:\n  copy: yes\n  autotag: no\n  quiet: yes\n"
        f"linernotes:\n  library: {folder / 'heard'}\n{lines}",
        encoding="utf-8",
    )

    def beet(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "beets", *arguments],
            capture_output=True, text=True, timeout=LONG, check=False,
            env={**os.environ, "BEETSDIR": str(folder), "PYTHONUTF8": "1"},
        )  # fmt: skip

    return beet


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of beets with a hundred tracks, which linernotes knows."""
    folder: Path = tmp_path_factory.mktemp("beets")
    paths = write_tracks(folder / "new", TRACKS)
    keep(folder / "heard", paths)
    done = beet_in(folder)("import", str(folder / "new"))
    assert done.returncode == 0, done.stderr
    return folder


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_what_is_imported_has_fields_to_ask_for(kept: Path) -> None:
    beet = beet_in(kept)
    heard = heard_tracks(linernotes.Library(kept / "heard").collection())
    assert len(heard) == TRACKS
    form = "$title\t$heard_genre\t$genre_certainty\t$energy\t$voice"
    told = {row.split("\t")[0]: row.split("\t")[1:] for row in lines(beet("ls", "-f", form))}
    for track in heard:
        genre, certainty, energy, _ = told[track.title]
        assert (genre, certainty) == (track.genre, str(track.certainty))
        assert float(energy) == pytest.approx(track.energy, abs=0.011)
    wanted = {t.title for t in heard if (t.energy or 0) >= 0.5 and t.voice == "no"}
    assert wanted
    assert set(lines(beet("ls", "-f", "$title", "energy:0.5..", "voice:no"))) == wanted


@pytest.mark.slow
def test_only_what_is_sure_and_missing_gets_into_files(kept: Path) -> None:
    heard = {t.title: t for t in heard_tracks(linernotes.Library(kept / "heard").collection())}
    seen = set()
    for path in (kept / "sorted").rglob("*.flac"):
        tags = FLAC(path)
        track = heard[tags["title"][0]]
        own = "Polka" if int(track.title.split()[1]) % 3 == 0 else None
        sure = track.sure_genre.title() if track.sure_genre else None
        assert tags.get("genre", [None])[0] == (own or sure)
        bpm = int(tags.get("bpm", ["0"])[0])
        assert bpm == (round(track.sure_tempo) if track.sure_tempo else 0)
        assert bool(tags.get("initialkey")) == (track.sure_key is not None)
        seen.add((bool(own), bool(sure), bool(bpm)))
    assert len(seen) == 8


@pytest.mark.slow
def test_similar_tracks_of_beets_and_a_playlist(kept: Path) -> None:
    beet = beet_in(kept)
    playlist = kept / "like.m3u8"
    found = lines(beet("similar", "artist:Artist 1", "-n", "5", "--playlist", str(playlist)))
    assert len(found) == 5
    assert not any(line.startswith("Artist 1 ") for line in found)
    named = [line for line in playlist.read_text("utf-8").splitlines() if line[0] != "#"]
    assert len(named) == 5
    assert all((kept / name).is_file() for name in named)
    worded = lines(beet("similar", "--words", "mellow piano", "-n", "3"))
    assert len(worded) == 3
    done = beet("similar", "title:nothing like this")
    assert done.returncode == 1
    assert done.stderr.startswith("error: no track of the library")


@pytest.mark.slow
def test_nothing_is_written_where_beets_may_not(tmp_path: Path) -> None:
    paths = write_tracks(tmp_path / "new", 4)
    keep(tmp_path / "heard", paths)
    beet = beet_in(tmp_path, auto="no")
    lines(beet("import", "-W", str(tmp_path / "new")))
    assert not any(lines(beet("ls", "energy::.")))  # auto is off
    before = {path: path.read_bytes() for path in (tmp_path / "sorted").rglob("*.flac")}
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("copy: yes", "copy: yes\n  write: no"))
    lines(beet("linernotes", "--overwrite"))
    assert len(lines(beet("ls", "genre_certainty::."))) == 4
    assert before == {path: path.read_bytes() for path in (tmp_path / "sorted").rglob("*.flac")}
    assert all(path.read_bytes() for path in paths)


@pytest.mark.slow
def test_new_music_is_listened_to_once(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    soundfile.write(tmp_path / "new" / "song.flac", make_song(duration=3), 44100)
    (tmp_path / "new" / "broken.flac").write_bytes(b"fLaC" + bytes(100))
    beet = beet_in(tmp_path)
    lines(beet("import", str(tmp_path / "new")))
    assert len(lines(beet("ls", "-f", "$genre_certainty", "genre_certainty::."))) == 1
    table = linernotes.Library(tmp_path / "heard").to_arrow()
    assert table.num_rows == 1
    shutil.rmtree(tmp_path / "new")
    first = analysed_at(linernotes.Library(tmp_path / "heard"))
    lines(beet("linernotes"))
    assert analysed_at(linernotes.Library(tmp_path / "heard")) == first


@pytest.mark.slow
def test_databases_that_cannot_be_used_are_told(kept: Path, tmp_path: Path) -> None:
    beet = beet_in(kept)
    before = (kept / "beets.db").read_bytes()
    holder = sqlite3.connect(kept / "beets.db")
    try:
        holder.execute("begin exclusive")
        done = beet("linernotes", "title:5")
    finally:
        holder.rollback()
        holder.close()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "locked" in done.stderr
    assert (kept / "beets.db").read_bytes() == before
    other = beet_in(tmp_path)
    database = tmp_path / "beets.db"
    database.write_bytes(b"SQLite format 3\0" + bytes(200))
    done = other("linernotes")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "beets.db" in done.stderr
    # Of another version than any that beets knows.
    database.unlink()
    with closing(sqlite3.connect(database)) as odd:
        odd.execute("create table items (id integer primary key, title text)")
        odd.execute("create table item_attributes (id integer primary key, thing text)")
        odd.commit()
    done = other("linernotes")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "beets.db" in done.stderr


@pytest.mark.slow
def test_a_library_of_linernotes_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    paths = write_tracks(tmp_path / "new", 2)
    (tmp_path / "heard").write_text("this is no folder")
    beet = beet_in(tmp_path)
    done = beet("import", str(tmp_path / "new"))
    assert done.returncode == 0  # the import went well
    assert "beet linernotes tries again" in done.stderr
    done = beet("linernotes")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.startswith("error: linernotes: ")
    assert all(path.is_file() for path in paths)
