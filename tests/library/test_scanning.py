"""A scan does what is needed, and no more, whatever happens to files and processes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from library_support import DESCRIPTORS, Scan, analysed_at, counts, write_songs
from scan_support import odd_work, quick_work
from support import LONG, heeding_ctrl_c, make_song, on_linux

from linernotes.engine import processors
from linernotes.engine.pacing import Others
from linernotes.explore import Library
from linernotes.features.versions import VERSIONS
from linernotes.library import Progress, ScanResult, batch
from linernotes.library import scanning as scanning_module
from linernotes.library.errors import FolderNotFoundError, LibraryBusyError
from linernotes.library.jobs import AnalysisJob
from linernotes.library.store import Store
from linernotes.library.time_left import TimeLeft


@pytest.mark.usefixtures("in_this_process")
def test_only_what_is_new_is_analysed(library: Library, scan: Scan, tmp_path: Path) -> None:
    music = tmp_path / "music"
    first, second, third = write_songs(music, ["1.flac", "2.flac", "3.flac"])
    assert counts(scan()) == {"added": 3}
    before = analysed_at(library)
    assert len(before) == 3

    assert counts(scan()) == {"unchanged": 3}

    tagged = mutagen.File(first)
    tagged["title"] = "x" * 9000
    tagged.save()
    (music / "sub").mkdir()
    shutil.move(second, music / "sub" / "moved.flac")
    shutil.copy(third, music / "copy.flac")
    os.utime(third, (1, 1))  # as if the clock had gone back
    assert counts(scan()) == {"added": 2, "updated": 2, "removed": 1}
    assert analysed_at(library) == before
    status = library.status()
    assert (status.tracks, status.duplicates, status.missing) == (3, 1, 1)
    assert library.find(third) == library.find(music / "copy.flac")

    write_songs(music, ["new.flac"])
    shutil.copy(music / "new.flac", first)
    assert counts(scan()) == {"added": 1, "updated": 1, "unchanged": 3}
    assert len(analysed_at(library)) == 4


@pytest.mark.slow
def test_a_gentle_scan_waits_until_others_are_done(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    monkeypatch.setattr(scanning_module, "work", quick_work)
    told: list[Progress] = []

    def share(_: Others) -> float:  # until it has said three times that it waits
        return 1.0 if [each.phase for each in told].count("waiting") < 3 else 0.0

    monkeypatch.setattr(Others, "share", share)
    assert counts(scan(gentle=True, progress=told.append)) == {"added": 2}
    phases = [each.phase for each in told]
    assert phases.index("waiting") < phases.index("storing")
    assert phases.count("waiting") == 3


@pytest.mark.slow
def test_a_paced_scan_does_all_the_same(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_songs(tmp_path / "music", [f"{number}.wav" for number in range(4)])
    monkeypatch.setattr(scanning_module, "work", quick_work)
    assert counts(scan(pace=0.3, workers=2)) == {"added": 4}
    with pytest.raises(ValueError, match="pace"):
        scan(pace=1.5)


@pytest.mark.usefixtures("in_this_process")
def test_the_time_left_is_told_once_it_can_be_known(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_songs(tmp_path / "music", [f"{number:02}.wav" for number in range(30)])
    seconds = iter(range(10**6))
    monkeypatch.setattr(
        scanning_module, "TimeLeft", partial(TimeLeft, clock=lambda: float(next(seconds)))
    )
    told: list[Progress] = []
    scan(progress=told.append)
    known = [each.seconds_left for each in told if each.phase == "listening"]
    assert known[:5] == [None] * 5
    assert known[-1] == 0
    assert known[15] == pytest.approx(told[15].total - told[15].done, rel=0.2)


@pytest.mark.usefixtures("in_this_process")
def test_gone_files_are_missing_until_they_return_or_are_pruned(
    library: Library, scan: Scan, tmp_path: Path
) -> None:
    music = tmp_path / "music"
    first, second = write_songs(music, ["1.wav", "2.wav"])
    scan()
    shutil.move(first, tmp_path / "away.wav")
    second.unlink()
    shutil.copy(tmp_path / "away.wav", music / "3.wav")
    assert counts(scan()) == {"added": 1, "removed": 2}
    assert counts(scan()) == {"unchanged": 1}
    assert (library.status().tracks, library.status().missing) == (1, 2)

    before = analysed_at(library)
    shutil.move(tmp_path / "away.wav", first)
    assert counts(scan()) == {"updated": 1, "unchanged": 1}
    assert analysed_at(library) == before

    first.unlink()
    assert counts(scan(prune=True)) == {"unchanged": 1, "removed": 2}
    status = library.status()
    assert (status.tracks, status.missing) == (1, 0)
    assert len(analysed_at(library)) == 1
    assert counts(scan(prune=True)) == {"unchanged": 1}


@pytest.mark.usefixtures("in_this_process")
def test_an_empty_drive_forgets_nothing(library: Library, scan: Scan, tmp_path: Path) -> None:
    music = tmp_path / "music"
    (song,) = write_songs(music, ["1.wav"])
    scan()
    shutil.move(song, tmp_path / "1.wav")
    with pytest.raises(FolderNotFoundError, match="drive"):
        scan(prune=True)
    assert counts(scan()) == {"removed": 1}
    shutil.move(tmp_path / "1.wav", song)
    assert counts(scan()) == {"updated": 1}
    shutil.rmtree(music)
    with pytest.raises(FolderNotFoundError, match="drive"):
        scan()


@pytest.mark.usefixtures("in_this_process")
def test_folders_that_are_not_scanned_are_left_alone(
    library: Library, scan: Scan, tmp_path: Path
) -> None:
    (one,) = write_songs(tmp_path / "music" / "a", ["1.wav"])
    (other,) = write_songs(tmp_path / "music" / "ab", ["2.wav"])
    assert counts(scan()) == {"added": 2}
    other.unlink()
    assert counts(scan(folder=one.parent)) == {"unchanged": 1}
    assert counts(scan(folder=[one.parent, other.parent])) == {"unchanged": 1, "removed": 1}


@pytest.mark.usefixtures("in_this_process")
def test_a_library_among_the_music_is_not_scanned(tmp_path: Path) -> None:
    write_songs(tmp_path, ["1.wav"])
    library = Library(tmp_path / "library")
    assert counts(library.scan(tmp_path, analyses=DESCRIPTORS, workers=1)) == {"added": 1}
    assert counts(library.scan(tmp_path, analyses=DESCRIPTORS, workers=1)) == {"unchanged": 1}


def test_a_new_version_redoes_that_analysis_alone(
    library: Library,
    scan: Scan,
    in_this_process: list[AnalysisJob],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    assert counts(scan(analyses=("networks", "descriptors"))) == {"added": 2}
    assert len(library.collection()) == 2
    in_this_process.clear()
    with monkeypatch.context() as patch:
        patch.setitem(VERSIONS, "descriptors", 99)
        assert len(library.collection()) == 0
        assert library.status().analysed == 0
        assert counts(scan(analyses=("networks", "descriptors"))) == {"updated": 2}
        assert [job.analyses for job in in_this_process] == [DESCRIPTORS, DESCRIPTORS]
        assert len(library.collection()) == 2
        assert library.status().versions["descriptors"] == "99"
    # Nothing that the old one computed is lost, until it is pruned.
    assert counts(scan(analyses=("networks", "descriptors"))) == {"unchanged": 2}
    with monkeypatch.context() as patch:
        patch.setitem(VERSIONS, "descriptors", 99)
        (tmp_path / "music" / "1.wav").unlink()
        scan(analyses=("networks", "descriptors"), prune=True)
    assert len(library.collection()) == 0


@pytest.mark.usefixtures("in_this_process")
def test_excerpts_become_full_but_not_the_other_way(
    library: Library, scan: Scan, tmp_path: Path
) -> None:
    (tmp_path / "music").mkdir()
    song = np.tile(make_song(duration=5, sample_rate=8000, channels=1), (10, 1))
    soundfile.write(tmp_path / "music" / "long.wav", song, 8000)
    write_songs(tmp_path / "music", ["short.wav"])

    def extents() -> list[str]:
        return sorted(Store(library.location, create=False).extents("descriptors").values())

    assert counts(scan()) == {"added": 2}
    assert extents() == ["excerpt-1", "full"]
    assert counts(scan(extent="full")) == {"updated": 1, "unchanged": 1}
    assert extents() == ["full", "full"]
    assert counts(scan()) == {"unchanged": 2}
    before = analysed_at(library)
    assert counts(scan(force=True)) == {"updated": 2}
    assert all(when > before[track] for track, when in analysed_at(library).items())


@pytest.mark.usefixtures("in_this_process")
def test_odd_files_become_failures_with_codes(library: Library, scan: Scan, tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music, ["1.wav", "2.wav"])
    (music / "empty.mp3").touch()
    (music / "text.mp3").write_text("no song")
    (music / "dangling.mp3").symlink_to("nowhere")
    os.mkfifo(music / "pipe.mp3")
    soundfile.write(music / "silent.wav", np.zeros(44100 * 2), 44100)
    soundfile.write(music / "short.wav", make_song(duration=0.5), 44100)
    told: list[Progress] = []
    result = scan(progress=told.append)
    assert counts(result) == {"added": 2, "failed": 6}
    codes = {Path(f.file or "").name: f.code for f in library.status().failures}
    assert codes == {
        "empty.mp3": "empty", "text.mp3": "not-audio", "dangling.mp3": "unreadable",
        "pipe.mp3": "unreadable", "silent.wav": "silent", "short.wav": "too-short",
    }  # fmt: skip
    assert {t.failure.code for t in told if t.failure} == set(codes.values())
    assert (told[-1].done, told[-1].total, told[-1].failed) == (8, 8, 6)
    status = library.status().as_dict()
    assert status["failed"] == 6
    assert all(set(f) == {"file", "code", "message"} and f["message"] for f in status["failures"])
    assert (status["files"], status["tracks"]) == (8, 2)
    assert status["versions"]["descriptors"] == "2"

    # Failures stay failures, and are told again, but not worked on again.
    told.clear()
    assert counts(scan(progress=told.append)) == {"unchanged": 2, "failed": 6}
    assert {t.failure.code for t in told if t.failure} == {"unreadable"}
    assert counts(scan(retry_failed=True)) == {"unchanged": 2, "failed": 6}
    shutil.copy(music / "1.wav", music / "empty.mp3")
    assert counts(scan()) == {"updated": 1, "unchanged": 2, "failed": 5}
    assert {f.code for f in library.status().failures} == set(codes.values()) - {"empty"}


@on_linux
@pytest.mark.slow
def test_files_that_misbehave_cost_themselves_alone(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning_module, "work", odd_work)
    monkeypatch.setattr(processors, "GRACE", 0.5)
    names = ["a.wav", "hang.wav", "b.wav", "die.wav", "hog.wav", "raise.wav", "grow.wav",
             "unlucky.wav", "c.wav"]  # fmt: skip
    music = tmp_path / "music"
    write_songs(music, names)
    shutil.copy(music / "hang.wav", music / "slow copy.wav")
    result = scan(workers=2, timeout=10.0, memory=2**29)
    codes = {Path(f.file or "").name: f.code for f in library.status().failures}
    assert codes.pop("slow copy.wav", "time-out") == "time-out"
    assert codes == {
        "hang.wav": "time-out", "die.wav": "crash", "hog.wav": "memory", "raise.wav": "error",
        "grow.wav": "changing",
    }  # fmt: skip
    # Who was killed from outside is given another chance.
    assert library.find(music / "unlucky.wav") in analysed_at(library)
    assert result.added + result.failed == result.scanned

    monkeypatch.undo()
    again = scan(retry_failed=True, workers=2)
    assert again.failed == 0
    assert library.status().failures == ()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
@pytest.mark.usefixtures("in_this_process")
def test_what_may_not_be_read_is_looked_at_again(
    library: Library, scan: Scan, tmp_path: Path
) -> None:
    (song,) = write_songs(tmp_path / "music", ["1.wav"])
    song.chmod(0)
    assert counts(scan()) == {"failed": 1}
    song.chmod(0o644)
    assert counts(scan()) == {"updated": 1}


@pytest.mark.slow
def test_one_bad_among_many_does_not_hold_up_what_is_written(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one file hangs, the others are in the library already."""
    monkeypatch.setattr(scanning_module, "work", odd_work)
    monkeypatch.setattr(processors, "GRACE", 0.5)
    monkeypatch.setattr(batch, "_SECONDS", 0.2)
    write_songs(tmp_path / "music", ["hang.wav", "x.wav", "y.wav", "z.wav"])
    written: list[int] = []

    def look(progress: Progress) -> None:
        if progress.failure is not None:
            written.append(len(Store(library.location, create=False).files()))

    scan(workers=2, timeout=10.0, progress=look)
    assert written == [3]


def test_two_scans_at_once(library: Library, scan: Scan, tmp_path: Path) -> None:
    write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    refused: list[BaseException] = []

    def second(_: Progress) -> None:
        if not refused:
            try:
                library.scan(tmp_path / "music", analyses=DESCRIPTORS)
            except LibraryBusyError as error:
                refused.append(error)
            assert library.status().tracks == 0

    assert counts(scan(progress=second)) == {"added": 2}
    assert len(refused) == 1


def test_a_scan_may_run_in_a_thread(scan: Scan, tmp_path: Path) -> None:
    write_songs(tmp_path / "music", ["1.wav"])
    results: list[ScanResult] = []
    thread = threading.Thread(target=lambda: results.append(scan()))
    thread.start()
    thread.join()
    assert counts(results[0]) == {"added": 1}


SCRIPT = """
import multiprocessing, sys
from scan_support import quick_work
from linernotes.explore import Library
from linernotes.library import batch, scanning
if __name__ == "__main__":
    batch._TRACKS = 3
    scanning.work = quick_work
    def tell(progress):
        pids = " ".join(str(child.pid) for child in multiprocessing.active_children())
        print(progress.done, pids, flush=True)
    try:
        result = Library(sys.argv[1]).scan(
            sys.argv[2], analyses=("descriptors",), workers=int(sys.argv[3]), progress=tell)
        print("result", result.as_dict(), flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(130)
"""


def start(tmp_path: Path, workers: int = 2) -> subprocess.Popen[str]:
    script = tmp_path / "scan.py"
    script.write_text(SCRIPT)
    library, music = str(tmp_path / "library"), str(tmp_path / "music")
    with heeding_ctrl_c():
        return subprocess.Popen(
        [sys.executable, str(script), library, music, str(workers)],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip


def stop_at(process: subprocess.Popen[str], done: int, number: int, wait: float = 0.0) -> str:
    """Send a signal once so many files are done, and a moment later; return what was printed."""
    in_time = threading.Timer(LONG, process.kill)
    in_time.start()
    try:
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                if int(line.split()[0]) >= done:
                    time.sleep(wait)
                    process.send_signal(number)
                    break
            return process.stdout.read()
    finally:
        in_time.cancel()


@pytest.mark.slow
def test_after_kill_the_next_scan_goes_on(
    library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost but the batch under way, nothing is doubled, nothing half there."""
    count = 80
    write_songs(tmp_path / "music", [f"{number}.wav" for number in range(count)], duration=0.1)
    monkeypatch.setattr(scanning_module, "work", quick_work)
    chance = random.Random(4)
    kept = 0
    for kill in range(4):
        # The first one while nothing is done yet, the others in the midst of it.
        done = kept + chance.randint(1, 6) if kill else 0
        stop_at(start(tmp_path, workers=1), done, signal.SIGKILL, chance.uniform(0, 0.04))
        store = Store(library.location, create=False)
        rows = store.files()
        analysed = store.analysis("descriptors", ["values"])
        tracks = [] if analysed is None else analysed["track_id"].to_pylist()
        assert len(rows) >= max(kept, done - 3)
        assert {row.track_id for row in rows.values()} <= set(tracks)
        assert len(set(tracks)) == len(tracks)
        kept = len(rows)
    assert 0 < kept < count
    before = analysed_at(library)
    result = scan()
    assert counts(result) == {"added": count - kept, "unchanged": kept}
    after = analysed_at(library)
    assert len(after) == count
    assert {track: after[track] for track in before} == before
    assert counts(scan()) == {"unchanged": count}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_ctrl_c_keeps_everything(
    number: int, library: Library, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 200
    write_songs(tmp_path / "music", [f"{number}.wav" for number in range(count)], duration=0.1)
    monkeypatch.setattr(scanning_module, "work", quick_work)
    process = start(tmp_path)
    printed = stop_at(process, 5, number)
    assert printed.endswith("interrupted\n")
    assert process.returncode == 130
    done = len(Store(library.location, create=False).files())
    assert 5 <= done < count
    assert counts(scan()) == {"added": count - done, "unchanged": done}


def test_wrong_options_are_said(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="analysis"):
        library.scan(tmp_path, analyses=("nonsense",))
    with pytest.raises(ValueError, match="extent"):
        library.scan(tmp_path, extent="half")  # type: ignore[arg-type]
    assert not Path(library.location).exists()
