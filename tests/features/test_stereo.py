import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.features import stereo
from linernotes.features.bands import stereo_bands

RATE = 44100
MEASURES = ("level_difference", "side_to_mid", "correlation", "panning", "coherence",
            "phase_difference")  # fmt: skip


def noise(random_state=0, duration=2.0):
    return 0.1 * np.random.default_rng(random_state).standard_normal(round(duration * RATE))


def means(left, right=None, bands=slice(None)):
    """Mean over bands and frames of each measure."""
    samples = [left, left if right is None else right]
    steady = stereo.steadied(stereo_bands(samples, RATE))
    return {name: float(getattr(stereo, name)(steady)[bands].mean()) for name in MEASURES}


MONO = dict(zip(MEASURES, (0, -30, 1, 0, 1, 0), strict=True))


@pytest.mark.parametrize("sound", [noise(), np.zeros(RATE), np.ones(RATE), np.ones(1), np.ones(0)])
def test_mono_and_silence_have_one_value(sound):
    assert means(sound) == pytest.approx(MONO, abs=2e-3)


def test_one_channel_alone():
    found = means(noise(), np.zeros(2 * RATE))
    assert found["level_difference"] == pytest.approx(30, abs=1)
    assert found["side_to_mid"] == pytest.approx(0, abs=0.1)
    assert found["correlation"] == pytest.approx(0, abs=0.02)
    assert found["coherence"] == pytest.approx(0, abs=0.2)
    assert found["panning"] == pytest.approx(1, abs=0.05)
    assert found["phase_difference"] == pytest.approx(0, abs=1e-3)


def test_opposite_channels():
    found = means(noise(), -noise())
    expected = {"level_difference": 0, "side_to_mid": 30, "correlation": -1, "panning": 0,
                "coherence": 1, "phase_difference": np.pi}  # fmt: skip
    # The faint mono sound beneath shows a little.
    assert found.pop("side_to_mid") == pytest.approx(expected.pop("side_to_mid"), abs=1.5)
    assert found == pytest.approx(expected, abs=0.01)


def test_panned_sound():
    found = means(noise(), 0.5 * noise())
    assert found["level_difference"] == pytest.approx(20 * np.log10(2), abs=0.1)
    assert found["side_to_mid"] == pytest.approx(20 * np.log10(1 / 3), abs=0.2)
    assert found["panning"] == pytest.approx(1 - 2 * 0.5 / 1.25, abs=0.01)
    assert found["coherence"] == pytest.approx(1, abs=0.01)


def test_unrelated_channels():
    found = means(noise(0, 10), noise(1, 10), bands=slice(3, None))
    assert found["level_difference"] == pytest.approx(0, abs=0.2)
    assert found["side_to_mid"] == pytest.approx(0, abs=0.2)
    assert found["correlation"] == pytest.approx(0, abs=0.02)
    assert found["coherence"] < 0.2
    assert found["phase_difference"] == pytest.approx(np.pi / 2, abs=0.1)


def test_instruments_panned_to_both_sides_cancel_in_the_level_difference_alone():
    time = np.arange(2 * RATE) / RATE
    low, high = (0.1 * np.sin(2 * np.pi * frequency * time) for frequency in (3000, 4500))
    found = means(low, high, bands=slice(6, 7))
    assert found["level_difference"] == pytest.approx(0, abs=0.1)
    assert found["panning"] > 0.95


def test_a_quarter_period_of_delay_is_a_right_angle():
    time = np.arange(2 * RATE) / RATE
    left, right = (np.sin(2 * np.pi * 1000 * time + phase) for phase in (0, np.pi / 2))
    found = means(left, right, bands=slice(4, 5))
    assert found["phase_difference"] == pytest.approx(np.pi / 2, abs=0.01)
    assert found["coherence"] == pytest.approx(1, abs=0.01)
    assert found["correlation"] == pytest.approx(0, abs=0.01)


def test_faint_moments_count_as_mono():
    loud = np.stack([noise(0), noise(0)])
    found = stereo.steadied(
        stereo_bands(np.concatenate([loud, 1e-4 * np.stack([noise(1), noise(2)])], axis=1), RATE)
    )
    assert stereo.correlation(found)[:, -3:].min() > 0.99


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(-40, 20), share=st.floats(-1, 1), random_state=st.integers(0, 5))
def test_gain_changes_nothing_and_swapping_mirrors_the_level_difference(gain, share, random_state):
    left = noise(random_state, 0.5)
    right = share * left + noise(random_state + 1, 0.5)
    found = means(left, right)
    scale = 10 ** (gain / 20)
    assert means(scale * left, scale * right) == pytest.approx(found, abs=2e-3)
    mirrored = {**found, "level_difference": -found["level_difference"]}
    assert means(right, left) == pytest.approx(mirrored, abs=1e-4)


def test_ranges():
    rng = np.random.default_rng(3)
    samples = rng.standard_normal((2, RATE)) * (rng.random((2, RATE)) < 0.01)
    steady = stereo.steadied(stereo_bands(samples, RATE))
    limits = {"level_difference": (-30, 30), "side_to_mid": (-30, 30), "correlation": (-1, 1),
              "panning": (0, 1), "coherence": (0, 1), "phase_difference": (0, 3.15)}  # fmt: skip
    for name, (low, high) in limits.items():
        values = getattr(stereo, name)(steady)
        assert values.dtype == np.float32
        assert values.shape == (10, 5)
        assert low <= values.min() <= values.max() <= high
