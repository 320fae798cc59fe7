import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.chroma import CHROMA_STFT, PITCH_CLASSES
from linernotes.features.descriptor import clip_of
from linernotes.features.key import (
    KEY_COLUMNS,
    KEY_STRENGTH_COLUMNS,
    Key,
    estimate_key,
    key_columns,
    key_confidence_columns,
    key_of,
    key_of_notes,
    key_strength_columns,
    key_strengths,
)

RATE = 22050
PROFILES = ("braw", "bgate", "albrecht-shanahan", "krumhansl-kessler", "temperley")
# Tonic, subdominant, dominant, tonic: what settles a key. In semitones above the tonic.
CADENCE = {
    1: ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)),
    0: ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)),
}


def cadence(tonic, mode):
    """Chords of sines with partials, a third of a second each."""
    time = np.arange(RATE // 3) / RATE
    chords = [
        sum(
            np.sin(2 * np.pi * partial * 261.63 * 2 ** ((tonic + note) / 12) * time) / partial**2
            for note in chord
            for partial in (1, 2, 3)
        )
        for chord in CADENCE[mode]
    ]
    return np.concatenate(chords).astype(np.float32)


@pytest.mark.parametrize("mode", [1, 0])
@pytest.mark.parametrize("tonic", range(12))
def test_cadences_are_in_their_keys(tonic, mode):
    chroma = CHROMA_STFT(Analysis(Audio(cadence(tonic, mode)[np.newaxis], RATE)))
    for profile in PROFILES:
        key = estimate_key(chroma, profile=profile)
        assert (key.tonic, key.mode) == (tonic, mode), profile
        assert key.strength > 0.7
        assert key.margin > 0.01


def test_names():
    assert Key(6, 0, 1.0, 0.1, 0.8).name == "F# minor"
    assert Key(10, 1, 1.0, 0.1, 0.8).name == "Bb major"


@given(random_state=st.integers(0, 999), shift=st.integers(0, 11), gain=st.floats(1e-30, 1e30))
@settings(max_examples=30, deadline=None)
def test_transposed_music_has_a_transposed_key(random_state, shift, gain):
    chroma = np.random.default_rng(random_state).random(12)
    before, after = estimate_key(chroma), estimate_key(gain * np.roll(chroma, shift))
    assert after.tonic == (before.tonic + shift) % 12
    assert after.mode == before.mode
    assert after.strength == pytest.approx(before.strength)
    assert after.margin == pytest.approx(before.margin, abs=1e-9)
    assert after.confidence == pytest.approx(before.confidence, abs=1e-9)


@pytest.mark.parametrize(
    "chroma",
    [np.zeros(12), np.ones(12), np.zeros((12, 5)), np.zeros((12, 0)), np.full(12, 1e-300)],
)
def test_without_pitch_there_is_no_key(chroma):
    assert estimate_key(chroma) == Key(0, 1, 0.0, 0.0, 0.0)
    assert not key_strengths(chroma).any()


def test_ties_are_not_trusted():
    # The whole-tone scale looks the same from all of its six notes.
    whole_tones = np.tile([1.0, 0.0], 6)
    assert estimate_key(whole_tones).confidence == 0


def test_columns():
    rows = np.random.default_rng(0).random((49, 3)).astype(np.float32)
    key = key_of_notes(rows)
    assert key_columns(key).dtype == np.float32
    assert np.allclose(key_columns(key), [key.tonic, key.mode, key.strength, key.margin], rtol=1e-6)
    assert len(KEY_COLUMNS) == 4
    assert key_confidence_columns(key) == pytest.approx([key.confidence])
    strengths = key_strength_columns(rows[:12])
    assert strengths.dtype == np.float32
    assert len(strengths) == len(KEY_STRENGTH_COLUMNS) == 24
    best = Key(int(strengths.argmax()) % 12, int(strengths.argmax() < 12), 1.0, 1.0, 1.0)
    assert best.name == key.name
    assert KEY_STRENGTH_COLUMNS[12].name == f"{PITCH_CLASSES[0]}_minor"


def test_the_more_views_agree_the_surer_is_a_key():
    c_major = np.array([10, 1, 5, 1, 6, 4, 1, 8, 1, 4, 2, 3.0])
    views = [np.roll(c_major, shift) for shift in (0, 2, 5)]
    agree = estimate_key(c_major, others=[views[0]] * 3)
    some = estimate_key(c_major, others=[views[0], views[1], views[2]])
    none = estimate_key(c_major, others=[views[1], views[1], views[2]])
    assert agree.name == some.name == none.name == "C major"
    assert agree.votes == 1
    assert agree.confidence > some.confidence > none.confidence
    assert agree.confidence > 0.8


def held(pitches, seconds=8.0, partials=6, cents=0.0):
    """Notes with partials, as instruments sound that hold them."""
    time = np.arange(int(seconds * RATE)) / RATE
    return sum(
        np.sin(2 * np.pi * partial * 440 * 2 ** ((pitch - 9 + cents / 100) / 12) * time) / partial
        for pitch in pitches
        for partial in range(1, partials + 1)
    )


def drums(seconds, random_state=0):
    """Noise that dies away twice a second."""
    time = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(random_state).standard_normal(len(time))
    return noise * np.exp(-20 * (time % 0.5))


# I IV V I vi IV V I, and i iv V i VI iv V i, in semitones above the tonic.
SONGS = {
    1: "0 4 7|5 9 12|7 11 14|0 4 7|9 12 16|5 9 12|7 11 14|0 4 7",
    0: "0 3 7|5 8 12|7 10 14|0 3 7|8 12 15|5 8 12|7 11 14|0 3 7",
}


@pytest.mark.parametrize("cents", [0, 30, -45])
@pytest.mark.parametrize(("tonic", "mode"), [(0, 1), (3, 0), (6, 1), (7, 0), (10, 1), (11, 0)])
def test_songs_are_in_their_keys_whatever_their_tuning_and_drums(tonic, mode, cents):
    chords = [[int(note) for note in chord.split()] for chord in SONGS[mode].split("|")]
    song = np.concatenate(
        [
            held([tonic + note for note in (chord[0] - 12, *chord)], seconds=1, cents=cents)
            for chord in chords
        ]
    )
    song = 0.05 * song + 0.1 * drums(len(song) / RATE)
    key = key_of(clip_of(song.astype(np.float32), RATE))
    # At 45 cents a semitone nearer the other way is as good an answer.
    nearest = {tonic, (tonic - 1) % 12} if cents == -45 else {tonic}
    assert key.tonic in nearest
    assert key.mode == mode
    assert key.confidence > 0.5


def test_what_has_no_key_is_not_trusted():
    rng = np.random.default_rng(1)
    time = np.arange(8 * RATE) / RATE
    # Syllables that glide, four a second, as a voice that speaks.
    glide = 2 ** (np.interp(time, np.arange(0, 9, 0.125), rng.normal(0, 3, 72)) / 12)
    voiced = sum(np.sin(2 * np.pi * n * 150 * np.cumsum(glide) / RATE) / n for n in range(1, 9))
    for name, sound in {
        "noise": rng.normal(0, 0.1, 8 * RATE),
        "a sine": 0.3 * np.sin(2 * np.pi * 440 * time),
        "drums": 0.3 * drums(8),
        "a voice that speaks": 0.05 * voiced * np.abs(np.sin(2 * np.pi * 2 * time)),
        "silence": 0 * time,
    }.items():
        assert key_of(clip_of(sound.astype(np.float32), RATE)).confidence < 0.25, name


@pytest.mark.parametrize(
    ("chroma", "message"),
    [
        (np.zeros(11), "shape"),
        (np.zeros((5, 12)), "shape"),
        (np.zeros((12, 2, 2)), "shape"),
        (np.full(12, np.nan), "finite"),
        (np.full(12, np.inf), "finite"),
        (np.full(12, -1.0), "at least 0"),
    ],
)
def test_bad_chroma_is_named(chroma, message):
    with pytest.raises(ValueError, match=message):
        estimate_key(chroma)


def test_unknown_profiles_are_named():
    with pytest.raises(ValueError, match="temperley"):
        estimate_key(np.ones(12), profile="mine")
