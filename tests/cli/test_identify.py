"""``linernotes identify`` as people and programs call it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from support import LONG, encode, heeding_ctrl_c, linernotes, make_song, write_companions

NOBODY = 65534


def objects(run: subprocess.CompletedProcess[str]) -> dict[str, dict]:
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    return {Path(row["file"]).name: row for row in rows}


@pytest.fixture(scope="module")
def bad_folder(
    tmp_path_factory: pytest.TempPathFactory, song_files: dict[str, Path], song: NDArray[np.float32]
) -> Path:
    """Everything that has ever ended somebody's scan, and one good file."""
    folder = tmp_path_factory.mktemp("bad")
    shutil.copy(song_files["mp3"], folder / "good.mp3")
    (folder / "empty.mp3").touch()
    (folder / "text.mp3").write_text("la la la\n" * 999)
    write_companions(folder / "beside it")
    rng = np.random.default_rng(0)
    (folder / "random.mp3").write_bytes(rng.bytes(300_000))
    shutil.copy(Path(sys.executable).resolve(), folder / "elf.mp3")
    soundfile.write(folder / "long.mp3", np.tile(song, (4, 1)), 44100)
    soundfile.write(folder / "long.flac", np.tile(song, (4, 1)), 44100)
    mp3 = (folder / "long.mp3").read_bytes()
    flac = (folder / "long.flac").read_bytes()
    (folder / "truncated.mp3").write_bytes(mp3[: len(mp3) // 2])
    (folder / "truncated.flac").write_bytes(flac[: len(flac) // 2])
    third = len(mp3) // 3
    (folder / "hole.mp3").write_bytes(mp3[:third] + bytes(50_000) + mp3[third + 50_000 :])
    flipped = bytearray(mp3)
    for position in rng.integers(3000, len(mp3), 300):
        flipped[position] ^= 1 << int(rng.integers(8))
    (folder / "flipped.mp3").write_bytes(flipped)
    (folder / "long.mp3").unlink()
    (folder / "long.flac").unlink()
    soundfile.write(folder / "short.wav", song[:8820], 44100)
    soundfile.write(folder / "silence.wav", np.zeros((88200, 2)), 44100)
    broken = song.copy()
    broken[100_000] = np.nan
    soundfile.write(folder / "nan.wav", broken, 44100, "FLOAT")
    eight = make_song(duration=4, channels=8)
    soundfile.write(folder / "eight-channels.wav", eight, 44100)
    soundfile.write(folder / "192k.wav", make_song(duration=4, sample_rate=192_000), 192_000)
    minute = make_song(duration=60, sample_rate=8000, channels=1)
    encode(
        folder / "hour.mp3", minute, 8000, "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}
    )
    (folder / "hour.mp3").write_bytes((folder / "hour.mp3").read_bytes() * 60)
    (folder / "unreadable.mp3").write_bytes(mp3)
    (folder / "unreadable.mp3").chmod(0)
    (folder / "dangling.mp3").symlink_to(folder / "gone.mp3")
    shutil.copy(song_files["ogg"], folder / "🎵 new\nline.ogg")
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


CODES = {
    "empty.mp3": "empty",
    "text.mp3": "not-audio",
    "random.mp3": "not-audio",
    "elf.mp3": "not-audio",
    "short.wav": "too-short",
    "silence.wav": "silent",
    "dangling.mp3": "unreadable",
}
WARNED = ("truncated.mp3", "truncated.flac", "hole.mp3", "flipped.mp3", "nan.wav")
GOOD = ("good.mp3", "eight-channels.wav", "192k.wav", "hour.mp3", "🎵 new\nline.ogg")


@pytest.mark.slow
def test_one_bad_file_costs_itself_alone(bad_folder: Path) -> None:
    run = linernotes("identify", bad_folder, "--json", "--timeout", 300)
    rows = objects(run)
    expected = {*CODES, *WARNED, *GOOD, "unreadable.mp3"}
    assert set(rows) == expected
    for name, code in CODES.items():
        assert rows[name]["error"]["code"] == code, name
        assert rows[name]["error"]["message"]
        assert (rows[name]["duration"], rows[name]["tags"], rows[name]["models"]) == (None, [], [])
    for name in WARNED:
        assert rows[name]["error"] is None, name
        assert "damaged" in rows[name]["warnings"][0], name
    for name in GOOD:
        assert (rows[name]["error"], rows[name]["warnings"]) == (None, []), name
    assert rows["hour.mp3"]["duration"] == pytest.approx(3600, abs=20)
    assert len(rows["hour.mp3"]["models"][0]["timeline"]["start"]) > 1150
    if os.geteuid() != 0:  # root reads everything
        assert rows["unreadable.mp3"]["error"]["code"] == "unreadable"
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "mpg123" not in run.stderr


def test_the_json_object(song_files: dict[str, Path]) -> None:
    run = linernotes("identify", song_files["flac"], "--json")
    assert run.returncode == 0
    (line,) = run.stdout.splitlines()
    row = json.loads(line)
    assert list(row) == [
        "file", "title", "artist", "duration", "warnings", "error", "tags", "models",
    ]  # fmt: skip
    assert row["file"] == str(song_files["flac"])
    assert row["duration"] == pytest.approx(8.0)
    probabilities = [tag["probability"] for tag in row["tags"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= p <= 1 for p in probabilities)
    model, mood = row["models"]
    assert {"model", "classes", "timeline", "rejected"} <= set(model)
    assert model["model"] == "genre"
    assert sum(c["probability"] for c in model["classes"]) == pytest.approx(1, abs=1e-3)
    timeline = model["timeline"]
    assert len(timeline["start"]) == len(timeline["end"]) == len(timeline["probabilities"])
    assert timeline["start"][0] == 0
    assert timeline["end"][-1] == pytest.approx(8.0, abs=0.1)
    assert {len(row) for row in timeline["probabilities"]} == {len(timeline["classes"])}
    assert list(mood) == ["model", "targets", "timeline", "word", "licence"]
    assert mood["licence"] is None
    assert [target["name"] for target in mood["targets"]] == ["energy", "valence"]
    assert all(0 <= target["value"] <= 1 for target in mood["targets"])
    assert mood["word"] in {"happy", "tense", "sad", "calm", "not sure", "none of these"}
    assert len(mood["timeline"]["values"]) == len(timeline["start"])


@pytest.mark.slow
def test_same_file_same_numbers(song_files: dict[str, Path]) -> None:
    files = [song_files[name] for name in ("mp3", "m4a", "ogg")]
    alone = [linernotes("identify", file, "--json").stdout for file in files]
    together = linernotes("identify", *files, "--json").stdout
    assert together == "".join(alone)


def test_what_a_person_reads(song_files: dict[str, Path]) -> None:
    run = linernotes("identify", song_files["mp3"], COLUMNS="100", TERM="dumb")
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert lines[0].split() == ["song.mp3", "0:08"]
    assert lines[1].strip().startswith("genre")
    assert "█" in lines[1]
    assert lines[1].endswith("%") or "not sure" in lines[1]
    assert any(line.strip().startswith("tags") for line in lines)
    assert any("0:00" in line for line in lines)
    assert max(map(len, lines[:-3])) <= 100


def test_names_cannot_command_the_terminal(tmp_path: Path, song_files: dict[str, Path]) -> None:
    name = tmp_path / "\x1b[31mred\n[bold]\r.mp3"
    shutil.copy(song_files["mp3"], name)
    (tmp_path / "\x1b]0;title\x07.mp3").touch()
    run = linernotes("identify", tmp_path)
    assert run.returncode == 1
    assert "\x1b" not in run.stdout
    assert "\x07" not in run.stdout
    assert r"\x1b[31mred\n[bold]\r.mp3" in run.stdout


def test_nothing_could_be_done_is_3(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    run = linernotes("identify", tmp_path / "empty.mp3", tmp_path / "absent.mp3")
    assert run.returncode == 3
    assert "empty: the file is empty" in run.stdout
    assert "unreadable: there is no such file" in run.stdout
    (tmp_path / "folder").mkdir()
    assert linernotes("identify", tmp_path / "folder").returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["identify"],
        ["identify", "song.mp3", "--window", "0"],
        ["identify", "song.mp3", "--model", "nonesuch"],
        ["identify", "song.mp3", "--report", "/nonesuch/report.html"],
        ["nonesuch"],
    ],
)
def test_wrong_usage_is_2_without_a_traceback(arguments: list[str]) -> None:
    run = linernotes(*arguments)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert run.stderr


def test_report_is_one_page_about_all_of_it(tmp_path: Path, song_files: dict[str, Path]) -> None:
    (tmp_path / "empty.mp3").touch()
    report = tmp_path / "report.html"
    run = linernotes("identify", song_files["mp3"], tmp_path / "empty.mp3", "--report", report)
    assert run.returncode == 1
    page = report.read_text(encoding="utf-8")
    assert "song" in page
    assert "empty" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_options_reach_the_networks(song_files: dict[str, Path]) -> None:
    run = linernotes(
        "identify", song_files["wav"], "--json", "--hop", 1, "--start", 1, "--duration", 5
    )
    row = json.loads(run.stdout)
    assert row["duration"] == 5
    starts = row["models"][0]["timeline"]["start"]
    assert np.diff(starts) == pytest.approx(1.0, abs=0.02)
    # Times count from the track's own beginning.
    assert starts[0] == 1
    assert row["models"][0]["timeline"]["end"][-1] == pytest.approx(6, abs=0.05)


def test_a_reader_that_stops_reading_is_no_error(song_files: dict[str, Path]) -> None:
    command = [sys.executable, "-m", "linernotes", "identify", "--json"]
    with subprocess.Popen(
        [*command, *[str(song_files["mp3"])] * 8], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        errors = run.stderr.read()
        run.wait(timeout=LONG)
    assert b"Traceback" not in errors
    assert b"Exception" not in errors


def test_interrupting_stops_everything_at_once(song_files: dict[str, Path]) -> None:
    command = [sys.executable, "-m", "linernotes", "identify", "--json"]
    with heeding_ctrl_c():
        run = subprocess.Popen(
            [*command, *[str(song_files["mp3"])] * 500], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    assert run.stdout is not None
    run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)
    printed, errors = run.communicate(timeout=LONG)
    assert printed.count(b"\n") < 400  # it would go on with the others otherwise
    assert run.returncode not in (0, None)
    assert b"Traceback" not in errors


@pytest.mark.slow
def test_sensible_tags_for_real_music(shared: Path) -> None:
    folder = shared / "music" / "examples"
    run = linernotes("identify", *sorted(folder.glob("*.ogg")), "--json")
    assert run.returncode == 0
    rows = objects(run)
    expected = {
        "Tchaikovsky": "classical",
        "Hungarian": "classical",
        "ragtime": "piano",
        "trumpet": "jazz",
        "Fishin": "female voice",
    }
    for part, tag in expected.items():
        (row,) = (row for name, row in rows.items() if part in name)
        assert tag in [tag["name"] for tag in row["tags"][:5]]
