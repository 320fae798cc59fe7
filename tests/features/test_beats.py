import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.beats import beat_frames, beats_of, synchronise

RATE = 22050


@pytest.mark.slow
def test_beats_are_librosas(examples):
    for samples in examples:
        _, expected = librosa.beat.beat_track(y=samples, sr=RATE)
        analysis = Analysis(Audio(samples[np.newaxis], RATE))
        assert np.array_equal(beats_of(analysis), expected)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"beats_per_minute": 97.0}, {"bpm": 97.0}),
        ({"beats_per_minute": 250.0, "tightness": 10.0}, {"bpm": 250.0, "tightness": 10.0}),
        ({"trim": False}, {"trim": False}),
        ({"hop_length": 256}, {"hop_length": 256}),
    ],
)
def test_options_are_librosas(examples, ours, theirs):
    strength = librosa.onset.onset_strength(y=examples[3], sr=RATE)
    _, expected = librosa.beat.beat_track(onset_envelope=strength, sr=RATE, **theirs)
    assert np.array_equal(beat_frames(strength, **ours), expected)


def test_clicks_are_found():
    strength = np.zeros(1000)
    strength[17::25] = 1
    beats = beat_frames(strength)
    assert set(np.diff(beats)) == {25}
    assert (beats % 25 == 17).all()
    assert len(beats) > 35


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 50])
def test_short_clips_do_no_harm(count):
    rng = np.random.default_rng(0)
    for strength in (np.zeros(count), np.ones(count), rng.random(count)):
        beats = beat_frames(strength)
        assert beats.dtype == np.int64
        assert (np.diff(beats) > 0).all()
        assert not len(beats) or (beats[0] >= 0 and beats[-1] < count)
        if not strength.any():
            assert not len(beats)


@given(
    beats=st.lists(st.integers(0, 70), min_size=1, max_size=12),
    frames=st.integers(1, 60),
    aggregate=st.sampled_from(["mean", "median"]),
)
@settings(max_examples=30, deadline=None)
def test_frames_are_synchronised_as_librosa_does(beats, frames, aggregate):
    rows = np.random.default_rng(0).random((3, frames)).astype(np.float32)
    expected = librosa.util.sync(rows, beats, aggregate=getattr(np, aggregate))
    found = synchronise(rows, np.array(sorted(beats), int), aggregate=aggregate)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-6)


def test_no_frames_and_no_beats():
    assert synchronise(np.zeros((3, 0)), []).shape == (3, 0)
    assert synchronise(np.ones((3, 5)), []).tolist() == [[1], [1], [1]]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="shape"):
        beat_frames(np.zeros((2, 9)))
    with pytest.raises(ValueError, match="finite"):
        beat_frames([0, np.nan])
    with pytest.raises(ValueError, match="positive"):
        beat_frames(np.ones(9), beats_per_minute=0)
    with pytest.raises(ValueError, match="positive"):
        beat_frames(np.ones(9), tightness=0)
    with pytest.raises(ValueError, match="several beats per frame"):
        beat_frames(np.arange(9), beats_per_minute=1e5)
    with pytest.raises(ValueError, match="shape"):
        synchronise(np.zeros(9), [1])
    with pytest.raises(ValueError, match="frame numbers"):
        synchronise(np.zeros((2, 9)), [-1])
    with pytest.raises(ValueError, match="frame numbers"):
        synchronise(np.zeros((2, 9)), [0.5])
    with pytest.raises(ValueError, match="aggregate"):
        synchronise(np.zeros((2, 9)), [1], aggregate="max")
