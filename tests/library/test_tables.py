"""Tables are made once, grow by whole commits, and are compacted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pyarrow as pa
import pytest

from linernotes.library.errors import LibraryDamagedError
from linernotes.library.store_errors import reading
from linernotes.library.tables import Tables

ROWS = pa.table({"key": list(range(5000))})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A place with a table."""
    Tables(str(tmp_path / "library")).add("one", ROWS)
    return tmp_path / "library"


def test_what_is_there_and_what_is_damaged(place: Path) -> None:
    tables = Tables(str(place))
    (place / "scan.lock").touch()
    (place / "begun.lance" / "_versions").mkdir(parents=True)
    (place / "begun.lance" / "_versions" / ".tmp").touch()
    (place / "empty.lance").mkdir()
    assert tables.names() == ["begun", "empty", "one"]
    assert tables.open("begun") is tables.open("empty") is tables.open("two") is None
    for path in (place / "one.lance" / "_versions").iterdir():
        path.write_bytes(b"")
    with pytest.raises(LibraryDamagedError), reading(str(place)):
        Tables(str(place)).open("one")
    tables.add("begun", ROWS)
    begun = tables.open("begun")
    assert begun is not None
    assert begun.count_rows() == 5000
    tables.drop("begun")
    assert tables.names() == ["empty", "one"]


def test_many_that_make_a_table_at_once(tmp_path: Path) -> None:
    """Lance lets one make it; the others add to it."""
    place, barrier = str(tmp_path / "library"), Barrier(4)

    def add(_: int) -> None:
        tables = Tables(place)
        assert tables.open("one") is None
        barrier.wait()
        tables.add("one", ROWS)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    table = Tables(place).open("one")
    assert table is not None
    assert table.count_rows() == 20_000


def test_pieces_are_put_together_and_old_versions_go(place: Path) -> None:
    tables = Tables(str(place))
    for _ in range(9):
        tables.add("one", ROWS)
    tables.delete("one", "key < 10")
    table = tables.open("one")
    assert table is not None
    assert len(table.get_fragments()) == 10
    tables.compact("one", keep=timedelta(hours=1))
    assert len(table.get_fragments()) == 1
    assert len(table.versions()) > 10  # another process may be reading them
    assert table.count_rows() == 10 * (5000 - 10)
    tables.compact("one", keep=timedelta(0))
    assert len(table.versions()) == 1
    assert len(list((place / "one.lance" / "data").iterdir())) == 1


def test_rows_take_the_place_of_those_with_their_key(tmp_path: Path) -> None:
    tables = Tables(str(tmp_path / "library"))
    tables.merge("one", "key", pa.table({"key": [b"\xff", b"a"], "value": [1, 2]}))
    tables.merge("one", "key", pa.table({"key": [b"a", b"b"], "value": [3, 4]}))
    table = tables.open("one")
    assert table is not None
    rows = sorted(table.to_table().to_pylist(), key=lambda row: row["key"])
    assert [(row["key"], row["value"]) for row in rows] == [(b"a", 3), (b"b", 4), (b"\xff", 1)]
    assert len(table.versions()) == 2


@pytest.mark.parametrize("name", ["a b", "50%20", "a#b?c", "Größe", "a[1]*"])
def test_folders_of_any_name(name: str, tmp_path: Path) -> None:
    tables = Tables(str(tmp_path / name))
    tables.add("one", ROWS)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert Tables(str(tmp_path / name)).names() == ["one"]
    assert Tables(str(tmp_path / name)).open("one") is not None
