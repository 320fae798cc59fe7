import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.energy import (
    ENERGY,
    RMS,
    RMSE,
    ZERO_CROSSING_RATE,
    energy,
    rms,
    spectral_rms,
    zero_crossing_rate,
)

RATE = 22050


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (512, 256)])
def test_descriptors_are_librosas(examples, n_fft, hop_length):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], RATE))
        frames = {"n_fft": n_fft, "hop_length": hop_length}
        sizes = {"frame_length": n_fft, "hop_length": hop_length}
        stft = np.abs(librosa.stft(samples, **frames))
        expected = {
            RMS: librosa.feature.rms(y=samples, **sizes),
            RMSE: librosa.feature.rms(S=stft, **sizes),
            ZERO_CROSSING_RATE: librosa.feature.zero_crossing_rate(samples, **sizes),
        }
        expected[ENERGY] = expected[RMS] ** 2 * n_fft
        for descriptor, values in expected.items():
            found = descriptor(analysis, **frames)
            assert found.dtype == np.float32
            assert np.abs(found - values).max() < 1e-5 * values.max()
        np.testing.assert_allclose(spectral_rms(stft), expected[RMSE][0], rtol=1e-4, atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(
    length=st.integers(1, 3000),
    half=st.integers(1, 600),
    hop_length=st.integers(1, 900),
    random_state=st.integers(0, 99),
)
def test_crossings_are_counted_by_the_definition(length, half, hop_length, random_state):
    samples = np.random.default_rng(random_state).integers(-2, 3, length).astype(np.float32)
    found = zero_crossing_rate(samples, frame_length=2 * half, hop_length=hop_length)
    negative = np.pad(samples, half, mode="edge") < 0
    for index in (0, len(found) // 2, len(found) - 1):
        inside = negative[index * hop_length :][: 2 * half]
        assert found[index] == pytest.approx(np.mean(np.append(np.diff(inside), False)), abs=1e-6)


def test_a_sine_has_its_level_and_crossings():
    tone = np.sin(2 * np.pi * 441 * np.arange(RATE) / RATE + 0.3).astype(np.float32)
    np.testing.assert_allclose(rms(tone)[5:-5], np.sqrt(0.5), rtol=0.01)
    np.testing.assert_allclose(zero_crossing_rate(tone)[5:-5], 0.04, rtol=0.05)
    np.testing.assert_allclose(energy(0.5 * tone), 0.25 * energy(tone), rtol=1e-5)


@pytest.mark.parametrize("samples", [[0.5], [0.0] * 3000, [0.7] * 3000, []])
@pytest.mark.parametrize(
    "descriptor", [ENERGY, RMS, RMSE, ZERO_CROSSING_RATE], ids=lambda descriptor: descriptor.name
)
def test_every_clip_has_defined_values(samples, descriptor):
    rows = descriptor(Analysis(Audio(np.array([samples], np.float32), RATE)))
    assert rows.shape == (1, 1 + len(samples) // 512 if samples else 0)
    assert np.isfinite(rows).all()
    if not any(samples):
        assert not rows.any()


def test_bad_input():
    for function in (energy, rms, zero_crossing_rate):
        with pytest.raises(ValueError, match="finite"):
            function(np.array([1, np.nan], np.float32))
        with pytest.raises(ValueError, match="even"):
            function(np.ones(10, np.float32), frame_length=3)
        with pytest.raises(ValueError, match="hop_length"):
            function(np.ones(10, np.float32), hop_length=0)
