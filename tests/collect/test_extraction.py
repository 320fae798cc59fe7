"""Archives that nobody vouches for, each made here."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linernotes.collect.extraction import ArchiveError, ExtractionLimits, extract, safe_parts
from linernotes.errors import SourceError

NOISE = np.random.default_rng(0).bytes(40_000)
Archive = Callable[[dict[str, bytes]], Path]


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, f"w:{path.suffix[1:]}") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(params=["a.zip", "a.tar.gz", "a.tar.xz", "a.tar.bz2"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """Make an archive of each kind."""
    path = tmp_path / request.param
    make = make_zip if path.suffix == ".zip" else make_tar
    return lambda files: make(path, files)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_in_comes_out(archive: Archive, tmp_path: Path) -> None:
    files = {
        "genres/jazz/1.au": NOISE,
        "genres/ليلى مراد/أنا قلبي.au": b"right to left",
        "genres/Sigur Rós/Ágætis byrjun 1.au": b"",
        "genres/中島みゆき/\u200f糸.au": b"x",
    }
    folder = tmp_path / "out"
    written: list[int] = []
    tops = extract(archive(files), folder, progress=written.append)
    assert tops == (folder / "genres",)
    assert files_in(folder) == files
    assert sum(written) == sum(map(len, files.values()))


def test_a_stopped_extraction_goes_on(archive: Archive, tmp_path: Path) -> None:
    made = archive({f"genres/{number}.au": NOISE + bytes([number]) for number in range(5)})
    folder = tmp_path / "out"
    count = 0

    def stop(_: int) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract(made, folder, progress=stop)
    assert not (folder / "genres").exists()
    first = folder / f".{made.name}.partial" / "genres" / "0.au"
    before = first.stat().st_mtime_ns
    extract(made, folder)
    assert (folder / "genres" / "0.au").stat().st_mtime_ns == before
    assert [len(content) for content in files_in(folder).values()] == [40_001] * 5


@pytest.mark.parametrize(
    "name",
    ["../outside", "a/../../outside", "/etc/outside", "..\\outside", "C:\\outside", "a/\n/b", "./"],
)
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="leads out"):
        safe_parts(name)


def test_an_archive_with_such_a_name_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "out"
    with pytest.raises(ArchiveError, match="leads out"):
        extract(archive({"genres/1.au": NOISE, "../../outside": b"x"}), folder)
    assert not list(tmp_path.rglob("outside"))
    assert files_in(tmp_path / "inner") == {}


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    linked = tmp_path / "linked.zip"
    with zipfile.ZipFile(linked, "w") as archive:
        info = zipfile.ZipInfo("genres/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveError, match="link or a device"):
        extract(linked, tmp_path / "out")
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        path = tmp_path / "linked.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            member = tarfile.TarInfo("genres/link")
            member.type, member.linkname = kind, "../../outside"
            tar.addfile(member)
            inside = tarfile.TarInfo("genres/link/x")
            tar.addfile(inside, io.BytesIO())
        with pytest.raises(ArchiveError, match="link or a device"):
            extract(path, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_a_bomb_is_refused(archive: Archive, tmp_path: Path) -> None:
    made = archive({"zeros": bytes(20 * 2**20)})
    assert made.stat().st_size < 2**18
    with pytest.raises(ArchiveError, match="too much for its size"):
        extract(made, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    made = make_zip(tmp_path / "a.zip", {"zeros": bytes(2**20)})
    content = bytearray(made.read_bytes())
    at = content.rindex(b"PK\x01\x02") + 24  # uncompressed size in the table of contents
    content[at : at + 4] = (1000).to_bytes(4, "little")
    made.write_bytes(content)
    with pytest.raises(ArchiveError):
        extract(made, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_too_many_files_are_refused(archive: Archive, tmp_path: Path) -> None:
    made = archive({str(number): b"" for number in range(11)})
    with pytest.raises(ArchiveError, match="more than 10 files"):
        extract(made, tmp_path / "out", limits=ExtractionLimits(files=10))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "a.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a/b", b"1")
        archive.writestr("a/./b", b"2")
    with pytest.raises(ArchiveError, match="twice"):
        extract(made, tmp_path / "out")


def test_damage_is_told(archive: Archive, tmp_path: Path) -> None:
    made = archive({"genres/1.au": NOISE, "genres/2.au": NOISE[::-1]})
    content = made.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"<html>no such file</html>" * 99):
        made.write_bytes(damaged)
        with pytest.raises(ArchiveError, match="damaged"):
            extract(made, tmp_path / "out")
        assert files_in(tmp_path / "out") == {}
    flipped = bytearray(content)
    flipped[len(content) // 3] ^= 0xFF
    made.write_bytes(flipped)
    with pytest.raises(ArchiveError):
        extract(made, tmp_path / "out")


def test_what_is_there_is_not_overwritten(archive: Archive, tmp_path: Path) -> None:
    made = archive({"genres/1.au": NOISE})
    folder = tmp_path / "out"
    mine = folder / "genres" / "mine.au"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    with pytest.raises(SourceError, match="there already"):
        extract(made, folder)
    assert mine.read_bytes() == b"mine"
    mine.parent.rename(folder / "elsewhere")
    extract(made, folder)
    assert (folder / "genres" / "1.au").read_bytes() == NOISE


def test_a_folder_that_cannot_be_written_is_told(archive: Archive, tmp_path: Path) -> None:
    made = archive({"genres/1.au": NOISE})
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(SourceError, match="could not be taken apart") as raised:
        extract(made, tmp_path / "out")
    assert not isinstance(raised.value, ArchiveError)
