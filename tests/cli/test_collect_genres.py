"""``linernotes collect genres``, the collections and imports, as people call them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from collect.servers.archives import ArchiveServer, small_fma, small_gtzan
from collect.servers.base import hang
from collect.servers.deezer_lists import DeezerLists
from collect.servers.spotify import KEY, SECRET, TOKEN, SpotifyServer
from support import LONG, heeding_ctrl_c, linernotes, wait_until


@pytest.fixture(scope="session")
def audio() -> bytes:
    file = io.BytesIO()
    noise = 0.1 * np.random.default_rng(0).standard_normal((44100, 2))
    soundfile.write(file, noise, 44100, format="MP3")
    return file.getvalue()


@pytest.fixture
def deezer(audio: bytes) -> Iterator[DeezerLists]:
    with DeezerLists(audio) as server:
        yield server


def config(folder: Path, **urls: str) -> dict[str, str]:
    """Write settings, and return the environment that names them."""
    services = "".join(
        f'[services.{name}]\nurl = "{url}"\nrequests = 100000\n' for name, url in urls.items()
    )
    path = folder / "config.toml"
    path.write_text(
        f'contact = "test@example.org"\ncache = "{folder / "cache"}"\n'
        f"[manners]\nbackoff = 0.01\nretries = 2\n{services}"
    )
    return {"LINERNOTES_CONFIG": str(path)}


def test_genres_from_deezer(deezer: DeezerLists, tmp_path: Path) -> None:
    environment = config(tmp_path, deezer=deezer.url)
    asked = ("collect", "genres", "Jazz", "hip hop", "-o", tmp_path / "out", "--per-genre", 4)
    plan = linernotes(*asked, "--dry-run", "--json", **environment)
    assert json.loads(plan.stdout)["requests"] > 20
    assert not deezer.asked
    done = linernotes(*asked, "--json", **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tracks"] == {"Jazz": 4, "hip hop": 4}
    assert "8 tracks in" in done.stderr
    assert len(list((tmp_path / "out").rglob("*.mp3"))) == 8
    count = len(deezer.asked)
    again = linernotes(*asked, "--offline", **environment)
    assert again.returncode == 0, again.stderr
    assert "0 requests sent" in again.stderr
    assert len(deezer.asked) == count


@pytest.mark.slow
def test_what_cannot_be_is_one_sentence(deezer: DeezerLists, tmp_path: Path) -> None:
    environment = config(tmp_path, deezer=deezer.url)
    out = ("-o", tmp_path / "out")
    for arguments, told in (
        (("jazz", "--service", "itunes"), "--accept-itunes-terms"),
        (("jazz", "--service", "napster"), "deezer, jamendo, itunes, spotify"),
        (("jazz", "--service", "jamendo"), "LINERNOTES_JAMENDO_CLIENT_ID"),
        (("jazz", "--service", "spotify"), "LINERNOTES_SPOTIFY_CLIENT_ID"),
        (("x=",), "names no class"),
    ):
        done = linernotes("collect", "genres", *arguments, *out, **environment)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
        assert "Traceback" not in done.stderr
    assert not deezer.asked


def test_spotify_tells_why_and_what_instead(tmp_path: Path) -> None:
    with SpotifyServer(old=False) as server:
        environment = config(tmp_path, spotify=f"{server.url}/v1")
        path = Path(environment["LINERNOTES_CONFIG"])
        accounts = f'[services.spotify-accounts]\nurl = "{server.url}"\n'
        path.write_text(path.read_text() + accounts)
        done = linernotes(
            "--debug", "collect", "genres", "soul", "-o", tmp_path / "out", "--service", "spotify",
            LINERNOTES_SPOTIFY_CLIENT_ID=KEY, LINERNOTES_SPOTIFY_CLIENT_SECRET=SECRET,
            **environment,
        )  # fmt: skip
        assert done.returncode == 3
        assert "27 November 2024" in done.stderr
        assert "--deezer-previews" in done.stderr
        assert SECRET not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert (tmp_path / "out" / "spotify.csv").exists()


def test_ctrl_c_keeps_what_came(deezer: DeezerLists, tmp_path: Path) -> None:
    environment = config(tmp_path, deezer=deezer.url)
    deezer.fault("/preview/129300", hang(), times=1)
    command = [sys.executable, "-m", "linernotes", "collect", "genres", "Jazz", "-o",
               str(tmp_path / "out"), "--per-genre", "8"]  # fmt: skip
    with heeding_ctrl_c():
        running = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
    wait_until(lambda: "/preview/129300.mp3" in deezer.paths() or running.poll() is not None)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=LONG)
    assert running.returncode == 130
    assert "run the same command to go on" in told
    before = set(deezer.paths())
    done = linernotes(*command[3:], **environment)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").rglob("*.mp3"))) == 8
    repeated = [path for path in set(deezer.paths()) & before if deezer.paths().count(path) > 1]
    assert set(repeated) <= {"/preview/129300.mp3", "/track/129300"} | {
        path for path in repeated if path.startswith("/track/")
    }


def test_two_runs_at_once_share_the_work(deezer: DeezerLists, tmp_path: Path) -> None:
    environment = config(tmp_path, deezer=deezer.url)
    command = [sys.executable, "-m", "linernotes", "collect", "genres", "Jazz", "-o",
               str(tmp_path / "out"), "--per-genre", "6"]  # fmt: skip
    running = [
        subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=LONG)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    previews = [path for path in deezer.paths() if path.startswith("/preview/")]
    assert len(previews) == len(set(previews)) == 6
    assert any("0 requests sent" in text for text in told)


@pytest.mark.slow
def test_collections(tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    fma, gtzan = small_fma(published), small_gtzan(published)
    checksums = [
        option
        for archive in (*fma.archives, *gtzan.archives)
        for option in ("--checksum", f"{archive.name}={archive.checksum}")
    ]
    with ArchiveServer(published) as server:
        environment = config(tmp_path)
        place = ("-o", tmp_path / "fma", "--from", server.url)
        refused = linernotes("collect", "fma-small", *place, **environment)
        assert refused.returncode == 3
        assert "not the file that was published" in refused.stderr
        done = linernotes("collect", "fma-small", *place, *checksums[:4], "--json", **environment)
        assert done.returncode == 1  # of 8000 tracks, 4 are there
        assert json.loads(done.stdout)["tracks"] == 4
        assert "098565" in done.stderr
        assert f"linernotes train fma:{tmp_path / 'fma'}" in done.stderr
    done = linernotes("collect", "gtzan", "-o", tmp_path / "gtzan", "--from", published,
                      *checksums[4:], **environment)  # fmt: skip
    assert (tmp_path / "gtzan" / "genres" / "jazz").is_dir(), done.stderr
    plan = linernotes("collect", "fma-medium", "-o", tmp_path / "m", "--dry-run", "--json")
    assert [each["archive"] for each in json.loads(plan.stdout)["archives"]] == [
        "fma_metadata.zip", "fma_medium.zip",
    ]  # fmt: skip
    nowhere = linernotes("collect", "gtzan", "-o", tmp_path / "n", **environment)
    assert nowhere.returncode == 2
    assert "--from" in nowhere.stderr


def test_imports(tmp_path: Path) -> None:
    person = {"id": "mbid-1", "name": "Brian Eno", "sort-name": "Eno, Brian"}
    recording = {
        "id": "r1", "title": "Song", "length": 1000, "isrcs": [],
        "artist-credit": [{"name": "Æther", "joinphrase": "", "artist": person}],
        "relations": [{"type": "producer", "attributes": [], "artist": person}],
    }  # fmt: skip
    dump = tmp_path / "recording"
    dump.write_text(json.dumps(recording) + "\n")
    done = linernotes("collect", "import", "musicbrainz", dump, "-o", tmp_path / "credits.csv",
                      "--producer", "Brian Eno", "--producer", "Nobody", "--json")  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["credits"] == 1
    assert "Nobody: no credits" in done.stderr
    assert "Brian Eno" in (tmp_path / "credits.csv").read_text()

    names = ("danceability energy key loudness mode speechiness acousticness instrumentalness "
             "liveness valence tempo").split()  # fmt: skip
    table = tmp_path / "Rock.csv"
    table.write_text(f"id,{','.join(names)}\n1,.5,.5,5,-7,1,.1,.1,.1,.1,.5,120\n")
    done = linernotes("collect", "import", "spotify", table, "-o", tmp_path / "all.csv")
    assert done.returncode == 0, done.stderr
    assert "labels: Rock 1" in done.stderr
    nowhere = linernotes("collect", "import", "spotify", table, "-o", dump / "all.csv")
    assert nowhere.returncode == 3
    assert nowhere.stderr == f"linernotes: {dump}: File exists\n"
    wrong = linernotes("collect", "import", "spotify", dump, "-o", tmp_path / "all.csv")
    assert wrong.returncode == 2
    assert "no column" in wrong.stderr
