"""What installed networks heard of a library is not heard again by those who learn from it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from library_support import made_up
from networks_support import RATE, SPEC, audio_graph, high, low

from linernotes.evaluation.task import ListeningOptions, hear
from linernotes.learning.data import load_data
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.measuring_ahead import measure_ahead
from linernotes.library.jobs import stamp_of
from linernotes.library.network_tables import NetworkSummary, write_heard
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.networks import install

INPUTS = InputSpec(("network:eager",))
MIXED = InputSpec(("tags", "network:eager"))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    file = tmp_path_factory.mktemp("network") / "some.onnx"
    file.write_bytes(audio_graph())
    return install(SPEC.replace('"toy"', '"eager"').encode(), files=file)


@pytest.fixture
def music(tmp_path):
    """Two hums and two hisses, a folder for each class."""
    for name, make in (("low", low), ("high", high)):
        (tmp_path / "music" / name).mkdir(parents=True)
        for i in range(2):
            sound = make(1.0 + i / 10, (150 if name == "low" else 6000) * (1 + i / 10))
            soundfile.write(tmp_path / "music" / name / f"{i}.wav", 0.5 * sound, RATE)
    return tmp_path / "music"


@pytest.fixture
def library(music, tmp_path, network):
    """A library of all four, of which the network has heard three, as nobody else would."""
    store = Store(str(tmp_path / "library"), create=True)
    files = sorted(music.rglob("*.wav"))
    rows, analyses = [], {}
    for i, path in enumerate(files):
        stamp, track = stamp_of(str(path)), f"{i:032x}"
        tags = {"genre": path.parent.name}
        rows.append(FileRow(str(path), stamp.size, stamp.mtime_ns, track, tags))
        analyses[track] = made_up(i)
    store.write(analyses, rows)
    known = [NetworkSummary((np.array([7, i], np.float32),), "excerpt") for i in range(2)]
    failed = NetworkSummary(extent="failed", code="corrupt", message="it could not be heard")
    told = {f"{i:032x}": found for i, found in enumerate([*known, failed])}
    write_heard(store, network, told, set())
    return store.location


@pytest.fixture
def listening(tmp_path):
    return ListeningOptions(cache=FeatureCache(tmp_path / "cache"), workers=1)


def test_a_library_is_not_heard_again(library, music, listening):
    examples = load_data(f"library:{library}", label="genre")
    matrix, left_out = hear(examples, INPUTS, listening)
    assert not left_out
    assert matrix.values[:2].tolist() == [[7, 0], [7, 1]]
    # What the network failed at, or has not heard, is listened to: two hums.
    assert (matrix.values[2:] >= 0).all()
    assert (matrix.values[2:, 0] > 0.9).all()
    for path in music.rglob("*.wav"):
        path.unlink()
    matrix, left_out = hear(load_data(f"library:{library}", label="genre"), MIXED, listening)
    assert matrix.tracks.tolist() == [0, 1]
    assert matrix.values[:, -2:].tolist() == [[7, 0], [7, 1]]
    assert {each.code for each in left_out} == {"missing-file"}


def test_a_folder_that_a_library_knows_is_not_heard_again(library, music, listening):
    changed = music / "high" / "1.wav"
    os.utime(changed, (1, 1))
    examples = load_data(music, library=library)
    assert not examples.features  # its tracks are known by what is in the files
    rows = {Path(path).relative_to(music).as_posix(): i for i, path in enumerate(examples.path)}
    matrix, left_out = hear(examples, INPUTS, listening)
    assert not left_out
    assert matrix.values[rows["high/0.wav"]].tolist() == [7, 0]
    assert matrix.values[rows["high/1.wav"], 1] > 0.9
    # Without a library everything is listened to.
    plain, _ = hear(load_data(music, library=music / "none"), INPUTS, listening)
    assert plain.values[rows["high/0.wav"], 1] > 0.9
    part, _ = hear(examples.take([rows["high/0.wav"]]), INPUTS, listening)
    assert part.values.tolist() == [[7, 0]]


def test_only_what_lacks_is_heard_ahead(library, listening):
    examples, told = load_data(f"library:{library}", label="genre"), []
    measure_ahead(examples, [INPUTS, INPUTS], listening.cache, workers=1, progress=told.append)
    assert [(each.done, each.total) for each in told] == [(1, 2), (2, 2)]
    matrix, _ = hear(examples, INPUTS, listening)
    assert matrix.values[:2].tolist() == [[7, 0], [7, 1]]
