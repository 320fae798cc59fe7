import librosa
import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.onset import (
    BAND_ONSET_STRENGTH,
    ONSET_RATE,
    ONSET_STRENGTH,
    band_onset_strengths,
    onset_frames,
    onset_strength,
    strength_of,
)

RATE = 22050


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (1024, 256)])
def test_strength_and_onsets_are_librosas(examples, n_fft, hop_length):
    frames = {"n_fft": n_fft, "hop_length": hop_length}
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], RATE))
        for aggregate in ("mean", "median"):
            expected = librosa.onset.onset_strength(
                y=samples, sr=RATE, aggregate=getattr(np, aggregate), **frames
            )
            found = strength_of(analysis, aggregate=aggregate, **frames)
            assert np.abs(found - expected).max() < 1e-4 * expected.max()
            onsets = librosa.onset.onset_detect(
                onset_envelope=expected, sr=RATE, hop_length=hop_length
            )
            assert np.array_equal(onset_frames(expected, hop_length=hop_length), onsets)
        rows = ONSET_STRENGTH(analysis, **frames)
        assert np.array_equal(rows[0], strength_of(analysis, **frames))


def test_onsets_are_counted():
    samples = np.zeros(10 * RATE, np.float32)
    noise = np.random.default_rng(0).standard_normal(500).astype(np.float32)
    for start in range(RATE // 2, 10 * RATE, RATE // 2):
        samples[start : start + 500] = noise
    rate = ONSET_RATE(Analysis(Audio(samples[np.newaxis], RATE)))
    assert rate.shape == (1, 1)
    assert rate[0, 0] == pytest.approx(1.9, abs=0.01)


def test_gain_moves_no_onset(examples):
    analysis = Analysis(Audio(examples[0][np.newaxis], RATE))
    strength = strength_of(analysis)
    assert np.array_equal(onset_frames(strength), onset_frames(8 * strength))


@pytest.mark.parametrize("n_samples", [0, 1, 100, 5000])
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_what_is_constant_or_short_has_no_onsets(n_samples, value):
    analysis = Analysis(Audio(np.full((1, n_samples), value, np.float32), RATE))
    strength = ONSET_STRENGTH(analysis)
    assert strength.dtype == np.float32
    assert strength.shape == (1, 1 + n_samples // 512 if n_samples else 0)
    assert np.isfinite(strength).all()
    rate = ONSET_RATE(analysis)
    assert rate.shape == (1, 1)
    assert np.isfinite(rate).all()
    if not value:
        assert not strength.any()
        assert rate == 0


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="aggregate"):
        onset_strength(np.zeros((4, 9)), aggregate="max")
    with pytest.raises(ValueError, match="shape"):
        onset_strength(np.zeros(9))
    with pytest.raises(ValueError, match="finite"):
        onset_strength(np.full((4, 9), np.nan))
    with pytest.raises(ValueError, match="shape"):
        onset_frames(np.zeros((2, 9)))
    with pytest.raises(ValueError, match="finite"):
        onset_frames([0, np.inf])


def test_ranges_of_mel_bands_are_told_apart():
    decibels = np.zeros((128, 6), np.float32)
    decibels[7, 2:] = 8
    decibels[8:24, 3:] = 1
    decibels[63, 4:] = 40
    decibels[127, 5] = 64
    expected = np.zeros((4, 6))
    expected[[0, 1, 2, 3], [2, 3, 4, 5]] = 1
    assert np.array_equal(band_onset_strengths(decibels), expected)
    # What becomes quieter counts for nothing.
    assert not band_onset_strengths(-np.cumsum(np.ones((128, 6), np.float32), axis=1)).any()


def test_a_bass_drum_is_heard_in_the_bass():
    time = np.arange(RATE) / RATE
    stroke = np.sin(2 * np.pi * 60 * time) * (time > 0.5) * np.exp(-10 * np.maximum(time - 0.5, 0))
    rows = BAND_ONSET_STRENGTH(Analysis(Audio(stroke[np.newaxis].astype(np.float32), RATE)))
    assert rows.shape == (len(BAND_ONSET_STRENGTH.rows()), 44)
    assert rows.argmax(axis=1)[0] in {19, 20, 21, 22}
    assert rows[0].max() > 2 * rows[3].max()


def test_too_few_bands_are_refused():
    with pytest.raises(ValueError, match="16"):
        band_onset_strengths(np.zeros((12, 3), np.float32))
    assert band_onset_strengths(np.zeros((16, 0), np.float32)).shape == (4, 0)
