"""Small collections, fetched from a local server that breaks off and lies."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from collect.servers.archives import ArchiveServer, as_published, small_fma, small_gtzan
from collect.servers.base import cut, html, status

from linernotes.collect.archives import (
    DATA_SETS,
    ChecksumError,
    archives_to_fetch,
    collect_data_set,
    missing_archives,
)
from linernotes.collect.extraction import ArchiveError
from linernotes.collect.http import Manners, NotFoundError, ServiceError, Session, Settings
from linernotes.datasets.fma import read_fma
from linernotes.datasets.gtzan import read_gtzan
from linernotes.datasets.remotes import DataSetError
from linernotes.errors import SourceError

MANNERS = Manners(connect=2, read=2, total=5, retries=2, backoff=0.01, patience=3)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


@pytest.fixture
def server(published: Path) -> Iterator[ArchiveServer]:
    with ArchiveServer(published) as server:
        yield server


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    settings = Settings(contact="test@example.org", manners=MANNERS, cache=tmp_path / "cache")
    with Session(settings=settings) as session:
        yield session


def test_fma_ends_in_a_folder_that_can_be_learned_from(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_fma(published)
    folder = tmp_path / "fma"
    told: list[object] = []
    summary = collect_data_set(
        data_set, folder, source=f"{server.url}/mirror/", session=session,
        progress=lambda *what: told.append(what[0]),
    )  # fmt: skip
    assert (summary.tracks, summary.expected) == (4, 4)
    assert summary.broken == ("fma_small/098/098565.mp3",)
    assert summary.fetched == ("fma_metadata.zip", "fma_small.zip")
    assert json.loads((folder / "summary.json").read_text())["tracks"] == 4
    assert {"fetching fma_small.zip", "taking fma_small.zip apart"} <= set(told)
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    assert names == ["fma_metadata", "fma_small", "summary.json"]
    assert not (folder / ".downloads").exists()
    examples = read_fma(folder)
    assert examples.classes == ("Hip-Hop", "Pop")
    assert examples.artist[0] == "فيروز"

    again = collect_data_set(data_set, folder, source=server.url, session=session)
    assert again.fetched == ()
    assert len(server.asked) == 2


def test_gtzan_from_a_folder_needs_nobody(published: Path, tmp_path: Path) -> None:
    data_set = small_gtzan(published)
    for number, source in enumerate((published, published / "genres.tar.gz")):
        folder = tmp_path / f"gtzan{number}"
        summary = collect_data_set(data_set, folder, source=source)
        assert (summary.tracks, summary.fetched) == (4, ())
        assert summary.broken == ("genres/jazz/jazz.00054.wav",)
        assert len(read_gtzan(folder)) == 3
    assert (published / "genres.tar.gz").exists()
    with pytest.raises(DataSetError, match="taken apart already"):
        collect_data_set(data_set, tmp_path / "other", source=tmp_path / "gtzan0")
    with pytest.raises(DataSetError, match=r"holds no genres\.tar\.gz"):
        collect_data_set(data_set, tmp_path / "other", source=tmp_path)


def test_a_connection_that_breaks_off_is_gone_on_with(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_gtzan(published)
    size = (published / "genres.tar.gz").stat().st_size
    server.fault("genres", cut(after=size // 3), times=4)
    summary = collect_data_set(data_set, tmp_path / "out", source=server.url, session=session)
    assert summary.tracks == 4
    begins = [asked.headers.get("range", "bytes=0-") for asked in server.asked]
    assert begins[0] == "bytes=0-"
    assert len(set(begins)) == len(begins) > 1


def test_a_stopped_download_goes_on_in_another_run(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_gtzan(published)
    size = (published / "genres.tar.gz").stat().st_size
    server.fault("genres", cut(after=size // 2), times=1)
    server.fault("genres", status(500), times=10)
    folder = tmp_path / "out"
    with pytest.raises(ServiceError):
        collect_data_set(data_set, folder, source=server.url, session=session)
    assert not (folder / "genres").exists()
    server._faults.clear()
    collect_data_set(data_set, folder, source=server.url, session=session)
    first = int(server.asked[-1].headers["range"][6:].rstrip("-"))
    assert 0 < first <= size // 2
    assert len(read_gtzan(folder)) == 3


def test_a_wrong_checksum_is_refused_and_fetched_once(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_gtzan(published)
    archive = published / "genres.tar.gz"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    folder = tmp_path / "out"
    with pytest.raises(ChecksumError, match="not the file that was published") as raised:
        collect_data_set(data_set, folder, source=server.url, session=session)
    assert len(server.asked) == 1
    assert not list(folder.rglob("*.wav"))
    with pytest.raises(ChecksumError):
        collect_data_set(data_set, folder, source=published)
    # The sentence says what to give to have this copy nevertheless.
    found = next(word for word in str(raised.value).split() if word.startswith("sha256:"))
    changed = data_set.with_checksums({"genres.tar.gz": found.rstrip(";")})
    with pytest.raises(ArchiveError, match="damaged"):
        collect_data_set(changed, folder, source=published)
    assert not list(folder.rglob("*.wav"))


def test_a_page_and_nothing_at_all_are_told_apart(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_gtzan(published)
    (published / "genres.tar.gz").rename(published / "hidden.tar.gz")
    with pytest.raises(NotFoundError):
        collect_data_set(data_set, tmp_path / "out", source=server.url, session=session)
    server.fault("genres", html(), times=9)
    with pytest.raises(ServiceError, match="page"):
        collect_data_set(data_set, tmp_path / "out", source=server.url, session=session)


def test_an_archive_that_is_too_large_is_broken_off(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    data_set = small_gtzan(published)
    with (published / "genres.tar.gz").open("ab") as file:
        file.truncate(3 * 2**20)
    small = replace(data_set.archives[0], size=2**20)
    with pytest.raises(ServiceError, match="more than it should"):
        collect_data_set(
            replace(data_set, archives=(small,)), tmp_path / "out", source=server.url,
            session=session,
        )  # fmt: skip


def test_a_hostile_archive_leaves_nothing(
    published: Path, server: ArchiveServer, session: Session, tmp_path: Path
) -> None:
    small_fma(published)
    with zipfile.ZipFile(published / "fma_small.zip", "a") as archive:
        archive.writestr("fma_small/../../../escaped.mp3", b"x")
    folder = tmp_path / "deep" / "fma"
    data_set = as_published(DATA_SETS["fma-small"], published)
    with pytest.raises(ArchiveError, match="leads out"):
        collect_data_set(data_set, folder, source=server.url, session=session)
    assert not list(tmp_path.rglob("escaped.mp3"))
    assert not list(folder.rglob("*.mp3"))
    assert not list(folder.rglob("*.zip"))
    assert [archive.name for archive in missing_archives(data_set, folder)] == ["fma_small.zip"]


def test_an_archive_of_something_else_is_refused(published: Path, tmp_path: Path) -> None:
    small_fma(published)
    shutil.copy(published / "fma_metadata.zip", published / "fma_small.zip")
    data_set = as_published(DATA_SETS["fma-small"], published)
    with pytest.raises(SourceError):
        collect_data_set(data_set, tmp_path / "out", source=published)
    assert (tmp_path / "out" / "fma_metadata").is_dir()


_HOLD = """
import pathlib, sys
from linernotes.collect.archives import _only_run
with _only_run(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_at_once_do_not_meet(published: Path, tmp_path: Path) -> None:
    data_set = small_gtzan(published)
    folder = tmp_path / "out"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataSetError, match="another run"):
            collect_data_set(data_set, folder, source=published)
        other.kill()
    assert collect_data_set(data_set, folder, source=published).tracks == 4


def test_a_folder_that_cannot_be_is_said(published: Path, tmp_path: Path) -> None:
    data_set = small_gtzan(published)
    (tmp_path / "file").touch()
    with pytest.raises(DataSetError, match="cannot be made"):
        collect_data_set(data_set, tmp_path / "file", source=published)


def test_what_has_to_be_fetched_is_known_before(published: Path, tmp_path: Path) -> None:
    data_set = small_gtzan(published)
    assert archives_to_fetch(data_set, tmp_path / "out", source=published) == ()
    address = "https://example.org"
    assert archives_to_fetch(data_set, tmp_path / "out", source=address) == data_set.archives
    with pytest.raises(DataSetError, match="--from"):
        archives_to_fetch(data_set, tmp_path / "out")


def test_gtzan_has_to_be_named_and_checksums_are_checked_for_sense(tmp_path: Path) -> None:
    gtzan = DATA_SETS["gtzan"]
    with pytest.raises(DataSetError, match="--from"):
        collect_data_set(gtzan, tmp_path)
    for wrong in ({"fma_small.zip": "sha1:00"}, {"genres.tar.gz": "md5:00"},
                  {"genres.tar.gz": "00"}):  # fmt: skip
        with pytest.raises(DataSetError):
            gtzan.with_checksums(wrong)
