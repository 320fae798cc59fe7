"""``linernotes train``, ``evaluate`` and ``recipes``, as people call them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from support import linernotes

from linernotes.cli import main
from linernotes.learning import load_model

COLUMNS = (
    "danceability energy key mode loudness speechiness acousticness instrumentalness liveness "
    "valence tempo"
).split()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of Spotify's audio features: three genres of six artists with four tracks each."""
    rng = np.random.default_rng(0)
    path: Path = tmp_path_factory.mktemp("table") / "tracks.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerow
        write(["track_id", "genre", "artist", *COLUMNS])
        for i in range(72):
            genre, artist = i % 3, i // 12
            shares = np.clip(rng.normal(0.25 + 0.25 * genre, 0.08, 7), 0, 1).round(3)
            values = dict(zip([c for c in COLUMNS if c not in ("key", "mode", "loudness", "tempo")],
                              shares, strict=True))  # fmt: skip
            values |= {"key": rng.integers(12), "mode": rng.integers(2),
                       "loudness": round(rng.normal(-9, 2), 2),
                       "tempo": round(rng.normal(120, 20), 1)}  # fmt: skip
            name = ("rock", "jazz", "drum & bass <i>")[genre]
            write([f"id{i}", name, f"{name} artist {artist}", *(values[c] for c in COLUMNS)])
    return path


@pytest.fixture(scope="module")
def model(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("models") / "styles"
    run = linernotes("train", table, "--label", "genre", "--recipe", "spotify-svc", "-o", path)
    assert run.returncode == 0, run.stderr
    assert "no artist or album on both sides, 5 folds" in run.stdout
    assert "spotify-svc trained on 72 tracks" in run.stderr
    return path.with_suffix(".linernotes")


@pytest.mark.slow
def test_a_model_carries_what_it_was_measured_to_be_worth(model: Path) -> None:
    made = load_model(model)
    assert (made.name, made.label) == ("styles", "genre")
    assert made.classes == ("drum & bass <i>", "jazz", "rock")
    (scores,) = made.card.scores
    assert scores.on == "no artist or album on both sides, 5 folds"
    assert scores.accuracy > 0.8
    assert scores.cases == 72
    assert "no artist or album on both sides" in linernotes("models", "show", model).stdout


@pytest.mark.slow
def test_a_recipe_in_place_of_a_model(table: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    run = linernotes(
        "evaluate", "spotify-svc", table, "--label", "genre", "--group", "artist", "--json",
        "--report", report,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["groups"] == ["artist"]
    assert found["split"] == "grouped"
    assert found["beside"]["split"] == "random"
    assert found["n_test"] == 72
    assert len(found["confusion"]) == 3
    page = report.read_text(encoding="utf-8")
    assert "drum &amp; bass &lt;i&gt;" in page
    assert "Would more tracks help?" in page


def test_a_finished_model(model: Path, table: Path) -> None:
    run = linernotes("evaluate", model, table, "--label", "genre", "--json")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["finished_model"]
    assert (found["split"], found["n_train"], found["n_test"]) == ("all", 72, 72)
    assert any("72 of 72 tracks tested are among" in warning for warning in found["warnings"])


@pytest.mark.slow
def test_same_command_same_numbers_and_same_bytes(table: Path, model: Path, tmp_path: Path) -> None:
    again = tmp_path / "styles.linernotes"
    run = linernotes("train", table, "--label", "genre", "--recipe", "spotify-svc", "-o", again)
    assert run.returncode == 0, run.stderr
    assert again.read_bytes() == model.read_bytes()


def test_a_random_split_is_stamped(table: Path) -> None:
    options = ("--label", "genre", "--split", "random", "--no-beside")
    text = linernotes("evaluate", "spotify-svc", table, *options).stdout
    assert "random split: artists may be on both sides" in text
    assert text.count("[random split]") >= 3


@pytest.mark.slow
def test_recipes() -> None:
    known = [json.loads(line) for line in linernotes("recipes", "--json").stdout.splitlines()]
    names = [recipe["name"] for recipe in known]
    assert {"default", "producer", "few", "producer-knn", "style-all"} <= set(names)
    assert all({"name", "features", "model", "reproduces"} <= set(recipe) for recipe in known)
    text = linernotes("recipes").stdout
    assert all(name in text for name in names)


@pytest.mark.slow
def test_all_recipes_that_cannot_hear_a_table_are_listed(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    run = linernotes("train", table, "--label", "genre", "--recipe", "all", "-o", folder)
    assert run.returncode == 1, run.stderr
    lines = run.stdout.splitlines()
    assert any(line.startswith("spotify-svc ") and "kiB" in line for line in lines)
    failed = lines[lines.index("not evaluated:") + 1 :]
    assert any(line.startswith("  fma-logreg: ") for line in failed)
    assert [path.name for path in folder.iterdir()] == ["spotify-svc.linernotes"]
    (scores,) = load_model(folder / "spotify-svc.linernotes").card.scores
    assert scores.cases == 72


@pytest.mark.slow
def test_what_cannot_be_tested_is_trained_all_the_same(table: Path, tmp_path: Path) -> None:
    rows = list(csv.reader(table.read_text(encoding="utf-8").splitlines()))
    alone = tmp_path / "no artists.csv"
    with alone.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[row[0], row[1], *row[3:]] for row in rows])
    model = tmp_path / "m.linernotes"
    options = ("--label", "genre", "--recipe", "spotify-svc")
    run = linernotes("train", alone, *options, "-o", model)
    assert run.returncode == 0, run.stderr
    assert "not tested" in run.stderr
    assert load_model(model).card.scores == ()
    run = linernotes("evaluate", "spotify-svc", alone, "--label", "genre")
    assert run.returncode == 2
    assert "artist" in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "TABLE"), "-o NAME.linernotes"),
        (("train", "TABLE", "-o", "absent/m.linernotes"), "no folder absent"),
        (("train", "TABLE", "-o", "m.linernotes", "--recipe", "nonesuch"), "no recipe 'nonesuch'"),
        (("train", "absent.csv", "-o", "m.linernotes"), "absent.csv"),
        (("train", "TABLE", "--label", "colour", "-o", "m.linernotes"), "colour"),
        (("evaluate", "nonesuch", "TABLE"), "There is no recipe, no model and no file 'nonesuch'"),
        (("evaluate", "spotify-svc", "TABLE", "--report", "page.pdf"), "reports are written as"),
        (("evaluate", "spotify-svc", "TABLE", "--split", "official"), "no official split"),
        (("evaluate", "spotify-svc", "TABLE", "--group", "label"), "--group is artist"),
        (("evaluate", "all", "TABLE", "--report", "page.html"), "one recipe or model"),
        (("train", "TABLE", "--recipe", "all", "--no-test"), "about one recipe"),
    ],
)
def test_wrong_usage_is_one_sentence(
    table: Path,
    arguments: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    named = [str(table) if argument == "TABLE" else argument for argument in arguments]
    if "--recipe" not in named and named[0] == "train" and said != "-o NAME.linernotes":
        named += ["--recipe", "spotify-svc"]
    monkeypatch.setattr("sys.argv", ["linernotes", *named])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in " ".join(printed.err.replace("│", " ").split())
