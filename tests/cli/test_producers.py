"""From names of producers to a model that tells them apart, with the commands that people type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from collect.servers.services import serving
from collect.servers.world import Album, Job, Person, Song, World
from support import linernotes

NAMES = ("Brian Eno", "Sylvia Massy", "King Tubby")
# Of a few small sums, more threads make longer work.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def world() -> World:
    """Each producer with an album of two songs by each of four artists, all in his own chord."""
    people = [Person(name) for name in NAMES]
    albums = [
        Album(
            f"Album {which}{artist}", f"Artist {which}{artist}", 1980 + artist,
            [
                Song(f"Song {number}", f"Artist {which}{artist}", number, jobs=(Job(person),))
                for number in (12 * (2 * artist + place) + 4 * which + 1 for place in range(2))
            ],
        )
        for which, person in enumerate(people) for artist in range(4)
    ]  # fmt: skip
    return World(people, albums)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("producers")
    with serving(world()) as services:
        settings = services.write_settings(place / "config.toml", place / "cache")
        done = linernotes(
            "collect", "producers", *NAMES, "--per-producer", 8, "--per-album", 2, "-o",
            place / "set", LINERNOTES_CONFIG=str(settings),
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"24 tracks in {place / 'set' / 'tracks.csv'}" in done.stderr
    assert f"next: linernotes train {place / 'set'} --label producer" in done.stderr
    return place / "set"


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    """What ``linernotes train`` makes of the folder as it is."""
    path = folder.with_name("x.linernotes")
    done = linernotes("train", folder, "--label", "producer", "--group", "artist,album",
                      "--folds", 2, "-o", path, **ONE_THREAD)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "producer, 3 classes" in done.stdout
    assert "no artist or album on both sides, 2 folds; 24 tracks tested" in done.stdout
    return path


@pytest.mark.slow
def test_the_model_tells_producers_apart(folder: Path, model: Path) -> None:
    songs = [next((folder / name).glob("*.mp3")) for name in NAMES]
    done = linernotes("identify", "--model", model, "--json", *songs, **ONE_THREAD)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line)["models"][0] for line in done.stdout.splitlines()]
    assert [one["model"] for one in told] == ["x"] * 3
    assert [one["classes"][0]["name"] for one in told] == list(NAMES)


@pytest.mark.slow
def test_a_recipe_is_judged_on_artists_that_it_did_not_hear(folder: Path) -> None:
    done = linernotes("evaluate", "default", folder, "--label", "producer", "--folds", 2,
                      "--no-beside", "--json", **ONE_THREAD)  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["stamp"] == "no artist or album on both sides, 2 folds"
    assert (result["n_test"], result["left_out"]) == (24, [])
    assert result["accuracy"] > 0.9
    assert not any("on both sides" in leak for leak in result["leaks"])
