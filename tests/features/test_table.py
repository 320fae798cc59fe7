"""Tables of features."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from linernotes.errors import TableError
from linernotes.features import Features, names
from linernotes.features.table import open_table

VALUES = np.random.default_rng(0).normal(size=56).astype(np.float32)
TRACK = Features('a, "b"\nc.mp3', 3.0, (), {"extracted": VALUES})


def test_csv_gives_every_number_back(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with open_table(path, ["extracted"]) as write:
        write(TRACK)
    with path.open(newline="") as file:
        header, row = csv.reader(file)
    assert header == ["file", *names("extracted")]
    assert row[0] == TRACK.file
    assert np.array_equal(np.array(row[1:], np.float32), VALUES)


def test_parquet_gives_every_number_back(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with open_table(path, ["extracted"]) as write:
        for _ in range(300):  # more than one group
            write(TRACK)
    table = parquet.read_table(path)
    assert table.column_names == ["file", *names("extracted")]
    assert table.num_rows == 300
    assert table["file"][0].as_py() == TRACK.file
    assert table[names("extracted")[7]][299].as_py() == VALUES[7]
    assert table.schema.metadata[b"linernotes.extracted"] == b"1"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_interruption_keeps_what_was_there_and_what_was_computed(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"out.{kind}"
    path.write_text("precious")

    def work() -> None:
        with open_table(path, ["extracted"]) as write:
            write(TRACK)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert path.read_text() == "precious"
    part = path.with_name(path.name + ".part")
    rows = parquet.read_table(part).num_rows if kind == "parquet" else part.read_text().count("0.")
    assert rows >= 1


@pytest.mark.parametrize("name", ["out.txt", "absent/out.csv", "out"])
def test_where_no_table_can_be_written_that_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError), open_table(tmp_path / name, ["extracted"]):
        pass
