"""What is done to one file, and what is taken for its fault."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import soundfile
from library_support import DESCRIPTORS, write_songs
from support import make_song

from linernotes.errors import AudioError
from linernotes.library import TrackAnalysis, jobs
from linernotes.library.errors import ChangingError, failure_of
from linernotes.library.jobs import UNREACHED, AnalysisJob, stamp_of, work


def failing(_: object) -> str:
    raise OSError(5, "Input/output error")


def test_a_drive_that_fails_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder gets no further than the drive, and takes the file for damaged."""
    whole, half, nothing = (tmp_path / f"{name}.flac" for name in ("whole", "half", "nothing"))
    soundfile.write(whole, make_song(duration=6), 44100)
    data = whole.read_bytes()
    half.write_bytes(data[: len(data) // 2])
    nothing.write_bytes(data[:500])
    job = AnalysisJob(str(half), stamp_of(str(half)), DESCRIPTORS)
    found = work(job)
    assert isinstance(found, TrackAnalysis)
    assert len(found.warnings) == 1
    broken = AnalysisJob(str(nothing), stamp_of(str(nothing)), DESCRIPTORS)
    with pytest.raises(AudioError) as caught:
        work(broken)
    assert caught.value.code in ("corrupt", "too-short")

    monkeypatch.setattr(jobs, "track_id", failing)
    for each in (job, broken):
        with pytest.raises(OSError, match="Input/output") as error:
            work(each)
        assert failure_of(each.path, error.value).code == "unreadable"
    # What is heard without a doubt is not read again.
    assert isinstance(
        work(AnalysisJob(str(whole), stamp_of(str(whole)), DESCRIPTORS)), TrackAnalysis
    )


def test_a_file_that_changes_is_told(tmp_path: Path) -> None:
    (song,) = write_songs(tmp_path, ["1.wav"])
    stamp = stamp_of(str(song))
    os.utime(song, (1, 1))
    with pytest.raises(ChangingError):
        work(AnalysisJob(str(song), stamp))
    song.chmod(0o600)
    assert stamp_of(str(song))[:2] == (stamp.size, 10**9)
    assert stamp_of(str(tmp_path / "none")) == UNREACHED
