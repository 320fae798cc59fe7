"""Writing is done as a whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support import as_nobody
from tagging_support import (
    SUGGESTED,
    TOLD,
    Copy,
    told,
    write,
)

from linernotes.errors import Failure
from linernotes.library.tagging.errors import (
    InUseError,
    NoSpaceError,
    NotVerifiedError,
    ReadOnlyError,
)
from linernotes.library.tagging.planning import plan_tags
from linernotes.library.tagging.undo import Undone, undo_tags
from linernotes.library.tagging.writing import write_all, write_tags


def test_one_failure_costs_itself_alone(copy: Copy, log: Path) -> None:
    paths = [copy("mp3"), copy("flac"), copy("ogg")]
    plans = [plan_tags(path, SUGGESTED) for path in paths]
    paths[1].chmod(0o444)
    results = list(write_all(plans, log=log))
    assert [getattr(result, "written", result) for result in results] == [
        True, Failure(str(paths[1]), "read-only", results[1].message), True,  # type: ignore[union-attr]
    ]  # fmt: skip
    # They are one run, which is undone as a whole.
    assert [Path(result.file or "") for result in undo_tags(log=log)] == [paths[2], paths[0]]
    assert list(undo_tags(log=log)) == []


def test_read_only_folder(song_files: dict[str, Path]) -> None:
    # Where nobody may look into: pytest's own folders are for their owner alone.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(shutil.copy(song_files["mp3"], folder / "a.mp3"))
        path.chmod(0o666)
        before = path.read_bytes()
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(ReadOnlyError, match="folder"):
            write(path, folder / "undo.jsonl")
        folder.chmod(0o700)
        assert path.read_bytes() == before


def test_somebody_elses_file_does_not_change_its_owner(copy: Copy, log: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    path = copy("mp3")
    os.chown(path, 12345, 12346)
    write(path, log)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)


def test_extended_attributes_stay(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    try:
        os.setxattr(path, "user.mine", b"value")
    except (OSError, AttributeError):
        pytest.skip("there are no extended attributes here")
    write(path, log)
    assert os.getxattr(path, "user.mine") == b"value"


def test_full_disk(copy: Copy, log: Path) -> None:
    resource = pytest.importorskip("resource")
    path = copy("wav")
    plan, before = plan_tags(path, SUGGESTED), path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(NoSpaceError):
            write_tags(plan, log=log)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_in_use_is_left_alone(copy: Copy, log: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = copy("mp3")
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InUseError):
            write(path, log)
    write(path, log)


def test_a_link_is_followed_and_other_names_are_told(copy: Copy, log: Path, tmp_path: Path) -> None:
    path = copy("mp3")
    link = tmp_path / "link.mp3"
    link.symlink_to(path)
    write(link, log)
    assert link.is_symlink()
    assert told(path) == TOLD
    assert [result.file for result in undo_tags([link], log=log)] == [str(link)]
    assert told(path) == {}
    other = tmp_path / "other name.mp3"
    other.hardlink_to(path)
    (warning,) = write(path, log).warnings
    assert "hard links" in warning
    assert told(other) == {}


def test_what_does_not_read_back_is_not_kept(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    with pytest.raises(NotVerifiedError):
        write(path, log, genre=["17"])  # which everybody reads as the number of a genre
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


KILLED = """
import sys, time
from pathlib import Path
from linernotes.library.tagging import replacing
from linernotes.library.tagging.planning import plan_tags
from linernotes.library.tagging.writing import write_tags

def hang(*_):
    print("now", flush=True)
    time.sleep(3600)

setattr(replacing, sys.argv[3], hang)
write_tags(plan_tags(sys.argv[1], {"genre": ["jazz"]}), log=Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", ["_copy_status", "_check_unchanged"])
def test_kill_in_the_middle(moment: str, copy: Copy, log: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    command = [sys.executable, "-c", KILLED, str(path), str(log), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        with pytest.raises(InUseError):  # nobody else writes it meanwhile
            write(path, log)
        os.kill(process.pid, signal.SIGKILL)
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 2
    # A write that did not come to its end is no harm to undo.
    assert all(isinstance(result, Undone) for result in undo_tags(log=log))
    assert path.read_bytes() == before
    write(path, log, genre=["jazz"])
    assert list(path.parent.iterdir()) == [path]
    assert told(path) == {"genre": "jazz"}


def test_another_run_s_file_is_no_leftover(copy: Copy, log: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = copy("mp3")
    other = path.with_name(".linernotes-0123456789ab.tmp")
    other.touch()
    with other.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(path, log, genre=["jazz"])
        assert other.exists()
    write(path, log, bpm=["90"])
    assert not other.exists()


def test_names_that_are_no_unicode(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    odd = path.with_name(os.fsdecode(b"caf\xe9.mp3"))
    try:
        path.rename(odd)
    except OSError:
        pytest.skip("this file system takes Unicode only")
    assert write(odd, log).written
    assert all(isinstance(result, Undone) for result in undo_tags(log=log))
