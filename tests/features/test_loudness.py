"""Against the test signals of EBU Tech 3341 and 3342, as far as formulas describe them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.loudness import (
    LOUDNESS_POWER,
    TRUE_PEAK,
    integrated_loudness,
    k_weighting,
    loudness_power,
    loudness_range,
    momentary_loudness,
    short_term_loudness,
    true_peak,
)

RATE = 48000


def tone(levels, rate=RATE, frequency=1000, channels=2):
    """Sines at levels in dBFS for so many seconds each, one after the other."""
    duration = sum(seconds for _, seconds in levels)
    time = np.arange(round(duration * rate)) / rate
    gains = np.repeat([10 ** (level / 20) for level, _ in levels],
                      [round(seconds * rate) for _, seconds in levels])  # fmt: skip
    return np.tile(gains * np.sin(2 * np.pi * frequency * time), (channels, 1))


# EBU Tech 3341, cases 1 to 5.
@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
)
@pytest.mark.parametrize("rate", [44100, 48000])
def test_integrated_loudness(levels, expected, rate):
    measured = integrated_loudness(loudness_power(tone(levels, rate), rate))
    assert measured == pytest.approx(expected, abs=0.1)


def test_integrated_loudness_of_surround():
    """EBU Tech 3341, case 6: left and right -28, centre -24, surrounds -30 dBFS."""
    sine = tone([(0, 20)], channels=1)
    decibels = np.array([-28, -28, -24, -np.inf, -30, -30])
    surround = sine * 10 ** (decibels[:, np.newaxis] / 20)
    surround[3] = tone([(-6, 20)], frequency=50, channels=1)
    measured = integrated_loudness(loudness_power(surround, RATE))
    assert measured == pytest.approx(-23, abs=0.1)


def test_short_term_and_momentary_loudness():
    """EBU Tech 3341, cases 9 and 12: steps too short to be told from their mean."""
    steps = [(-20, 1.34), (-30, 1.66)] * 5
    short_term = short_term_loudness(loudness_power(tone(steps), RATE))
    np.testing.assert_allclose(short_term, -23, atol=0.1)
    steps = [(-20, 0.18), (-30, 0.22)] * 25
    momentary = momentary_loudness(loudness_power(tone(steps), RATE))
    # The bursts are no multiples of a tenth of a second, the windows are.
    np.testing.assert_allclose(momentary, -23, atol=0.15)


# EBU Tech 3342, cases 1 to 4.
@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_loudness_range(levels, expected):
    powers = loudness_power(tone(levels), RATE)
    assert loudness_range(powers) == pytest.approx(expected, abs=0.1)


# EBU Tech 3341, cases 15 to 19: sines of which the samples miss the peak.
@pytest.mark.parametrize(
    ("divisor", "degrees", "level", "expected"),
    [(4, 0, -6, -6), (4, 45, -6, -6), (6, 60, -6, -6), (8, 67.5, -6, -6), (4, 45, 3, 3)],
)
def test_true_peak_of_sines(divisor, degrees, level, expected):
    phase = 2 * np.pi * np.arange(RATE) / divisor + np.deg2rad(degrees)
    ramp = np.minimum(1, np.arange(RATE) / 5000)
    sine = 10 ** (level / 20) * np.sin(phase) * ramp * ramp[::-1]
    assert -0.4 <= true_peak(sine, RATE) - expected <= 0.2


@pytest.mark.parametrize(("rate", "factor"), [(44100, 4), (96000, 2), (192000, 1)])
def test_true_peak_is_that_of_the_whole_oversampled_signal(rate, factor):
    rng = np.random.default_rng(1)
    noise = np.convolve(rng.standard_normal(20000), np.hanning(6), "same") * rng.random(20000)
    spectrum = np.fft.rfft(noise)
    fine = np.fft.irfft(spectrum, factor * len(noise)) * factor
    assert true_peak(noise, rate) == pytest.approx(20 * np.log10(np.abs(fine).max()), abs=0.1)


def test_pieces_measure_like_the_whole():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, 20 * RATE)) * np.linspace(0.01, 0.3, 20 * RATE)
    whole = loudness_power(noise, RATE)
    halves = np.concatenate([loudness_power(half, RATE) for half in np.split(noise, 2, axis=1)])
    assert integrated_loudness(halves) == pytest.approx(integrated_loudness(whole), abs=0.01)
    assert loudness_range(halves) == pytest.approx(loudness_range(whole), abs=0.1)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_filters_as_scipy_does(channels):
    from scipy.signal import sosfilt

    noise = np.random.default_rng(0).standard_normal((channels, 12345)).astype(np.float32)
    weighted = sosfilt(k_weighting(44100), noise, axis=1)[:, :8820].reshape(channels, 2, 4410)
    expected = np.square(weighted).mean(axis=2).sum(axis=0)
    np.testing.assert_allclose(loudness_power(noise, 44100), expected, rtol=1e-9)


def test_filters_are_those_of_the_standard():
    printed = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241,
         0.73248077421585],
        [1, -2, 1, 1, -1.99004745483398, 0.99007225036621],
    ]  # fmt: skip
    np.testing.assert_allclose(k_weighting(48000), printed, atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000])
def test_loudness_does_not_depend_on_the_sample_rate(rate):
    measured = integrated_loudness(loudness_power(tone([(-23, 3)], rate), rate))
    assert measured == pytest.approx(-23, abs=0.3)


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(-30, 10))
def test_gain_adds_to_loudness_and_peak(gain):
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, 5 * RATE))
    louder = noise * 10 ** (gain / 20)
    for measure in (
        lambda samples: integrated_loudness(loudness_power(samples, RATE)),
        lambda samples: true_peak(samples, RATE),
    ):
        assert measure(louder) - measure(noise) == pytest.approx(gain, abs=1e-3)
    before, after = (loudness_range(loudness_power(samples, RATE)) for samples in (noise, louder))
    assert after == pytest.approx(before, abs=1e-3)


@pytest.mark.parametrize("length", [0, 1, 100, RATE])
def test_silence_and_short_clips_have_values(length):
    powers = loudness_power(np.zeros((2, length)), RATE)
    assert powers.shape == (max(1, length // 4800),)
    assert integrated_loudness(powers) == -70
    assert loudness_range(powers) == 0
    assert true_peak(np.zeros((2, length)), RATE) == -120
    assert momentary_loudness(powers)[0] == short_term_loudness(powers)[0] == -70
    powers = loudness_power(np.ones((1, length)), RATE)
    assert np.isfinite([integrated_loudness(powers), true_peak(np.ones(length), RATE)]).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="finite"):
        loudness_power([np.nan], RATE)
    with pytest.raises(ValueError, match="finite"):
        true_peak([np.inf], RATE)
    with pytest.raises(ValueError, match="at least 4000"):
        loudness_power(np.zeros(100), 3999)
    with pytest.raises(ValueError, match="at least 4000"):
        true_peak(np.zeros(100), 0)
    for powers in ([], [[1.0]]):
        with pytest.raises(ValueError, match="shape"):
            integrated_loudness(powers)
    for powers in ([np.nan], [-1.0]):
        with pytest.raises(ValueError, match="finite"):
            integrated_loudness(powers)


def test_descriptors_measure_the_clip_as_it_is():
    samples = tone([(-20, 4)]).astype(np.float32)
    analysis = Analysis(Audio(samples, RATE))
    rows = LOUDNESS_POWER(analysis, n_fft=2048)
    assert rows.shape == (1, 40)
    assert rows.dtype == np.float32
    assert integrated_loudness(rows[0]) == pytest.approx(-20, abs=0.1)
    assert TRUE_PEAK(analysis)[0, 0] == pytest.approx(-20, abs=0.1)
