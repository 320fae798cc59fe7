"""A library follows its folders: what comes, goes or changes there is scanned, and nothing else."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from library_support import DESCRIPTORS, write_songs
from support import LONG, wait_until

from linernotes.explore import Library
from linernotes.library import ScanResult
from linernotes.library import watching as watching_module
from linernotes.library.errors import FolderNotFoundError, LibraryError
from linernotes.library.lock import only_writer
from linernotes.library.watching import WatchError, watch

pytest.importorskip("watchfiles", reason="watchfiles is not to be had")


@contextmanager
def watching(library: Library, *folders: Path) -> Iterator[list[ScanResult | LibraryError]]:
    """Watch in a thread; return what came of it so far."""
    found: list[ScanResult | LibraryError] = []
    stop = threading.Event()

    def follow() -> None:
        for result in watch(
            library, folders, settled=0.2, stop=stop, analyses=DESCRIPTORS, workers=1
        ):
            found.append(result)  # noqa: PERF402 - while it goes on

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join(LONG)
        assert not thread.is_alive()


def files(library: Library) -> int:
    return library.status().files


@pytest.mark.usefixtures("in_this_process")
def test_files_that_come_and_go_are_followed(library: Library, tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music / "one", ["1.wav", "2.wav"])
    with watching(library, music) as found:
        wait_until(lambda: len(found) == 1)
        write_songs(music / "two" / "deep", ["3.wav"])
        wait_until(lambda: files(library) == 3)
        (music / "one" / "1.wav").unlink()
        wait_until(lambda: files(library) == 2)
        shutil.move(music / "two", tmp_path / "elsewhere")
        wait_until(lambda: files(library) == 1)
        shutil.move(tmp_path / "elsewhere", music / "three")
        wait_until(lambda: files(library) == 2)
    assert all(isinstance(result, ScanResult) for result in found)


@pytest.mark.usefixtures("in_this_process")
def test_only_the_folders_that_changed_are_looked_through(library: Library, tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music / "one", [f"{number}.wav" for number in range(5)])
    with watching(library, music) as found:
        wait_until(lambda: len(found) == 1)
        write_songs(music / "two", ["new.wav"])
        wait_until(lambda: files(library) == 6)
        wait_until(lambda: len(found) >= 2)
    later = [result for result in found[1:] if isinstance(result, ScanResult)]
    assert sum(result.added for result in later) == 1
    assert all(result.scanned <= 1 for result in later)


@pytest.mark.usefixtures("in_this_process")
def test_what_is_no_music_leads_to_no_scan(library: Library, tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music, ["1.wav"])
    (music / "@eaDir").mkdir()
    with watching(library, music) as found:
        wait_until(lambda: len(found) == 1)
        (music / "cover.jpg").write_bytes(b"a picture")
        (music / "2.wav.part").write_bytes(b"a download")
        (music / "@eaDir" / "thumbnail.wav").write_bytes(b"a system's own")
        # All of the above was told before this is.
        write_songs(music / "two", ["2.wav"])
        wait_until(lambda: files(library) == 2)
    assert sum(result.scanned for result in found[1:] if isinstance(result, ScanResult)) == 1


@pytest.mark.usefixtures("in_this_process")
def test_a_drive_that_goes_and_returns_is_scanned(library: Library, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    write_songs(drive, ["1.wav"])
    with watching(library, drive) as found:
        wait_until(lambda: len(found) == 1)
        drive.rename(tmp_path / "unplugged")
        write_songs(tmp_path / "unplugged", ["2.wav"])
        (tmp_path / "unplugged").rename(drive)
        wait_until(lambda: files(library) == 2)


@pytest.mark.usefixtures("in_this_process")
def test_another_scan_is_waited_for(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_module, "_AGAIN", 0.1)
    music = tmp_path / "music"
    write_songs(music, ["1.wav"])
    with watching(library, music) as found:
        wait_until(lambda: len(found) == 1)
        with only_writer(Path(library.location)):
            write_songs(music, ["2.wav"])
            wait_until(lambda: any(isinstance(each, LibraryError) for each in found))
        wait_until(lambda: files(library) == 2)


def test_a_folder_that_is_not_there_is_said_at_once(library: Library, tmp_path: Path) -> None:
    with pytest.raises(FolderNotFoundError, match="nowhere"):
        next(watch(library, [tmp_path / "nowhere"]))


def test_without_the_package_it_says_what_to_install(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(WatchError, match=r"linernotes\[watch\]"):
        next(watch(library, [tmp_path]))


@pytest.mark.slow
def test_a_signal_to_terminate_ends_it_well(tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music, ["1.wav"])
    place = tmp_path / "library"
    command = [sys.executable, "-m", "linernotes", "watch", str(music), "--library", str(place)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert "1 added" in process.stdout.readline()
            write_songs(music, ["2.wav"])
            assert "1 added" in process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONG) == 0
        finally:
            process.kill()
    assert files(Library(place)) == 2
