import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.chroma import CHROMA_STFT, PITCH_CLASSES
from linernotes.features.key import (
    KEY_COLUMNS,
    KEY_STRENGTH_COLUMNS,
    Key,
    estimate_key,
    key_columns,
    key_strength_columns,
    key_strengths,
)

RATE = 22050
PROFILES = ("albrecht-shanahan", "krumhansl-kessler", "temperley")
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
        assert key.confidence > 0.01


def test_names():
    assert Key(6, 0, 1.0, 0.1).name == "F# minor"
    assert Key(10, 1, 1.0, 0.1).name == "Bb major"


@given(seed=st.integers(0, 999), shift=st.integers(0, 11), gain=st.floats(1e-30, 1e30))
@settings(max_examples=30, deadline=None)
def test_transposed_music_has_a_transposed_key(seed, shift, gain):
    chroma = np.random.default_rng(seed).random(12)
    before, after = estimate_key(chroma), estimate_key(gain * np.roll(chroma, shift))
    assert after.tonic == (before.tonic + shift) % 12
    assert after.mode == before.mode
    assert after.strength == pytest.approx(before.strength)
    assert after.confidence == pytest.approx(before.confidence, abs=1e-9)


@pytest.mark.parametrize(
    "chroma",
    [np.zeros(12), np.ones(12), np.zeros((12, 5)), np.zeros((12, 0)), np.full(12, 1e-300)],
)
def test_without_pitch_there_is_no_key(chroma):
    assert estimate_key(chroma) == Key(0, 1, 0.0, 0.0)
    assert not key_strengths(chroma).any()


def test_ties_are_not_trusted():
    # The whole-tone scale looks the same from all of its six notes.
    whole_tones = np.tile([1.0, 0.0], 6)
    assert estimate_key(whole_tones).confidence == 0


def test_columns():
    chroma = np.random.default_rng(0).random((12, 40)).astype(np.float32)
    key = estimate_key(chroma)
    assert key_columns(chroma).dtype == np.float32
    assert np.allclose(
        key_columns(chroma), [key.tonic, key.mode, key.strength, key.confidence], rtol=1e-6
    )
    assert len(KEY_COLUMNS) == 4
    strengths = key_strength_columns(chroma)
    assert strengths.dtype == np.float32
    assert len(strengths) == len(KEY_STRENGTH_COLUMNS) == 24
    best = KEY_STRENGTH_COLUMNS[int(strengths.argmax())].name
    assert best == key.name.replace(" ", "_")
    assert KEY_STRENGTH_COLUMNS[12].name == f"{PITCH_CLASSES[0]}_minor"


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
