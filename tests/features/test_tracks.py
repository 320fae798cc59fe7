"""Feature sets of files, one or many."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support import make_song, on_linux, peak_memory

from linernotes import errors
from linernotes.audio import load
from linernotes.features import Features, extract, extract_track, extract_tracks


@pytest.mark.slow
def test_a_file_gives_what_its_sound_gives(song_files: dict[str, Path]) -> None:
    features = extract_track(song_files["flac"], sets=["extracted", "fma"])
    assert list(features.values) == ["extracted", "fma"]
    assert features.duration == pytest.approx(8)
    assert np.array_equal(features.values["fma"], extract(load(song_files["flac"]), "fma"))


def test_an_excerpt_is_measured(song_files: dict[str, Path]) -> None:
    features = extract_track(song_files["flac"], sets=["fma"], start=2, duration=3)
    excerpt = load(song_files["flac"], start=2, duration=3)
    assert np.array_equal(features.values["fma"], extract(excerpt, "fma"))


def test_a_wrong_set_is_told_before_the_work() -> None:
    with pytest.raises(errors.FeatureSetNotFoundError):
        extract_track("no such file", sets=["nonsense"])


@pytest.mark.slow
def test_odd_files_cost_themselves_alone(song_files: dict[str, Path], tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp3"
    empty.touch()
    broken = tmp_path / "broken.flac"
    broken.write_bytes(song_files["flac"].read_bytes()[:200_000])
    files = [empty, song_files["mp3"], tmp_path / "absent.wav", broken]
    found = list(extract_tracks(files, sets=["extracted"], workers=2))
    assert [type(result) for result in found] == [
        errors.Failure, Features, errors.Failure, Features,
    ]  # fmt: skip
    assert [result.code for result in found if isinstance(result, errors.Failure)] == [
        "empty", "unreadable",
    ]  # fmt: skip
    assert [result.file for result in found[:2]] == [str(empty), str(song_files["mp3"])]
    assert found[3].warnings


@on_linux
@pytest.mark.slow
def test_memory_does_not_grow_with_the_track(tmp_path: Path) -> None:
    """Half an hour costs hardly more than a few minutes."""
    rate = 8000
    song = make_song(duration=60, sample_rate=rate)
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", rate, 2) as file:
        for _ in range(30):
            file.write(song)
    short = tmp_path / "short.wav"
    soundfile.write(short, np.tile(song, (3, 1)), rate)
    script = (
        "import sys; from linernotes.features import extract_track;"
        "extract_track(sys.argv[1], sets=['fma'])"
    )
    before, _ = peak_memory(script, short)
    peak, _ = peak_memory(script, path)
    assert peak < before + 60  # MiB; the rows of half an hour among them


def test_file_objects_and_bytes(song_files: dict[str, Path]) -> None:
    data = song_files["ogg"].read_bytes()
    by_bytes = extract_track(data, sets=["extracted"]).values["extracted"]
    by_object = extract_track(io.BytesIO(data), sets=["extracted"]).values["extracted"]
    by_path = extract_track(song_files["ogg"], sets=["extracted"]).values["extracted"]
    assert np.array_equal(by_bytes, by_path)
    assert np.array_equal(by_object, by_path)
