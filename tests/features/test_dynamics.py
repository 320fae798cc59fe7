import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.features.bands import stereo_bands
from linernotes.features.dynamics import (
    band_dynamics,
    crest_factor,
    loudness_dynamics,
    noise_floor,
)

RATE = 44100


def noise(random_state=0, duration=8.0):
    return 0.1 * np.random.default_rng(random_state).standard_normal(round(duration * RATE))


def alternating(decibels):
    """Noise that is louder by so many decibels in every other second."""
    gains = np.repeat([1, 10 ** (decibels / 20)] * 4, RATE)
    return noise() * gains


@pytest.mark.parametrize("step", [6, 12, 20])
def test_the_range_of_levels_is_the_step_between_them(step):
    power = stereo_bands(alternating(step), RATE).power[5:]
    levels = band_dynamics(power)
    low, high = np.percentile(levels, (25, 75), axis=1)
    np.testing.assert_allclose(high - low, step, atol=1)


def test_a_compressor_makes_the_range_smaller():
    sound = alternating(20)
    envelope = np.repeat([1, 10] * 4, RATE)
    wide, narrow = (
        band_dynamics(stereo_bands(samples, RATE).power).std(axis=1)
        for samples in (sound, sound / envelope**0.5)
    )
    assert (narrow < 0.8 * wide).all()


def test_silence_between_notes_has_the_lowest_level():
    levels = band_dynamics(stereo_bands(noise() * (np.arange(8 * RATE) < 4 * RATE), RATE).power)
    assert levels.min() == pytest.approx(-40, abs=0.5)


@pytest.mark.parametrize("hiss", [-20, -40])
def test_noise_floor_is_that_of_the_hiss(hiss):
    gate = np.arange(8 * RATE) % RATE < RATE / 2
    power = stereo_bands(noise() * gate + noise(1) * 10 ** (hiss / 20), RATE).power
    floor = noise_floor(power.sum(axis=0, keepdims=True))
    assert floor[0] == pytest.approx(hiss + 3, abs=1)


def test_digital_silence_does_not_show_behind_faint_hiss():
    gate = np.arange(8 * RATE) % RATE < RATE / 2
    silent, faint = (
        noise_floor(stereo_bands(noise() * gate + noise(1) * level, RATE).power)
        for level in (0, 1e-4)
    )
    np.testing.assert_allclose(silent, faint, atol=0.2)


def test_loudness_dynamics_is_relative_to_the_mean():
    powers = np.repeat([1.0, 10.0], 50)
    levels = loudness_dynamics(powers)
    np.testing.assert_allclose(levels[[0, -1]], 10 * np.log10([1 / 5.5, 10 / 5.5]), atol=0.01)
    np.testing.assert_allclose(loudness_dynamics(1e-4 * powers), levels, atol=1e-4)
    np.testing.assert_array_equal(loudness_dynamics([0.0]), [0])


def test_crest_factors_of_known_signals():
    sine = np.sin(2 * np.pi * 441 * np.arange(RATE) / RATE)
    assert crest_factor(sine).mean() == pytest.approx(20 * np.log10(2**0.5), abs=0.01)
    assert crest_factor(np.sign(sine + 0.01)).mean() == pytest.approx(0, abs=0.01)
    # Either channel may have the peak; the mean is that of both.
    assert crest_factor([sine, 0 * sine]).mean() == pytest.approx(20 * np.log10(2), abs=0.01)
    clicks = np.zeros(RATE)
    clicks[8192::16384] = 0.5
    assert crest_factor(clicks).max() == pytest.approx(10 * np.log10(16384), abs=1)


def test_a_limiter_lowers_the_crest_factor():
    assert crest_factor(np.clip(noise(), -0.1, 0.1)).mean() < crest_factor(noise()).mean() - 6


@pytest.mark.parametrize("length", [0, 1, 16383])
def test_silence_and_short_clips_have_values(length):
    for samples in (np.zeros((2, length)), np.ones((2, length))):
        assert crest_factor(samples) == pytest.approx([0], abs=1e-6)
    power = stereo_bands(np.zeros((2, length)), RATE).power
    assert not band_dynamics(power).any()
    np.testing.assert_allclose(noise_floor(power), -60, atol=1e-4)


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(-40, 20))
def test_gain_changes_nothing(gain):
    sound = alternating(12)
    before, after = (
        (band_dynamics(power), noise_floor(power), crest_factor(samples))
        for samples in (sound, sound * 10 ** (gain / 20))
        for power in [stereo_bands(samples, RATE).power]
    )
    for expected, measured in zip(before, after, strict=True):
        np.testing.assert_allclose(measured, expected, atol=2e-3)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="finite"):
        crest_factor([np.nan])
