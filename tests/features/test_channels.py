import numpy as np
import pytest

from linernotes.features.channels import as_channels, as_stereo


def test_mono_is_heard_on_both_sides():
    stereo = as_stereo([0.1, 0.2])
    np.testing.assert_array_equal(stereo, np.float32([[0.1, 0.2], [0.1, 0.2]]))


def test_surround_is_mixed_down_without_the_subwoofer():
    left, right, centre, subwoofer, behind_left, behind_right = np.eye(6, dtype=np.float32)
    stereo = as_stereo(np.eye(6, dtype=np.float32))
    np.testing.assert_allclose(stereo[0], left + (centre + behind_left) * 0.5**0.5, rtol=1e-6)
    np.testing.assert_allclose(stereo[1], right + (centre + behind_right) * 0.5**0.5, rtol=1e-6)
    assert not (stereo @ subwoofer).any()
    np.testing.assert_allclose(as_stereo(np.ones((5, 1)))[:, 0], 1 + 2 * 0.5**0.5, rtol=1e-6)


def test_other_layouts_give_their_first_two_channels():
    np.testing.assert_array_equal(as_stereo(np.eye(4))[:, :2], np.eye(2))


@pytest.mark.parametrize("shape", [(), (0, 5), (1, 2, 3)])
def test_wrong_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        as_channels(np.zeros(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2e6, 1e300])
def test_what_is_no_sound_is_refused(value):
    samples = np.zeros((2, 100))
    samples[1, 50] = value
    with pytest.raises(ValueError, match="finite"):
        as_channels(samples)


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="real numbers"):
        as_channels(np.zeros((2, 10), complex))


def test_many_loud_samples_are_fine():
    assert as_channels(np.full((2, 5000), 5e5)).shape == (2, 5000)


def test_no_samples_are_fine():
    assert as_stereo(np.zeros(0)).shape == (2, 0)
