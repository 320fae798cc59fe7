from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from learning_support import examples_of, write_tracks

from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import find_input
from linernotes.learning.measuring import ColumnsError, measure
from linernotes.learning.measuring_ahead import measure_ahead
from linernotes.learning.measuring_jobs import ListeningJob, measure_for_all, measure_one
from linernotes.library.analysis import analyse_track
from linernotes.library.collection import Collection

EXTRACTED = InputSpec(("extracted",), Clips(2.0, at_most=None))


@pytest.fixture(scope="module")
def tracks(tmp_path_factory):
    return write_tracks(tmp_path_factory.mktemp("tracks"), ("hum", "noise"), 2)


def test_tracks_are_heard_and_what_is_none_is_listed(tracks, tmp_path):
    (tmp_path / "text.wav").write_text("no audio")
    odd = [str(tmp_path / "gone.wav"), str(tmp_path / "text.wav"), None]
    paths = [tracks.path[0], *odd, tracks.path[2]]
    examples = examples_of(["a", "a", "b", "b", "b"], paths)
    told = []
    cache = FeatureCache(tmp_path / "cache")
    matrix, left_out = measure(examples, EXTRACTED, cache=cache, workers=1, progress=told.append)
    assert matrix.values.shape == (4, 56)
    assert matrix.track.tolist() == [0, 0, 4, 4]
    assert {entry.code for entry in left_out} == {"missing-file", "not-audio", "no-audio"}
    assert all(entry.message for entry in left_out)
    assert [p.phase for p in told] == ["listening"] * len(told)
    assert (told[-1].done, told[-1].total, told[-1].failed) == (5, 5, 3)

    # What was heard once is heard no more: not even a process is started.
    for path in (tracks.path[0], tracks.path[2]):
        assert cache.track_of(path) is not None
    again, _ = measure(
        examples_of(["a", "b"], [tracks.path[0], tracks.path[2]]), EXTRACTED,
        cache=cache, timeout=0.0,
    )  # fmt: skip
    np.testing.assert_array_equal(again.values, matrix.values)


def job(
    path: str, cache: FeatureCache, inputs=("extracted",), clips=EXTRACTED.clips
) -> ListeningJob:
    return ListeningJob(path, cache.track_of(path), inputs, clips, cache, 60.0)


def test_a_moved_file_and_a_copy_are_known(tracks, tmp_path):
    cache = FeatureCache(tmp_path / "cache")
    path = tracks.path[0]
    _, rows = measure_one(job(path, cache))
    count = len(list(cache.folder.glob("??/*")))
    copy = tmp_path / "copy.wav"
    copy.write_bytes(Path(path).read_bytes())
    _, other = measure_one(job(str(copy), cache))
    np.testing.assert_array_equal(rows["extracted"], other["extracted"])
    assert len(list(cache.folder.glob("??/*"))) == count + 1  # only where the copy lies


def test_a_damaged_entry_is_heard_again(tracks, tmp_path):
    cache = FeatureCache(tmp_path / "cache")
    path = tracks.path[1]
    _, rows = measure_one(job(path, cache))
    for entry in cache.folder.glob("??/*"):
        data = bytearray(entry.read_bytes())
        data[-1] ^= 255
        entry.write_bytes(data)
    _, again = measure_one(job(path, cache))
    np.testing.assert_array_equal(rows["extracted"], again["extracted"])


def test_other_contents_clips_and_inputs_are_other_entries(tracks, tmp_path):
    cache = FeatureCache(tmp_path / "cache")
    path = tmp_path / "changing.wav"
    path.write_bytes(Path(tracks.path[0]).read_bytes())
    _, one = measure_one(job(str(path), cache))
    _, short = measure_one(job(str(path), cache, clips=Clips(1.0, at_most=None)))
    assert len(short["extracted"]) == 4
    path.write_bytes(Path(tracks.path[2]).read_bytes())
    os.utime(path, (1, 1))
    _, other = measure_one(job(str(path), cache))
    assert np.abs(other["extracted"] - one["extracted"]).max() > 1


def test_the_networks_are_asked_once_for_all_that_they_tell(song_files, tmp_path):
    cache = FeatureCache(tmp_path / "cache")
    path = str(song_files["wav"])
    measure_one(job(path, cache, ("tags",), None))
    # Time out if it were heard again.
    late = ListeningJob(path, cache.track_of(path), ("embedding", "tags"), None, cache, 0.0)
    track, rows = measure_one(late)
    assert track == cache.track_of(path)
    assert rows["embedding"].shape == (1, 800)


def test_what_the_source_has_measured_is_taken():
    values = np.random.default_rng(0).normal(size=(3, 56)).astype(np.float32)
    values[1, 7] = np.nan
    examples = examples_of(["a", "a", "b"], features={"extracted": values})
    matrix, left_out = measure(examples, EXTRACTED)
    np.testing.assert_array_equal(matrix.values, values[[0, 2]])
    assert matrix.tracks.tolist() == [0, 2]
    (entry,) = left_out
    assert entry.code == "nan-features"
    assert "extracted." in entry.message


def test_a_table_of_other_columns_is_refused():
    examples = examples_of(["a", "b"], features={"extracted": np.zeros((2, 55), np.float32)})
    with pytest.raises(ColumnsError, match="55 columns for extracted, which has 56"):
        measure(examples, EXTRACTED)


def test_what_a_library_knows_is_not_heard(song_files):
    kept = analyse_track(song_files["mp3"])
    library = Collection(
        track_id=("x",),
        path=(str(song_files["mp3"]),),
        metadata={},
        duration=np.array([8.0], np.float32),
        embedding=kept.networks.embedding[np.newaxis],
        tags=kept.networks.tags[np.newaxis],
        tag_names=(),
        descriptors=kept.descriptors[np.newaxis],
    )
    examples = examples_of(["a"], [str(song_files["mp3"])])
    matrix, left_out = measure(
        examples, InputSpec(("embedding", "descriptors")), library=library, timeout=0.0
    )
    assert not left_out
    assert matrix.values.shape[1] == 800 + find_input("descriptors").columns
    np.testing.assert_array_equal(matrix.values[0, :800], kept.networks.embedding)


def test_material_takes_tracks_in_the_order_asked_for():
    values = np.random.default_rng(0).normal(size=(4, 56)).astype(np.float32)
    matrix, _ = measure(examples_of(list("abcd"), features={"extracted": values}), EXTRACTED)
    taken = matrix.take([3, 1])
    np.testing.assert_array_equal(taken.values, values[[3, 1]])
    assert taken.track.tolist() == [0, 1]
    assert len(matrix.take([])) == 0


def test_a_file_is_opened_once_for_all_recipes(tracks, tmp_path, decoding):
    cache, path = FeatureCache(tmp_path / "cache"), tracks.path[0]
    jobs = [
        job(path, cache),
        job(path, cache, ("fma", "extracted"), None),
        job(path, cache, ("extracted",), Clips(1.0, at_most=1)),
    ]
    assert measure_for_all(jobs) == 3
    assert decoding.opened == 1
    for one in jobs:
        measure_one(one)
    assert measure_for_all(jobs) == 0
    assert decoding.opened == 1


def test_what_was_heard_ahead_is_found(tracks, tmp_path):
    cache = FeatureCache(tmp_path / "cache")
    odd = [*tracks.path, str(tmp_path / "gone.wav"), None]
    (tmp_path / "text.wav").write_text("no audio")
    examples = examples_of(["a"] * 7, [*odd, str(tmp_path / "text.wav")])
    other = InputSpec(("fma",))
    told = []
    measure_ahead(examples, [EXTRACTED, other], cache, workers=1, progress=told.append)
    assert (told[-1].done, told[-1].total, told[-1].failed) == (5, 5, 1)
    for input_spec in (EXTRACTED, other):
        # With no time left, nothing can be heard any more.
        matrix, _ = measure(tracks, input_spec, cache=cache, timeout=0.0)
        assert len(matrix) == 4
    told.clear()
    measure_ahead(tracks, [EXTRACTED, other], cache, progress=told.append)
    assert told == []
