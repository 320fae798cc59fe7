import numpy as np
import pytest

from linernotes.features.transients import band_crest_factor, fine_power, steepest_rises

RATE = 44100


def bursts(attack, release, duration=4.0):
    """Noise bursts twice a second, with so many seconds to rise and to fall."""
    time = np.arange(round(duration * RATE)) / RATE % 0.5 - 0.1
    envelope = np.exp(-np.abs(time) / np.where(time < 0, attack, release))
    return envelope * np.random.default_rng(0).standard_normal(len(time))


def attacks(samples):
    return steepest_rises(fine_power(samples, RATE))


def endings(samples):
    return steepest_rises(fine_power(samples, RATE)[:, ::-1])


def test_sudden_attacks_are_steeper_than_soft_ones():
    sudden, quick, soft = (attacks(bursts(attack, 0.1)) for attack in (1e-4, 0.005, 0.05))
    assert (sudden[2:] > quick[2:] + 3).all()
    assert (quick[2:] > soft[2:] + 3).all()


def test_endings_are_attacks_backwards():
    sound = bursts(1e-4, 0.1, duration=4.0)
    np.testing.assert_allclose(endings(sound), attacks(sound[::-1]), rtol=0.1)
    assert (endings(bursts(1e-4, 0.002))[3:] > endings(bursts(1e-4, 0.1))[3:] + 3).all()


def test_bursts_have_a_higher_crest_than_a_steady_sound():
    burst, steady = (
        band_crest_factor(fine_power(samples, RATE)).max(axis=1)
        for samples in (bursts(1e-4, 0.01), np.random.default_rng(0).standard_normal(4 * RATE))
    )
    assert (burst > steady + 3).all()


def test_a_sound_that_does_not_move_has_no_transients():
    power = np.ones((8, 100), np.float32)
    assert not steepest_rises(power).any()
    assert not band_crest_factor(power).any()


@pytest.mark.parametrize("length", [0, 1, 512, 700, 1100])
def test_silence_and_short_clips_have_values(length):
    for samples in (np.zeros((2, length)), np.ones((2, length), np.float32)):
        power = fine_power(samples, RATE)
        assert np.isfinite(steepest_rises(power)).all()
        assert np.isfinite(band_crest_factor(power)).all()
    assert not steepest_rises(fine_power(np.zeros((2, length)), RATE)).any()


def test_gain_and_swapped_channels_change_nothing():
    sound = np.stack([bursts(1e-3, 0.1), bursts(1e-2, 0.05)])
    for changed in (sound[::-1], 30 * sound):
        np.testing.assert_allclose(attacks(changed), attacks(sound), rtol=1e-3)
        np.testing.assert_allclose(
            band_crest_factor(fine_power(changed, RATE)),
            band_crest_factor(fine_power(sound, RATE)),
            atol=1e-3,
        )
