import numpy as np
import pytest

from linernotes.features.goniometer import GONIOMETER, goniometer


def noise(random_state=0):
    return 0.1 * np.random.default_rng(random_state).standard_normal(88200)


@pytest.mark.parametrize(
    "samples", [noise(), np.zeros((2, 88200)), np.zeros((2, 0)), np.ones((2, 1)), -np.ones(9)]
)
def test_mono_and_silence_are_a_line(samples):
    picture = goniometer(samples)
    np.testing.assert_allclose(picture.sectors, np.eye(9)[4])
    assert (picture.balance, picture.out_of_phase) == (0, 0)
    assert picture.spread == pytest.approx(0, abs=1e-6)
    assert picture.filled <= 16 / 256


@pytest.mark.parametrize(
    ("samples", "sector", "balance", "out_of_phase"),
    [
        ([noise(), 0 * noise()], 6, 1, 0),
        ([0 * noise(), noise()], 2, -1, 0),
        ([noise(), noise() * np.tan(np.deg2rad(45 - 20))], 5, 0.64, 0),
    ],
)
def test_panned_sounds_lie_in_their_sector(samples, sector, balance, out_of_phase):
    picture = goniometer(samples)
    assert picture.sectors[sector] == pytest.approx(1)
    assert picture.balance == pytest.approx(balance, abs=0.01)
    assert picture.out_of_phase == out_of_phase
    assert picture.spread == pytest.approx(0, abs=1e-6)


def test_opposite_channels_lie_at_the_ends():
    picture = goniometer([noise(), -noise()])
    assert picture.sectors[0] + picture.sectors[-1] == pytest.approx(1)
    assert picture.out_of_phase == pytest.approx(1)
    assert picture.spread == pytest.approx(0, abs=1e-6)


def test_unrelated_channels_fill_a_disc():
    picture = goniometer([noise(0), noise(1)])
    np.testing.assert_allclose(picture.sectors, 1 / 9, atol=0.01)
    assert picture.spread > 0.97
    assert picture.out_of_phase == pytest.approx(0.5, abs=0.02)
    # The squared radius of Gaussian noise in a plane is exponential: its kurtosis is 2.
    assert picture.peakiness == pytest.approx(np.log(2), abs=0.05)
    assert picture.filled > 0.3


def test_a_constant_radius_has_no_peaks():
    turn = np.linspace(0, 500, 88200)
    assert goniometer([np.cos(turn), np.sin(turn)]).peakiness == pytest.approx(0, abs=1e-3)


def test_gain_changes_nothing_and_swapping_mirrors():
    left, right = noise(0), 0.5 * noise(1) + 0.3 * noise(0)
    picture, quiet, swapped = (
        goniometer(samples) for samples in ([left, right], [left / 99, right / 99], [right, left])
    )
    for name in ("spread", "out_of_phase", "peakiness", "filled"):
        assert getattr(quiet, name) == pytest.approx(getattr(picture, name), abs=1e-3)
        assert getattr(swapped, name) == pytest.approx(getattr(picture, name), abs=1e-6)
    assert quiet.balance == pytest.approx(picture.balance, abs=1e-6)
    assert swapped.balance == -picture.balance
    np.testing.assert_allclose(quiet.sectors, picture.sectors, atol=1e-3)
    np.testing.assert_allclose(swapped.sectors[::-1], picture.sectors, atol=1e-3)


def test_rows_are_named_by_angle():
    names = [row.name for row in GONIOMETER.rows()]
    assert names[:9] == ["-80deg", "-60deg", "-40deg", "-20deg", "0deg",
                         "20deg", "40deg", "60deg", "80deg"]  # fmt: skip


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="finite"):
        goniometer([np.nan])
