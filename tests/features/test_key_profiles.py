import numpy as np
import pytest

from linernotes.features.key_profiles import key_profiles

PROFILES = ("braw", "bgate", "albrecht-shanahan", "krumhansl-kessler", "temperley")


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_are_turned_to_each_tonic(profile):
    rows = key_profiles(profile)
    assert rows.shape == (24, 12)
    assert np.allclose(rows.mean(axis=1), 0)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    for tonic in range(12):
        assert np.allclose(rows[tonic], np.roll(rows[0], tonic))
        assert np.allclose(rows[12 + tonic], np.roll(rows[12], tonic))
    # The tonic or its fifth is used most, and the third that makes the mode more than the other.
    assert rows[0].argmax() in {0, 7}
    assert rows[0, 4] > rows[0, 3]
    assert rows[12, 3] > rows[12, 4]


def test_unknown_profiles_are_named():
    with pytest.raises(ValueError, match="temperley"):
        key_profiles("mine")
