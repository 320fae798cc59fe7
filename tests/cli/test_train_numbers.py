"""Labels that are numbers, from a table to a value in a terminal, a table, a filter and a tag."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from pyarrow import parquet
from support import linernotes

from linernotes.cli import main
from linernotes.learning import Regression, load_model

RATE = 22050
TRACKS = 24


def write_clip(path: Path, share: float, number: int) -> None:
    """Half a tone and half a hiss, by a share of the second."""
    random = np.random.default_rng(number)
    time = np.arange(4 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * (200 + 20 * number) * time)
    sound = (1 - share) * tone + share * random.normal(0, 0.2, len(time))
    soundfile.write(path, sound.astype(np.float32), RATE)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of eight artists with the share of hiss in them, and rows that are odd."""
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "music").mkdir()
    path: Path = folder / "tracks.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerow
        write(["path", "artist", "hiss", "pitch", "kind"])
        for number in range(TRACKS):
            share = number / (TRACKS - 1)
            name = f"music/clip {number:02}.flac"
            write_clip(folder / name, share, number)
            write([name, f"artist {number % 8}", f"{share:.3f}", 200 + 20 * number,
                   "tone" if share < 0.5 else "hiss"])  # fmt: skip
        write(["music/clip 00.flac", "artist 0", "", 1, "tone"])
    return path


@pytest.fixture(scope="module")
def home(table: Path) -> dict[str, str]:
    """Where what is heard is kept, so that every command hears a clip once."""
    return {"XDG_CACHE_HOME": str(table.parent / "cache")}


@pytest.fixture(scope="module")
def model(table: Path, home: dict[str, str]) -> Path:
    target = table.parent / "hiss.linernotes"
    report = table.parent / "hiss.html"
    run = linernotes("train", table, "--label", "hiss", "--recipe", "ridge", "--folds", 4,
                     "-o", target, "--report", report, **home)  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    assert "recipe ridge on tracks.csv: hiss from 0.00 to 1.00" in run.stdout
    assert "no artist or album on both sides, 4 folds; 24 tracks tested" in run.stdout
    assert "Spearman" in run.stdout
    assert "hiss holds numbers from 0 to 1, and was taken for a" in run.stdout
    assert "told and true" in report.read_text(encoding="utf-8")
    return target


def test_the_model_tells_the_number_and_knows_how_well(model: Path) -> None:
    made = load_model(model)
    assert isinstance(made, Regression)
    (target,) = made.targets
    assert (target.name, target.low, target.high) == ("hiss", 0, 1)
    (scores,) = made.card.scores
    assert scores.spearman > 0.8
    assert scores.error < 0.5 * scores.baseline
    listed = linernotes("models", "show", model).stdout
    assert "tells hiss from 0.00 to 1.00" in listed
    assert "Spearman" in listed


def test_a_track_is_told_its_number(table: Path, model: Path, home: dict[str, str]) -> None:
    clips = [table.parent / f"music/clip {number:02}.flac" for number in (1, 22)]
    run = linernotes("identify", *clips, "--model", model, "--model", "genre", "--json", **home)
    assert run.returncode == 0, run.stderr
    values = []
    for line in run.stdout.splitlines():
        told, classes = json.loads(line)["models"]
        (number,) = told["targets"]
        low, high = number["interval"]
        assert 0 <= low <= number["value"] <= high <= 1
        assert number["range"] == [0, 1]
        assert told["timeline"]["targets"] == ["hiss"]
        assert classes["classes"]
        values.append(number["value"])
    assert values[0] < 0.4
    assert values[1] > 0.6
    page = table.parent / "heard.html"
    shown = linernotes("identify", *clips, "--model", model, "--report", page, **home)
    assert shown.returncode == 0, shown.stderr
    assert f"{values[1]:.2f}" in shown.stdout
    assert "where each number lies in its range" in page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def library(table: Path, model: Path, home: dict[str, str]) -> Path:
    place = table.parent / "library"
    run = linernotes("scan", table.parent / "music", "--library", place, "--model", model, **home)
    assert run.returncode == 0, run.stderr
    counts = [line.split(None, 1) for line in run.stdout.splitlines() if " to " in line]
    assert [what.split()[0] for _, what in counts] == ["hiss"] * 5
    assert sum(int(count) for count, _ in counts) == TRACKS
    return place


def test_a_library_is_told_by_the_number(library: Path, model: Path, tmp_path: Path) -> None:
    run = linernotes("export", tmp_path / "all.parquet", "--library", library, "--model", model)
    assert run.returncode == 0, run.stderr
    told = parquet.read_table(tmp_path / "all.parquet")
    values = dict(zip(told["path"].to_pylist(), told["hiss"].to_pylist(), strict=True))
    assert all(isinstance(value, float) for value in values.values())
    clip = next(path for path in values if path.endswith("clip 22.flac"))
    for where, number in (("hiss>0.5", 1), ("hiss<=0.5", 0)):
        found = linernotes("similar", clip, "--library", library, "--model", model,
                           "--where", where, "-n", 50, "--json")  # fmt: skip
        paths = [json.loads(line)["path"] for line in found.stdout.splitlines()]
        assert {path for path in paths if path != clip} == {
            path for path, value in values.items() if (value > 0.5) == number and path != clip
        }


def test_what_the_model_hears_as_alike_comes_first(library: Path, model: Path) -> None:
    clip = next((library.parent / "music").glob("clip 22.flac"))
    found = linernotes("similar", clip, "--library", library, "--model", model, "-n", 5, "--json")
    numbers = [
        int(Path(json.loads(line)["path"]).stem.split()[1]) for line in found.stdout.splitlines()
    ]
    assert min(numbers) > 11


def test_a_number_goes_into_a_tag_of_our_own(
    table: Path, model: Path, home: dict[str, str], tmp_path: Path
) -> None:
    clip = tmp_path / "a.flac"
    clip.write_bytes((table.parent / "music/clip 20.flac").read_bytes())
    run = linernotes("tag", clip, "--model", model, "--write", **home,
                     XDG_DATA_HOME=str(tmp_path / "data"), XDG_STATE_HOME=str(tmp_path / "state"),
                     )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = mutagen.File(clip)
    assert 0 <= float(told["LINERNOTES_HISS"][0]) <= 1
    assert "genre" not in told


def test_a_finished_model_is_evaluated(table: Path, model: Path, home: dict[str, str]) -> None:
    run = linernotes("evaluate", model, table, "--json", **home)
    assert run.returncode in (0, 1), run.stderr
    told = json.loads(run.stdout)
    assert told["finished_model"]
    assert told["targets"][0]["target"] == "hiss"
    assert any("among those that the model has learned from" in text for text in told["warnings"])


def test_two_numbers_are_learned_together(
    table: Path, home: dict[str, str], tmp_path: Path
) -> None:
    run = linernotes("train", table, "--label", "hiss,pitch", "--recipe", "ridge", "--no-test",
                     "-o", tmp_path / "both", **home)  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    made = load_model(tmp_path / "both.linernotes")
    assert [target.name for target in made.targets] == ["hiss", "pitch"]
    assert made.label == "hiss, pitch"


def test_numbers_may_be_taken_for_classes_and_classes_not_for_numbers(
    table: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    target = str(tmp_path / "m.linernotes")
    for label, kind, said in (
        ("kind", "numbers", "kind holds no numbers but 'tone', 'hiss'"),
        ("hiss", "classes", "of 24 classes only 0 has 2 tracks"),
        ("his", "numbers", "has no column his; did you mean hiss?"),
        ("nope", "classes", "has no column nope; name one of path, artist, hiss, pitch, kind"),
    ):
        arguments = ["train", str(table), "--label", label, "--as", kind, "-o", target]
        monkeypatch.setattr("sys.argv", ["linernotes", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 2
        assert said in capsys.readouterr().err
    assert not Path(target).exists()
    monkeypatch.setattr("sys.argv", ["linernotes", "evaluate", str(model), str(table),
                                     "--as", "classes"])  # fmt: skip
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "tells hiss from 0.00 to 1.00: leave out --as" in capsys.readouterr().err
