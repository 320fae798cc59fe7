import warnings

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.mel import mel_filters, mel_power, mel_power_of


@settings(max_examples=20, deadline=None)
@given(
    sample_rate=st.sampled_from([8000, 16000, 22050, 44100]),
    n_fft=st.sampled_from([512, 1024, 2048]),
    n_mels=st.integers(1, 160),
)
def test_filters_are_librosas(sample_rate, n_fft, n_mels):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Empty filters")
        expected = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels)
    found = mel_filters(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels)
    np.testing.assert_allclose(found, expected, atol=1e-6 * expected.max())
    spectrum = np.random.default_rng(n_mels).uniform(size=(n_fft // 2 + 1, 300)).astype(np.float32)
    np.testing.assert_allclose(
        mel_power(spectrum, sample_rate=sample_rate, n_mels=n_mels),
        expected @ spectrum**2,
        atol=1e-6,
        rtol=1e-4,
    )


def test_power_is_librosas(examples):
    for samples in examples:
        for options in ({}, {"n_fft": 512, "hop_length": 256, "n_mels": 12}):
            expected = librosa.feature.melspectrogram(y=samples, sr=22050, **options)
            found = mel_power_of(Analysis(Audio(samples[np.newaxis], 22050)), **options)
            scale = expected.max(axis=1, keepdims=True)
            assert (np.abs(found - expected) / scale).max() < 1e-4


def test_bad_input():
    with pytest.raises(ValueError, match="n_mels"):
        mel_power(np.ones((1025, 2), np.float32), sample_rate=22050, n_mels=0)
    with pytest.raises(ValueError, match="shape"):
        mel_power(np.ones(1025, np.float32), sample_rate=22050)
