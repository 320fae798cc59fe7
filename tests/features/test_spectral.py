import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features import spectral
from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import magnitudes

DESCRIPTORS = (
    spectral.SPECTRAL_CENTROID,
    spectral.SPECTRAL_BANDWIDTH,
    spectral.SPECTRAL_ROLLOFF,
    spectral.SPECTRAL_CONTRAST,
    spectral.SPECTRAL_FLATNESS,
    spectral.SPECTRAL_FLUX,
)
RATE = 22050


def error(found, expected):
    """Largest error of each row, relative to the row's largest value."""
    return (np.abs(found - expected) / np.abs(expected).max(axis=1, keepdims=True)).max()


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (512, 256)])
def test_descriptors_are_librosas(examples, n_fft, hop_length):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], RATE))
        stft = np.abs(librosa.stft(samples, n_fft=n_fft, hop_length=hop_length))
        frames = {"n_fft": n_fft, "hop_length": hop_length}
        for name in ("centroid", "bandwidth", "contrast", "flatness"):
            descriptor = getattr(spectral, f"SPECTRAL_{name.upper()}")
            expected = getattr(librosa.feature, f"spectral_{name}")(S=stft)
            assert error(descriptor(analysis, **frames), expected) < 1e-4
        # Rounding decides where the sum of many magnitudes reaches 85 %: rarely, a bin aside.
        rolloff = spectral.SPECTRAL_ROLLOFF(analysis, **frames)
        apart = np.abs(rolloff - librosa.feature.spectral_rolloff(S=stft))
        assert apart.max() < 1.01 * RATE / n_fft
        assert np.mean(apart > 1e-4 * rolloff.max()) < 1e-3


def test_flux_is_its_definition():
    spectrum = np.random.default_rng(0).uniform(size=(50, 20)).astype(np.float32)
    increase = np.maximum(np.diff(spectrum.astype(float), axis=1), 0)
    expected = np.concatenate([[0], np.linalg.norm(increase, axis=0)])
    np.testing.assert_allclose(spectral.spectral_flux(spectrum), expected, rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(frequency=st.floats(300, 10000), gain=st.floats(1e-3, 1))
def test_a_tone_lies_at_its_frequency(frequency, gain):
    time = np.arange(RATE) / RATE
    tone = (gain * np.sin(2 * np.pi * frequency * time)).astype(np.float32)
    inside = magnitudes(tone)[:, 5:-5]
    centroid, bandwidth, rolloff, *_ = spectral.measure(inside, sample_rate=RATE)
    np.testing.assert_allclose(centroid, frequency, rtol=0.01)
    assert bandwidth.max() < 100
    assert np.abs(rolloff - frequency).max() < 3 * RATE / 2048
    assert spectral.spectral_flatness(inside).max() < 0.01
    assert spectral.spectral_flux(inside).max() < 0.2 * gain * 512


def test_the_volume_changes_nothing_but_flux():
    noise = np.random.default_rng(0).normal(size=30000).astype(np.float32)
    quiet, loud = magnitudes(noise), magnitudes(8 * noise)
    np.testing.assert_allclose(
        spectral.measure(quiet, sample_rate=RATE)[:3],
        spectral.measure(loud, sample_rate=RATE)[:3],
        rtol=1e-4,
    )
    np.testing.assert_allclose(
        spectral.spectral_flux(loud), 8 * spectral.spectral_flux(quiet), rtol=1e-4
    )
    assert spectral.spectral_flatness(loud)[5:-5].min() > 0.4


@pytest.mark.parametrize("samples", [[0.5], [0.0] * 3000, [0.7] * 3000, [1.0, -1.0] * 5, []])
@pytest.mark.parametrize("descriptor", DESCRIPTORS, ids=lambda descriptor: descriptor.name)
def test_every_clip_has_defined_values(samples, descriptor):
    analysis = Analysis(Audio(np.array([samples], np.float32), RATE))
    rows = descriptor(analysis)
    assert rows.dtype == np.float32
    assert rows.shape == (len(descriptor.rows()), 1 + len(samples) // 512 if samples else 0)
    assert np.isfinite(rows).all()
    if samples and not any(samples):
        np.testing.assert_allclose(rows, descriptor.name == "spectral_flatness", rtol=1e-5)


def test_bad_input():
    with pytest.raises(ValueError, match="finite"):
        spectral.spectral_contrast(np.full((1025, 1), np.nan, np.float32), sample_rate=RATE)
    with pytest.raises(ValueError, match="contrast"):
        spectral.spectral_contrast(np.ones((1025, 1), np.float32), sample_rate=8000)
    with pytest.raises(ValueError, match="n_bands"):
        spectral.spectral_contrast(np.ones((1025, 1), np.float32), sample_rate=RATE, n_bands=0)
    with pytest.raises(ValueError, match="roll_fraction"):
        spectral.measure(np.ones((1025, 1), np.float32), sample_rate=RATE, roll_fraction=1)
    with pytest.raises(TypeError):
        spectral.SPECTRAL_CENTROID(Analysis(Audio(np.ones((1, 10), np.float32), RATE)), hop=3)
