"""The store keeps what it was given, and says in a sentence why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import lance
import numpy as np
import pytest
from library_support import made_up
from support import as_nobody, show_everybody

from linernotes.errors import LinernotesError
from linernotes.explore import Library
from linernotes.library.analyses import EXCERPT, FULL
from linernotes.library.errors import (
    LibraryDamagedError,
    LibraryNotFoundError,
    LibraryReadOnlyError,
    LibraryVersionError,
)
from linernotes.library.rows import FileRow, table_name
from linernotes.library.store import Store

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def filled(folder: Path) -> Store:
    """A library of two tracks in three files, and a failure."""
    store = Store(str(folder), create=True)
    rows = [
        FileRow("/music/1.mp3", 10, 1, A, {"title": "One"}),
        FileRow("/music/2.mp3", 20, 2, B),
        FileRow("/music/copy.mp3", 20, 3, B),
        FileRow("/music/odd.mp3", 5, 4, code="corrupt", message="odd", versions="0.1.0 1"),
    ]
    store.write({A: made_up(1), B: made_up(2)}, rows)
    return store


def test_what_was_written_is_read(tmp_path: Path) -> None:
    filled(tmp_path / "library")
    store = Store(str(tmp_path / "library"), create=False)
    rows = store.files()
    assert len(rows) == 4
    assert rows["/music/1.mp3"] == FileRow("/music/1.mp3", 10, 1, A, {"title": "One"})
    assert rows["/music/odd.mp3"].code == "corrupt"
    assert store.extents("networks") == store.extents("descriptors") == {A: FULL, B: FULL}
    library = Library(tmp_path / "library")
    collection = library.collection()
    assert collection.track_id == (A, B)
    assert collection.path == ("/music/1.mp3", "/music/2.mp3")
    assert collection.metadata["title"] == ("One", None)
    one = made_up(1)
    assert one.networks is not None
    assert np.array_equal(collection.embedding[0], one.networks.embedding)
    assert np.array_equal(collection.tags[0], one.networks.tags)
    assert np.array_equal(collection.descriptors[0], one.descriptors)
    assert collection.duration.dtype == np.float32
    assert library.find("/music/copy.mp3") == library.find(B) == B
    assert library.find("/music/odd.mp3") is library.find("nonsense") is None


def test_a_row_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    store = filled(tmp_path / "library")
    store.write({A: made_up(7, EXCERPT)}, [FileRow("/music/1.mp3", 11, 5, A)])
    store.optimise()
    store = Store(str(tmp_path / "library"), create=False)
    assert len(store.files()) == 4
    assert store.files()["/music/1.mp3"].size == 11
    assert store.extents("networks") == {A: EXCERPT, B: FULL}


def test_rows_that_two_processes_wrote_count_once(tmp_path: Path) -> None:
    first = filled(tmp_path / "library")
    second = Store(str(tmp_path / "library"), create=True)  # knows nothing of what is there
    second.write({B: made_up(9), C: made_up(3)}, [FileRow("/music/3.mp3", 1, 1, C)])
    collection = Library(tmp_path / "library").collection()
    assert collection.track_id == (A, B, C)
    nine = made_up(9)
    assert np.array_equal(collection.descriptors[1], nine.descriptors)
    assert len(first.files()) == 5


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"/music/\xff\xfe.mp3")
    store = Store(str(tmp_path / "library"), create=True)
    store.write({A: made_up(1)}, [FileRow(name, 1, 1, A, {"title": "\udcff"})])
    library = Library(tmp_path / "library")
    assert library.collection().path == (name,)
    assert library.to_arrow()["path"].to_pylist() == ["/music/\\xff\\xfe.mp3"]
    store.forget([name], [A])
    assert not store.files()


def test_forgetting(tmp_path: Path) -> None:
    store = filled(tmp_path / "library")
    store.forget(["/music/1.mp3", "/music/odd.mp3"], [A])
    assert set(store.files()) == {"/music/2.mp3", "/music/copy.mp3"}
    assert store.extents("networks") == {B: FULL}


def test_export(tmp_path: Path) -> None:
    filled(tmp_path / "library")
    library = Library(tmp_path / "library")
    from pyarrow import csv, parquet

    table = parquet.read_table(library.export(tmp_path / "out.parquet"))
    assert table.num_rows == 2
    assert table["track_id"].to_pylist() == [A, B]
    assert len(table["embedding"][0]) == 800
    rows = csv.read_csv(library.export(tmp_path / "out.csv"))
    assert rows.column_names == [name for name in table.column_names if name != "embedding"]
    assert rows["tag.jazz"].to_pylist() == pytest.approx(table["tag.jazz"].to_pylist())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "out.csv", "out.parquet"]
    with pytest.raises(LinernotesError, match=r"\.csv or \.parquet"):
        library.export(tmp_path / "out.xlsx")
    with pytest.raises(LinernotesError, match="cannot be written"):
        library.export(tmp_path / "nowhere" / "out.csv")


def test_an_empty_library_is_an_empty_collection(tmp_path: Path) -> None:
    Store(str(tmp_path / "library"), create=True)
    collection = Library(tmp_path / "library").collection()
    assert len(collection) == 0
    assert collection.embedding.shape == (0, 800)
    assert Library(tmp_path / "library").to_arrow().num_rows == 0


def test_what_is_no_library_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").touch()
    for create in (True, False):
        with pytest.raises(LibraryNotFoundError, match="something else"):
            Store(str(tmp_path), create=create)
    with pytest.raises(LibraryNotFoundError, match="no library"):
        Library(tmp_path / "nowhere").status()
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(LibraryNotFoundError):
        Library(tmp_path / "song.mp3").status()
    with pytest.raises(LibraryNotFoundError, match="no text"):
        Library(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")).scan(tmp_path)


def test_one_that_was_stopped_while_it_was_made(tmp_path: Path) -> None:
    (tmp_path / "library" / "library.lance" / "_versions").mkdir(parents=True)
    (tmp_path / "library" / "files.lance").mkdir()
    filled(tmp_path / "library")
    assert len(Library(tmp_path / "library").collection()) == 2


def test_a_library_of_a_newer_version(tmp_path: Path) -> None:
    store = filled(tmp_path / "library")
    lance.dataset(f"{store.location}/library.lance").update({"schema_version": "99"})
    with pytest.raises(LibraryVersionError, match="newer version"):
        Library(tmp_path / "library").status()


@pytest.mark.parametrize("kind", ["data", "_versions"])
@pytest.mark.parametrize("table", ["files", "descriptors-2"])
def test_damage_is_said_and_repaired(table: str, kind: str, tmp_path: Path) -> None:
    store = filled(tmp_path / "library")
    store.write({C: made_up(3)}, [FileRow("/music/3.mp3", 1, 1, C)])
    newest = max(
        (tmp_path / "library" / f"{table}.lance" / kind).glob("*[!n]"), key=os.path.getmtime
    )
    newest.write_bytes(newest.read_bytes()[:20])
    library = Library(tmp_path / "library")
    with pytest.raises(LibraryDamagedError, match="--repair"):
        library.collection()
    (repaired,) = library.repair()
    assert repaired.startswith(table)
    assert len(library.collection()) == 2
    store = Store(str(tmp_path / "library"), create=True)
    store.files(), store.extents("networks"), store.extents("descriptors")
    store.write({C: made_up(3)}, [FileRow("/music/3.mp3", 1, 1, C)])
    assert len(library.collection()) == 3
    assert library.repair() == []


def test_a_library_that_lost_its_version_is_repaired(tmp_path: Path) -> None:
    filled(tmp_path / "library")
    for path in (tmp_path / "library" / "library.lance" / "data").iterdir():
        path.write_bytes(b"")
    library = Library(tmp_path / "library")
    with pytest.raises(LibraryDamagedError):
        library.status()
    assert library.repair() == []
    assert len(library.collection()) == 2


def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    filled(tmp_path / "library")
    for folder, _, files in os.walk(tmp_path):
        Path(folder).chmod(0o555)
        for name in files:
            (Path(folder) / name).chmod(0o444)
    show_everybody(tmp_path)
    library = Library(tmp_path / "library")
    with as_nobody():
        assert len(library.collection()) == 2
        assert library.status().tracks == 2
        with pytest.raises(LibraryReadOnlyError, match="cannot be written"):
            library.scan(tmp_path)
        with pytest.raises(LibraryReadOnlyError):
            Library(tmp_path / "new").scan(tmp_path)
    for folder, _, _ in os.walk(tmp_path):
        Path(folder).chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="files are limited on POSIX systems alone")
@pytest.mark.slow
def test_a_full_disk_costs_nothing_that_was_written(tmp_path: Path) -> None:
    """A limit on the size of files looks to whoever writes as a full disk does."""
    filled(tmp_path / "library")
    script = (
        "import resource, sys\n"
        "from library_support import made_up\n"
        "from linernotes.library.errors import LibraryFullError\n"
        "from linernotes.library.rows import FileRow\n"
        "from linernotes.library.store import Store\n"
        "store = Store(sys.argv[1], create=True)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "try:\n"
        "    store.write({'c' * 32: made_up(3)}, [FileRow('/music/3.mp3', 1, 1, 'c' * 32)])\n"
        "except LibraryFullError as error:\n"
        "    print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "library")],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert "no space left" in run.stdout
    library = Library(tmp_path / "library")
    assert len(library.collection()) == 2
    assert len(Store(library.location, create=False).files()) == 4


def test_tables_are_named_after_versions() -> None:
    assert table_name("networks") == "networks-musicnn-1.1"
