"""``linernotes features``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet
from support import linernotes

from linernotes.features import SETS, names


@pytest.mark.slow
def test_a_table_of_a_folder_with_an_odd_file(song_files: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    for name in ("mp3", "ogg"):
        (folder / song_files[name].name).write_bytes(song_files[name].read_bytes())
    (folder / "empty.mp3").touch()
    run = linernotes("features", folder, "--set", "fma", "-o", tmp_path / "out.csv")
    assert run.returncode == 1
    assert "empty.mp3: empty: " in run.stderr
    assert "2 of 3 files" in run.stderr
    assert "Traceback" not in run.stderr
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [Path(row["file"]).name for row in rows] == ["song.mp3", "song.ogg"]
    assert list(rows[0]) == ["file", *names("fma")]
    assert not (tmp_path / "out.csv.part").exists()


def test_parquet(song_files: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    run = linernotes("features", song_files["wav"], "--set", "fma", "--set", "extracted", "-o", out)
    assert run.returncode == 0, run.stderr
    assert parquet.read_table(out).num_columns == 1 + 518 + 56


@pytest.mark.slow
def test_standard_output_is_csv_or_json(song_files: dict[str, Path]) -> None:
    run = linernotes("features", song_files["wav"], "--set", "extracted")
    (row,) = csv.DictReader(io.StringIO(run.stdout))
    run = linernotes("features", song_files["wav"], "--set", "extracted", "--json")
    result = json.loads(run.stdout)
    assert result["error"] is None
    values = result["features"]["extracted"]
    assert list(values) == list(names("extracted"))
    for name, value in values.items():
        assert np.float32(row[name]) == np.float32(value)


@pytest.mark.slow
def test_the_data_dictionary(song_files: dict[str, Path]) -> None:
    run = linernotes("features", "--list", "--json")
    listed = {entry["name"]: entry for entry in json.loads(run.stdout)}
    assert list(listed) == list(SETS)
    for name, entry in listed.items():
        assert [column["name"] for column in entry["columns"]] == list(names(name))
        assert all(set(column) == {"name", "type", "unit", "description"} and all(column.values())
                   for column in entry["columns"])  # fmt: skip
    run = linernotes("features", "--list", "--set", "fma")
    assert "chroma_cens_mean_01 to 12" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--set", "nonsense", "x.mp3"], "nonsense"),
        ([], "--list"),
        (["x.mp3", "-o", "out.txt"], ".parquet"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], word: str) -> None:
    run = linernotes("features", *arguments)
    assert run.returncode == 2
    assert word in run.stderr
    assert "Traceback" not in run.stderr
