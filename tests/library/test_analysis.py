"""What a library knows of a track is what the other rooms say of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from listening_support import DecodingCounter
from numpy.typing import NDArray
from support import make_song

import linernotes
from linernotes.audio import load
from linernotes.errors import NotAudioError, SilentError, TooShortError
from linernotes.features import extract, names
from linernotes.library.analyses import (
    ANALYSES,
    EMBEDDING_LENGTH,
    EXCERPT,
    FULL,
    Extent,
    TrackAnalysis,
    tag_names,
    versions,
)
from linernotes.library.analysis import analyse_track
from linernotes.library.jobs import AnalysisJob, Look, stamp_of, work

RATE = 22050


def minutes_of_music(seconds: int) -> NDArray[np.float32]:
    """Music that never quite repeats itself, shape (n, 2)."""
    song = make_song(duration=10, sample_rate=RATE)
    parts = [np.roll(song, 4321 * k, axis=0) * (1 - k / 20) for k in range(seconds // 10)]
    return np.concatenate(parts).astype(np.float32)


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute and a half of stereo; its parts differ."""
    path = tmp_path_factory.mktemp("long") / "long.flac"
    song = minutes_of_music(90)
    song[30 * RATE : 60 * RATE] *= 0.3
    soundfile.write(path, song, RATE)
    return path


def test_a_short_track_is_heard_as_identify_and_extract_hear_it(
    song_files: dict[str, Path],
) -> None:
    found = analyse_track(song_files["mp3"])
    assert found.extent == FULL
    identified = linernotes.identify(song_files["mp3"], threads=1)
    assert found.duration == identified.duration
    assert found.networks is not None
    assert found.descriptors is not None
    tags = dict(zip(tag_names(), found.networks.tags, strict=True))
    assert tags == pytest.approx(dict(identified.tags.top(99)), abs=1e-6)
    assert np.array_equal(found.descriptors, extract(load(song_files["mp3"])))
    assert found.descriptors.shape == (len(names("descriptors")),)
    assert found.networks.embedding.shape == (EMBEDDING_LENGTH,) == (800,)
    assert np.isfinite(found.networks.embedding).all()
    assert (found.networks.embedding[200:400] >= 0).all()
    assert (found.networks.start < found.networks.end).all()
    assert found.networks.timeline.shape == (len(found.networks.start), len(tag_names()))


def test_one_analysis_without_the_other(song_files: dict[str, Path]) -> None:
    both = analyse_track(song_files["wav"])
    one = analyse_track(song_files["wav"], analyses=("descriptors",))
    other = analyse_track(song_files["wav"], analyses=("networks",))
    assert one.networks is None
    assert other.descriptors is None
    assert np.array_equal(one.descriptors, both.descriptors)
    assert np.array_equal(other.networks.embedding, both.networks.embedding)


def test_an_excerpt_is_three_windows(long_song: Path) -> None:
    found = analyse_track(long_song)
    assert found.extent == EXCERPT
    assert found.duration == pytest.approx(90)
    assert found.networks is not None
    assert found.networks.start == pytest.approx([13, 40, 67], abs=0.01)
    assert (found.networks.end <= found.networks.start + 10).all()
    windows = [load(long_song, start=start, duration=10).samples for start in (13, 40, 67)]
    spliced = linernotes.Audio(np.concatenate(windows, axis=1), RATE)
    assert np.array_equal(found.descriptors, extract(spliced))


def test_in_full_all_of_it_is_heard(long_song: Path) -> None:
    found = analyse_track(long_song, extent="full")
    assert found.extent == FULL
    assert found.networks is not None
    assert len(found.networks.start) == 8
    assert found.networks.start[0] == 0
    assert found.networks.end[-1] == pytest.approx(90, abs=1)


def test_an_excerpt_costs_the_same_however_long_the_track(tmp_path: Path) -> None:
    song = make_song(duration=15, sample_rate=8000)
    seconds = []
    for minutes in (1, 1, 40):
        path = tmp_path / f"{minutes}.flac"
        soundfile.write(path, np.tile(song, (minutes * 4, 1)), 8000)
        started = time.process_time()
        analyse_track(path, analyses=("descriptors",))
        seconds.append(time.process_time() - started)
    assert seconds[2] < 2 * seconds[1] + 0.1


def test_windows_that_cannot_be_heard_are_told(tmp_path: Path) -> None:
    path = tmp_path / "gap.wav"
    song = minutes_of_music(60)
    song[20 * RATE : 40 * RATE] = 0
    soundfile.write(path, song, RATE)
    found = analyse_track(path, analyses=("descriptors",))
    assert found.extent == EXCERPT
    assert len(found.warnings) == 1
    assert "at 25 s" in found.warnings[0]


def test_windows_are_laid_over_all_of_a_joined_file(tmp_path: Path) -> None:
    first, second, path = (tmp_path / name for name in ("first.mp3", "second.mp3", "both.mp3"))
    song = minutes_of_music(60)
    soundfile.write(first, song[: 20 * RATE], RATE)
    soundfile.write(second, song[20 * RATE :], RATE)
    path.write_bytes(first.read_bytes() + second.read_bytes())
    found = analyse_track(path, analyses=("descriptors",))
    assert found.extent == EXCERPT
    assert found.duration == pytest.approx(60, abs=0.2)
    assert found.warnings == ()
    soundfile.write(tmp_path / "whole.mp3", song, RATE)
    whole = analyse_track(tmp_path / "whole.mp3", analyses=("descriptors",))
    assert found.descriptors is not None
    assert whole.descriptors is not None
    assert np.corrcoef(found.descriptors, whole.descriptors)[0, 1] > 0.999


def test_where_no_window_can_be_heard_the_whole_is(tmp_path: Path) -> None:
    path = tmp_path / "hidden.wav"
    song = np.zeros((60 * RATE, 1), np.float32)
    soundfile.write(path, song, RATE)
    with pytest.raises(SilentError):
        analyse_track(path, analyses=("descriptors",))
    song[: 5 * RATE] = make_song(duration=5, sample_rate=RATE, channels=1)
    soundfile.write(path, song, RATE)
    assert analyse_track(path, analyses=("descriptors",)).extent == FULL


def test_what_cannot_be_heard_raises(tmp_path: Path) -> None:
    text, short = tmp_path / "text.mp3", tmp_path / "short.wav"
    text.write_text("not a song")
    soundfile.write(short, make_song(duration=0.5), 44100)
    with pytest.raises(NotAudioError):
        analyse_track(text)
    with pytest.raises(TooShortError):
        analyse_track(short)


def test_the_tags_belong_to_the_version() -> None:
    """Whoever changes the tags changes the version: what is stored has no names."""
    assert versions() == {"networks": "musicnn-1.1", "descriptors": "2"}
    assert len(tag_names()) == 71
    assert list(tag_names()) == sorted(tag_names())


@pytest.mark.parametrize("extent", ["excerpt", "full"])
def test_a_track_is_opened_once(long_song: Path, extent: Extent, decoding: DecodingCounter) -> None:
    analyse_track(long_song, extent=extent, analyses=("descriptors",))
    assert decoding.opened == 1
    assert decoding.seconds == pytest.approx(30 if extent == "excerpt" else 90, abs=3)


def test_a_scan_opens_a_file_once_to_listen(
    song_files: dict[str, Path], decoding: DecodingCounter
) -> None:
    path = str(song_files["ogg"])
    look = work(AnalysisJob(path, stamp_of(path)))
    assert isinstance(look, Look)
    assert decoding.opened == 0
    found = work(AnalysisJob(path, stamp_of(path), ANALYSES))
    assert isinstance(found, TrackAnalysis)
    assert decoding.opened == 1
    assert decoding.seconds == pytest.approx(found.duration)
