"""Reading bytes where they lie, and writing files whole or not at all."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from linernotes.files import LARGEST, atomic_path, read_at, size_of, write_atomically


class OneByOne(io.BytesIO):
    """A file that gives less than it is asked for, as raw files may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1))


def test_reads_as_many_bytes_as_there_are() -> None:
    assert read_at(OneByOne(b"abcdef"), 2, 3) == b"cde"
    assert read_at(OneByOne(b"abcdef"), 4, 100) == b"ef"
    assert size_of(io.BytesIO(b"abcdef")) == 6


@pytest.mark.parametrize(("offset", "size"), [(-1, 2), (0, -1), (0, LARGEST + 1)])
def test_believes_no_absurd_size(offset: int, size: int) -> None:
    assert read_at(io.BytesIO(b"abc"), offset, size) == b""


def test_what_is_written_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_atomically(target, b"old")
    write_atomically(target, b"new", durable=False)
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def fail() -> None:
        with atomic_path(target) as part:
            part.write_bytes(b"half")
            assert target.read_bytes() == b"old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_process_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    script = (
        "import os, signal, sys\n"
        "from linernotes.files import atomic_path\n"
        "with atomic_path(sys.argv[1]) as part:\n"
        "    part.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert target.read_bytes() == b"old"


def test_a_link_stays_and_leads_to_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.txt", tmp_path / "a.txt"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_the_file_can_be_read_by_whom_others_can(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", b"")
    (tmp_path / "b.txt").touch()
    modes = {os.stat(tmp_path / name).st_mode for name in ("a.txt", "b.txt")}  # noqa: PTH116
    assert len(modes) == 1


def test_a_name_may_be_as_long_as_names_are(tmp_path: Path) -> None:
    target = tmp_path / ("a" * 255)
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"


def test_says_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "a.txt", b"")
