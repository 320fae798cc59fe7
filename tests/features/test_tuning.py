import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import magnitudes
from linernotes.features.tuning import estimate_tuning, tuning_of


def test_tuning_is_librosas(examples):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], 22050))
        expected = librosa.estimate_tuning(y=samples, sr=22050)
        assert tuning_of(analysis) == pytest.approx(expected, abs=1e-6)
        spectrum = magnitudes(samples)
        assert estimate_tuning(spectrum, sample_rate=22050, power=True) == pytest.approx(
            librosa.estimate_tuning(S=spectrum**2, sr=22050)
        )


@settings(max_examples=10, deadline=None)
@given(deviation=st.floats(-0.4, 0.4))
def test_a_detuned_chord_is_found_so(deviation):
    time = np.arange(2 * 22050) / 22050
    notes = 440 * 2 ** ((np.array([-9, 0, 3, 7, 12, 19]) + deviation) / 12)
    chord = sum(np.sin(2 * np.pi * note * time) for note in notes).astype(np.float32)
    assert estimate_tuning(magnitudes(chord), sample_rate=22050) == pytest.approx(
        deviation, abs=0.1
    )


@pytest.mark.parametrize("samples", [[], [1.0], [0.0] * 5000, [0.5] * 5000])
def test_what_has_no_pitch_is_in_tune(samples):
    analysis = Analysis(Audio(np.array([samples], np.float32), 22050))
    assert tuning_of(analysis) == 0


def test_frames_too_short_for_pitches_are_in_tune():
    assert estimate_tuning(np.ones((3, 4), np.float32), sample_rate=100) == 0


def test_bad_input():
    with pytest.raises(ValueError, match="finite"):
        estimate_tuning(np.full((1025, 1), np.nan, np.float32), sample_rate=22050)
