import librosa
import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.beats import BEAT_RATE
from linernotes.features.onset import strength_of
from linernotes.features.tempo import (
    PULSE_CLARITY,
    TEMPO,
    TEMPO_BANDS,
    TEMPO_STRENGTH,
    pulse_clarity,
    tempo,
    tempo_bands,
)
from linernotes.features.tempogram import mean_tempogram, tempogram

RATE = 22050
DESCRIPTORS = (TEMPO, PULSE_CLARITY, TEMPO_STRENGTH, BEAT_RATE)


def clicking(beats_per_minute, seconds=20):
    """Short noises, all the same, on the beat."""
    samples = np.zeros(seconds * RATE, np.float32)
    noise = np.random.default_rng(0).standard_normal(300).astype(np.float32)
    for start in np.arange(0.3, seconds - 0.1, 60 / beats_per_minute):
        place = round(start * RATE)
        samples[place : place + 300] = noise
    return Analysis(Audio(samples[np.newaxis], RATE))


@pytest.mark.parametrize("hop_length", [512, 256])
def test_tempo_and_tempogram_are_librosas(examples, hop_length):
    for samples in examples:
        strength = librosa.onset.onset_strength(y=samples, sr=RATE, hop_length=hop_length)
        expected = librosa.feature.tempo(onset_envelope=strength, sr=RATE, hop_length=hop_length)
        assert tempo(strength, hop_length=hop_length) == pytest.approx(expected[0], rel=1e-9)
        local = librosa.feature.tempogram(onset_envelope=strength[:600])
        assert np.abs(tempogram(strength[:600]) - local).max() < 1e-4
        assert np.abs(mean_tempogram(strength[:600]) - local.mean(axis=1)).max() < 1e-6
        prior = librosa.feature.tempo(
            onset_envelope=strength, sr=RATE, hop_length=hop_length, start_bpm=80, std_bpm=0.5
        )
        assert tempo(strength, hop_length=hop_length, preferred=80, octaves=0.5) == pytest.approx(
            prior[0], rel=1e-9
        )


@pytest.mark.parametrize("beats_per_minute", [60, 75, 84, 97, 113, 120, 131, 144, 160, 170])
def test_click_trains_have_their_tempo(beats_per_minute):
    analysis = clicking(beats_per_minute)
    refined = TEMPO(analysis, refined=True)[0, 0]
    assert refined == pytest.approx(beats_per_minute, rel=0.01)
    # Without refinement, half a frame either way is as near as whole frames come.
    frames = 60 * RATE / 512 / beats_per_minute
    assert TEMPO(analysis)[0, 0] == pytest.approx(beats_per_minute, rel=0.55 / frames)
    assert BEAT_RATE(analysis)[0, 0] == pytest.approx(beats_per_minute / 60, rel=0.01)
    assert PULSE_CLARITY(analysis)[0, 0] > 0.7
    bands = TEMPO_STRENGTH(analysis)[:, 0]
    assert bands[np.searchsorted(TEMPO_BANDS, beats_per_minute, side="right") - 1] > 0.3


def test_what_is_fast_may_be_heard_at_half_its_tempo():
    found = TEMPO(clicking(180), refined=True)[0, 0]
    octaves = np.log2(180 / found)
    assert abs(octaves - round(octaves)) < 0.01


def test_neither_gain_nor_a_shift_changes_the_tempo(examples):
    strength = strength_of(Analysis(Audio(examples[1][np.newaxis], RATE)))
    assert tempo(16 * strength) == tempo(strength)
    assert tempo(strength[5:]) == pytest.approx(tempo(strength), rel=0.05)


def test_noise_pulses_less_than_a_machine():
    noise = np.random.default_rng(0).standard_normal(10 * RATE).astype(np.float32)
    assert PULSE_CLARITY(Analysis(Audio(noise[np.newaxis], RATE)))[0, 0] < 0.3


@pytest.mark.parametrize("n_samples", [0, 1, 100, 3000, 20000])
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_silence_and_short_clips_have_defined_values(n_samples, value):
    analysis = Analysis(Audio(np.full((1, n_samples), value, np.float32), RATE))
    for descriptor in DESCRIPTORS:
        rows = descriptor(analysis)
        assert rows.dtype == np.float32
        assert rows.shape == (len(descriptor.rows()), 1)
        assert np.isfinite(rows).all()
        if not value:
            assert not rows.any(), descriptor.name


def test_constant_strength_does_not_pulse():
    assert pulse_clarity(np.full(1000, 0.1)) == 0
    assert pulse_clarity(np.ones(1)) == 0
    assert tempo_bands(np.zeros(0)).shape == (8,)
    assert tempogram(np.zeros(0)).shape == (384, 0)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="shape"):
        tempo(np.zeros((2, 9)))
    with pytest.raises(ValueError, match="finite"):
        tempo([0, np.nan])
    with pytest.raises(ValueError, match="positive"):
        tempo(np.ones(9), preferred=0)
    with pytest.raises(ValueError, match="positive"):
        tempogram(np.ones(9), window_length=0)
