"""Lines of files in every packing, and of hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from linernotes.collect import compression
from linernotes.collect.compression import read_lines


def contents(path: Path) -> list[bytes | None]:
    return [line.content for line in read_lines(path)]


def as_tar(data: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, content in (("COPYING", b"licence\n"), ("mbdump/release", data)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        tar.addfile(_link())
    return file.getvalue()


def _link() -> tarfile.TarInfo:
    info = tarfile.TarInfo("mbdump/link")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("wrap", [bytes, as_tar])
def test_lines_in_every_packing(
    pack: Callable[[bytes], bytes], wrap: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    lines = ["{}", "فيروز", "x" * 5000]
    path = tmp_path / "file"
    path.write_bytes(pack(wrap("\r\n\n".join(lines).encode())))
    found = list(read_lines(path))
    assert [(line.content or b"").decode() for line in found] == lines
    assert 0 < found[-1].position <= path.stat().st_size
    assert not any(line.cut_off for line in found)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_ends_early_says_so(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(pack(as_tar(b"line\n" * 100_000))[:-30])
    assert list(read_lines(path))[-1].cut_off


def test_a_line_without_end_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "LONGEST", 1000)
    path = tmp_path / "file"
    for length in (1000, 1001, 1999, 2000, 2001, 5000):
        path.write_bytes(b"a\n" + b"x" * length + b"\nb\n" + b"y" * length)
        assert contents(path) == [b"a", None, b"b", None]
    path.write_bytes(b"a\n" + b"x" * 999 + b"\nb")
    assert contents(path) == [b"a", b"x" * 999, b"b"]
