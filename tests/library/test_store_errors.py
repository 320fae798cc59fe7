"""What the system refuses is told by its number, whatever Lance was doing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from support import as_nobody, show_everybody

from linernotes.library.errors import (
    LibraryReadOnlyError,
)
from linernotes.library.store_errors import reading, writing
from linernotes.library.tables import Tables

ROWS = pa.table({"key": list(range(5000))})
WRITES = {
    "add": "tables.add('one', rows)",
    "make": "tables.add('two', rows)",
    "merge": "tables.merge('one', 'key', rows)",
    "delete": "tables.delete('one', 'key < 7')",
    "compact": "tables.compact('one', keep=timedelta(0))",
}
BEGIN = (
    "import pyarrow as pa\n"
    "from datetime import timedelta\n"
    "from linernotes.library.tables import Tables\n"
    "rows = pa.table({'key': list(range(5000))})\n"
    "tables = Tables(place)\n"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A place with a table of two pieces."""
    place = tmp_path / "library"
    tables = Tables(str(place))
    tables.add("one", ROWS)
    tables.add("one", ROWS)
    return place


@pytest.fixture
def closed(place: Path) -> Iterator[Path]:
    """The same, where nothing may be written."""
    show_everybody(place)
    _allow(place, 0o555)
    yield place
    _allow(place, 0o755)


def _allow(place: Path, mode: int) -> None:
    for folder, _, files in os.walk(place, topdown=mode == 0o755):
        Path(folder).chmod(mode)
        for name in files:
            (Path(folder) / name).chmod(mode & 0o666)


@pytest.mark.skipif(sys.platform == "win32", reason="files are limited on POSIX systems alone")
@pytest.mark.parametrize("doing", WRITES)
def test_a_full_disk(doing: str, place: Path) -> None:
    """A limit on the size of files looks to whoever writes as a full disk does."""
    script = (
        "import resource, signal, sys\n"
        "place = sys.argv[1]\n"
        f"{BEGIN}"
        "from linernotes.library.errors import LibraryFullError\n"
        "from linernotes.library.store_errors import writing\n"
        "tables.open('one')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n"
        "    with writing(place):\n"
        f"        {WRITES[doing]}\n"
        "except LibraryFullError:\n"
        "    print('full')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(place)], capture_output=True, text=True, check=True
    )
    assert run.stdout == "full\n"
    table = Tables(str(place)).open("one")
    assert table is not None
    assert table.count_rows() == 10_000
    table = Tables(str(place)).open("two")
    assert table is None


@pytest.mark.parametrize("doing", WRITES)
def test_what_may_only_be_read(doing: str, closed: Path) -> None:
    with as_nobody():
        tables = Tables(str(closed))
        table = tables.open("one")
        assert table is not None
        assert table.count_rows() == 10_000
        scope = {"place": str(closed)}
        exec(BEGIN, scope)
        with pytest.raises(LibraryReadOnlyError), writing(str(closed)):
            exec(WRITES[doing], scope)


def test_what_may_not_even_be_read(closed: Path) -> None:
    (closed / "one.lance" / "_versions").chmod(0)
    with as_nobody(), pytest.raises(LibraryReadOnlyError), reading(str(closed)):
        Tables(str(closed)).open("one")
