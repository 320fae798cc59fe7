"""``linernotes collect producers``, whole: killed, run twice at once, and learnt from."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from collect.servers.base import status
from collect.servers.services import Services, serving
from collect.servers.world import big_world
from support import LONG, heeding_ctrl_c, linernotes, wait_until

from linernotes.cli.collect_producers import collect_producers
from linernotes.collect.http import SettingsError
from linernotes.collect.producer_rules import Rules
from linernotes.errors import SourceError
from linernotes.evaluation.splits import split_once
from linernotes.learning.data import load_data

OPTIONS = ["--per-producer", "20", "--per-artist", "4", "--per-album", "4"]


@dataclass(frozen=True)
class Whole:
    """A run that nothing disturbed, and how many requests it took."""

    services: Services
    folder: Path
    settings: Path
    requests: int

    @property
    def names(self) -> list[str]:
        return [person.name for person in self.services.world.people]

    def command(self, folder: Path, names: Sequence[str] = ()) -> list[str]:
        return [sys.executable, "-m", "linernotes", "collect", "producers",
                *(names or self.names), *OPTIONS, "-o", str(folder)]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("collect")
    with serving(big_world()) as services:
        settings = services.write_settings(folder / "config.toml", folder / "cache")
        names = [person.name for person in services.world.people]
        done = collect(*names, *OPTIONS, to=folder / "whole", settings=settings)
        assert done.returncode == 0, done.stderr
        yield Whole(services, folder / "whole", settings, services.asked())


def collect(
    *arguments: object, to: Path, settings: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return linernotes(
        "collect", "producers", *arguments, "-o", to, LINERNOTES_CONFIG=str(settings),
        **environment,
    )  # fmt: skip


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.mark.slow
def test_a_folder_that_can_be_learnt_from(whole: Whole) -> None:
    examples = load_data(whole.folder / "tracks.csv", label="producer")
    assert set(examples.classes) == set(whole.names)
    assert len(examples) == 200
    assert not examples.left_out
    split = split_once(examples, method="grouped", group_by=("artist", "album"))
    train, test = examples.take(split.train), examples.take(split.test)
    assert set(train.classes) == set(test.classes) == set(whole.names)
    assert not set(train.artist) & set(test.artist)
    assert not set(zip(train.artist, train.album, strict=True)) & set(
        zip(test.artist, test.album, strict=True)
    )
    with (whole.folder / "tracks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    most = Counter((row["label"], row["artist"]) for row in rows).most_common(1)[0][1]
    assert most == 4
    assert {row["match"] for row in rows} == {"isrc", "search"}


def test_the_same_again_asks_for_nothing(whole: Whole, tmp_path: Path) -> None:
    before = whole.services.asked()
    done = collect(*whole.names, *OPTIONS, to=tmp_path / "a", settings=whole.settings)
    assert done.returncode == 0
    assert "200 tracks in" in done.stderr
    assert "0 requests sent" in done.stderr
    assert content_of(tmp_path / "a") == content_of(whole.folder)
    assert whole.services.asked() == before


def wait_for_requests(services: Services, process: subprocess.Popen[Any], count: int) -> None:
    """Wait until so many more were sent, or the process has ended."""
    until = services.asked() + count
    wait_until(lambda: services.asked() >= until or process.poll() is not None)


@pytest.mark.slow
def test_killed_five_times_it_ends_in_the_same_folder(whole: Whole, tmp_path: Path) -> None:
    services, chance = whole.services, random.Random(6)
    settings = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    before, folder = services.asked(), tmp_path / "broken"
    for _ in range(5):
        process = subprocess.Popen(
            whole.command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "LINERNOTES_CONFIG": str(settings)},
        )  # fmt: skip
        wait_for_requests(services, process, chance.randrange(1, whole.requests // 11))
        assert process.poll() is None, "it came to its end before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
    last = collect(*whole.names, *OPTIONS, to=folder, settings=settings)
    assert last.returncode == 0, last.stderr
    assert content_of(folder) == content_of(whole.folder)
    # What was under way when it was killed is asked for again: an address, and a preview.
    assert services.asked() - before <= whole.requests + 20


@pytest.mark.slow
def test_two_runs_at_once_share_the_work(whole: Whole, tmp_path: Path) -> None:
    services = whole.services
    settings = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    before, previews = len(services.deezer.asked), len(services.previews.asked)
    folders = [tmp_path / "one", tmp_path / "one", tmp_path / "other"]
    processes = [
        subprocess.Popen(
            whole.command(folder, whole.names[2:5]), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LINERNOTES_CONFIG": str(settings)},
        )
        for folder in folders
    ]  # fmt: skip
    said = [process.communicate(timeout=LONG)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    audio = {name: body for name, body in content_of(whole.folder).items()
             if name.endswith(".mp3") and name.split("/")[0] in whole.names[2:5]}  # fmt: skip
    for folder in folders:
        assert content_of(folder) == content_of(folders[0])
        assert audio.items() <= content_of(folder).items()
    assert any("another run is at work" in text for text in said)
    assert len(services.previews.asked) - previews == 60
    # Addresses of previews are not kept, so each of two runs may ask for one; no more than that.
    asked = [(one.path, str(one.params)) for one in services.deezer.asked[before:]]
    again = Counter(asked) - Counter(set(asked))
    assert all(path.split("/")[-1].isdigit() for path, _ in again)


def test_a_dry_run_sends_nothing(
    whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = whole.services.asked()
    settings = whole.services.write_settings(tmp_path / "config.toml", tmp_path / "empty")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(settings))
    for as_json in (False, True):
        done = collect_producers(
            whole.names, folder=tmp_path / "x", rules=Rules(), dry_run=True, as_json=as_json
        )
        assert done == (1, 0)
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "MusicBrainz", "Wikidata", "Wikipedia", "Deezer", "in",
    ]  # fmt: skip
    assert lines[-1].endswith("0 tracks are here already")
    estimate = json.loads(last)
    assert estimate["seconds"] > 60
    assert estimate["services"][3]["requests"] > 1000
    assert not (tmp_path / "x").exists()
    assert whole.services.asked() == before


def test_what_went_wrong_is_said(
    whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    rules = Rules(per_producer=20, per_artist=4, per_album=4)
    monkeypatch.setenv("LINERNOTES_CONFIG", str(whole.settings))
    done = collect_producers(
        ["Brian Eno", "Nobody"], folder=tmp_path / "a", rules=rules, as_json=True
    )
    assert done == (20, 1)
    said = capsys.readouterr()
    assert "nobody called Nobody" in said.err
    assert "0 requests sent" not in said.err
    summary = json.loads(said.out)
    assert [entry["collected"] for entry in summary["producers"]] == [20, 0]

    settings = whole.services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(settings))
    whole.services.musicbrainz.fault("/artist", status(503), times=5)
    assert collect_producers(["Brian Eno"], folder=tmp_path / "b", rules=rules) == (0, 1)
    assert "stopped: MusicBrainz: it is asked too much" in capsys.readouterr().err

    with pytest.raises(SourceError, match="cannot be made"):
        collect_producers(["Brian Eno"], folder=whole.settings, rules=rules)
    settings.write_text(settings.read_text().replace('contact = "test@example.org"', ""))
    monkeypatch.delenv("LINERNOTES_CONTACT", raising=False)
    with pytest.raises(SettingsError, match="--contact"):
        collect_producers(["Brian Eno"], folder=tmp_path / "c", rules=rules)


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C")
def test_after_ctrl_c_it_says_how_to_go_on(whole: Whole, tmp_path: Path) -> None:
    settings = whole.services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    with heeding_ctrl_c():
        process = subprocess.Popen(
            whole.command(tmp_path / "a"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "LINERNOTES_CONFIG": str(settings)},
        )  # fmt: skip
    wait_for_requests(whole.services, process, 60)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 130
    assert "run the same command to go on" in said
