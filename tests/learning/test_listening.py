from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from support import make_song

from linernotes.audio import Audio
from linernotes.errors import SilentError, TimeOutError
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import find_input, input_columns
from linernotes.learning.listening.cuts import clip_starts
from linernotes.learning.listening.tracks import hear, hear_cuts
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analysis import analyse_track


@given(
    st.floats(0.5, 900), st.floats(1, 60), st.one_of(st.none(), st.integers(1, 9)), st.booleans()
)
def test_clips_lie_within_the_track_and_do_not_overlap(length, seconds, at_most, every):
    starts = clip_starts(length, Clips(seconds, at_most=at_most), every=every)
    clip = min(seconds, length)
    assert len(starts) >= 1
    assert every or at_most is None or len(starts) <= at_most
    assert starts[0] >= 0
    assert starts[-1] + clip <= length + 0.1 * seconds + 1e-6
    assert (np.diff(starts) >= clip - 1e-6).all()
    if len(starts) == 1 and clip < length:
        assert starts[0] == pytest.approx((length - clip) / 2)


@pytest.mark.parametrize(
    "wrong",
    [{"seconds": 0.0}, {"seconds": float("nan")}, {"seconds": 3, "skip_intro": -1.0},
     {"seconds": 3, "at_most": 0}],
)  # fmt: skip
def test_clips_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match=r"seconds|skip_intro|at_most"):
        Clips(**wrong)


def test_hearing_needs_inputs():
    for inputs in ((), ("fma", "fma")):
        with pytest.raises(ValueError, match="each once"):
            InputSpec(inputs)


def test_inputs_have_a_name_for_every_column():
    inputs = ("embedding", "tags", "descriptors", "extracted")
    names = input_columns(inputs)
    assert len(names) == len(set(names)) == sum(find_input(name).columns for name in inputs)


@pytest.mark.slow
def test_a_track_as_one_row_is_what_a_library_keeps(song_files):
    rows = hear(song_files["mp3"], ("embedding", "extracted", "tags", "descriptors"))
    kept = analyse_track(song_files["mp3"])
    np.testing.assert_array_equal(rows.values["embedding"][0], kept.networks.embedding)
    np.testing.assert_array_equal(rows.values["tags"][0], kept.networks.tags)
    np.testing.assert_array_equal(rows.values["descriptors"][0], kept.descriptors)
    assert rows.values["extracted"].shape == (1, 56)
    assert rows.side_by_side(("tags", "extracted")).shape[1] == len(kept.networks.tags) + 56


def test_clips_are_heard_where_they_lie(song_files, song):
    rows = hear(song_files["wav"], ("extracted",), Clips(2.0, at_most=None))
    assert rows.start.tolist() == [0, 2, 4, 6]
    np.testing.assert_allclose(rows.end, [2, 4, 6, 8])
    for i, start in enumerate(rows.start):
        piece = song[int(start * 44100) : int((start + 2) * 44100)].T
        alone = hear(Audio(np.ascontiguousarray(piece), 44100), ("extracted",), Clips(2.0))
        # The file has 16 bits.
        np.testing.assert_allclose(
            rows.values["extracted"][i], alone.values["extracted"][0], rtol=0.02, atol=0.05
        )


def test_training_takes_few_clips_and_a_prediction_all(song_files):
    clips = Clips(2.0, at_most=1)
    assert hear(song_files["wav"], ("extracted",), clips).start.tolist() == [3.0]
    assert len(hear(song_files["wav"], ("extracted",), clips, every=True).start) == 4


def test_intros_are_skipped_unless_the_track_is_short(song_files):
    whole = hear(song_files["wav"], ("extracted",), Clips(2.0, skip_intro=5.0), every=True)
    assert whole.start[0] == 0
    rest = hear(song_files["wav"], ("extracted",), Clips(2.0, skip_intro=4.0), every=True)
    assert rest.start.tolist() == [4, 6]
    part = hear(song_files["wav"], ("extracted",), Clips(2.0), every=True, start=3.0, duration=4.0)
    assert part.start.tolist() == [3, 5]


def test_bytes_and_open_files_are_heard_as_paths_are(song_files):
    data = song_files["flac"].read_bytes()
    clips = Clips(3.0, at_most=None)
    path, raw, opened = (
        hear(source, ("extracted",), clips).values["extracted"]
        for source in (song_files["flac"], data, io.BytesIO(data))
    )
    np.testing.assert_array_equal(path, raw)
    np.testing.assert_array_equal(path, opened)


def test_silent_clips_are_left_out_and_said(tmp_path):
    sound = np.zeros((22050 * 6, 1), np.float32)
    sound[: 22050 * 2] = np.random.default_rng(0).normal(0, 0.1, (44100, 1))
    soundfile.write(tmp_path / "half.wav", sound, 22050)
    rows = hear(tmp_path / "half.wav", ("extracted",), Clips(2.0), every=True)
    assert rows.start.tolist() == [0]
    assert len(rows.warnings) == 2
    soundfile.write(tmp_path / "silent.wav", 0 * sound, 22050)
    with pytest.raises(SilentError):
        hear(tmp_path / "silent.wav", ("extracted",), Clips(2.0))


def test_listening_ends_in_time(song_files):
    with pytest.raises(TimeOutError):
        hear(song_files["mp3"], ("extracted",), Clips(2.0), timeout=0.0)


@pytest.mark.parametrize("name", ["flac", "mp3"])
def test_a_track_is_opened_once_however_it_is_cut(song_files, name, decoding):
    wanted = {None: ("fma", "extracted"), Clips(2.0, at_most=None): ("extracted",),
              Clips(3.0, skip_intro=2.0): ("extracted",)}  # fmt: skip
    together = hear_cuts(song_files[name], wanted)
    assert decoding.opened == 1
    for clips, inputs in wanted.items():
        alone, found = hear(song_files[name], inputs, clips), together[clips]
        assert isinstance(found, TrackFeatures)
        np.testing.assert_array_equal(found.start, alone.start)
        np.testing.assert_array_equal(found.side_by_side(inputs), alone.side_by_side(inputs))


def test_what_one_cut_cannot_hear_another_may(tmp_path):
    path = tmp_path / "late.wav"
    soundfile.write(
        path, np.r_[make_song(duration=8, channels=1)[:, 0], np.zeros(16 * 44100)], 44100
    )
    cuts = {Clips(2.0, skip_intro=10.0): ("extracted",), None: ("extracted",)}
    late, whole = hear_cuts(path, cuts).values()
    assert isinstance(late, SilentError)
    assert isinstance(whole, TrackFeatures)
