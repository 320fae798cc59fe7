import librosa
import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import MFCC, mfcc, power_to_db


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"n_fft": 512, "hop_length": 256, "n_mels": 40},
        {"n_mfcc": 13, "sample_rate": 22050},
        {"n_mfcc": 128},
    ],
)
def test_coefficients_are_librosas(examples, parameters):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], 22050))
        options = {"n_mfcc": 20, **parameters}
        options.pop("sample_rate", None)
        expected = librosa.feature.mfcc(y=samples, sr=22050, **options)
        found = MFCC(analysis, **parameters)
        assert found.dtype == np.float32
        assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()
        assert len(MFCC.rows(**parameters)) == len(found)


def test_the_volume_moves_the_first_coefficient_only():
    noise = np.random.default_rng(0).normal(0, 0.1, 30000).astype(np.float32)
    quiet, loud = (MFCC(Analysis(Audio(g * noise[np.newaxis], 22050))) for g in (1, 4))
    np.testing.assert_allclose(loud[1:], quiet[1:], atol=1e-3)
    np.testing.assert_allclose(loud[0] - quiet[0], 20 * np.log10(4) * np.sqrt(128), rtol=1e-3)


def test_silence_and_short_clips_have_defined_values():
    for length in (1, 100, 3000):
        found = MFCC(Analysis(Audio(np.zeros((1, length), np.float32), 22050)))
        np.testing.assert_allclose(found[0], -100 * np.sqrt(128), rtol=1e-5)
        np.testing.assert_allclose(found[1:], 0, atol=1e-3)
    assert MFCC(Analysis(Audio(np.zeros((1, 0), np.float32), 22050))).shape == (20, 0)


def test_decibels_are_librosas():
    power = np.random.default_rng(0).lognormal(0, 9, (10, 50)).astype(np.float32)
    np.testing.assert_allclose(power_to_db(power), librosa.power_to_db(power), atol=1e-4)
    np.testing.assert_allclose(
        power_to_db(power, top_db=None), librosa.power_to_db(power, top_db=None), atol=1e-4
    )


def test_bad_input():
    with pytest.raises(ValueError, match="n_mfcc"):
        mfcc(np.zeros((12, 3), np.float32), n_mfcc=13)
    with pytest.raises(ValueError, match="finite"):
        mfcc(np.full((128, 3), -np.inf, np.float32))
