import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.balance import (
    BAND_LEVEL,
    HIGH_FREQUENCY_CUTOFF,
    SPECTRAL_TILT,
    high_frequency_cutoff,
    spectral_tilt,
)
from linernotes.features.bands import stereo_bands

RATE = 44100


def shaped(decibels_per_octave=0.0, cutoff=RATE / 2):
    """Four seconds of noise with a slope relative to white noise, and an end."""
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(4 * RATE))
    frequencies = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    slope = np.maximum(frequencies, 20) ** (decibels_per_octave / (20 * np.log10(2)))
    samples = np.fft.irfft(spectrum * slope * (frequencies < cutoff))
    return (0.1 * samples / samples.std()).astype(np.float32)[np.newaxis]


@pytest.mark.parametrize(("slope", "expected"), [(0, 3.01), (-3.01, 0), (-6, -3)])
def test_tilt_of_coloured_noise(slope, expected):
    tilt = SPECTRAL_TILT(Analysis(Audio(shaped(slope), RATE)))
    np.testing.assert_allclose(tilt.mean(axis=1), expected, atol=0.7)
    assert spectral_tilt(stereo_bands(shaped(slope), RATE).power).mean() == pytest.approx(
        expected, abs=0.5
    )


def test_levels_of_pink_noise_follow_the_width_of_the_bands():
    level = BAND_LEVEL(Analysis(Audio(shaped(-3.01), RATE)))[:, 0]
    np.testing.assert_allclose(level[2:7], level[4], atol=0.7)
    np.testing.assert_allclose(np.sum(10 ** (level / 10)), 1, rtol=1e-3)


@pytest.mark.parametrize("cutoff", [5500, 10500, 13500, 15500, 19500])
def test_cutoff_of_lowpassed_noise(cutoff):
    bands = stereo_bands(shaped(cutoff=cutoff), RATE)
    expected = 1000 * (cutoff // 1000 + 1)
    assert high_frequency_cutoff(bands.spectrum, bands.frequencies) == expected
    # As a feature it is blind to where encoders cut.
    feature = HIGH_FREQUENCY_CUTOFF(Analysis(Audio(shaped(cutoff=cutoff), RATE)))
    assert feature == min(expected, 14000)


@pytest.mark.parametrize("length", [0, 1, RATE])
def test_silence_has_values(length):
    analysis = Analysis(Audio(np.zeros((2, length), np.float32), RATE))
    np.testing.assert_allclose(BAND_LEVEL(analysis), -10, atol=1e-3)
    assert HIGH_FREQUENCY_CUTOFF(analysis) == 0
    assert np.isfinite(SPECTRAL_TILT(analysis)).all()
