"""The feature sets: their names, their sizes, and numbers that must not move."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from support import make_song

from linernotes.audio import Audio
from linernotes.features import SETS, extract, names

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", SETS)
def test_numbers_move_with_the_version_alone(name: str) -> None:
    """A failure means: raise the set's version, and run tools/write_golden_features.py."""
    golden = np.load(GOLDEN / f"{name}-{SETS[name].version}.npz")
    if "names" in golden:
        assert tuple(golden["names"]) == names(name)
    else:
        digest = hashlib.sha256("\n".join(names(name)).encode()).hexdigest()
        assert str(golden["names_sha256"]) == digest
    song = Audio(np.ascontiguousarray(make_song(duration=4).T), 44100)
    # Other processors add in another order.
    np.testing.assert_allclose(extract(song, name), golden["values"], rtol=1e-3, atol=1e-4)


def test_fma_has_the_names_and_the_order_of_the_data_set() -> None:
    sizes = {
        "chroma_cens": 12, "chroma_cqt": 12, "chroma_stft": 12, "mfcc": 20, "rmse": 1,
        "spectral_bandwidth": 1, "spectral_centroid": 1, "spectral_contrast": 7,
        "spectral_rolloff": 1, "tonnetz": 6, "zcr": 1,
    }  # fmt: skip
    moments = ("kurtosis", "max", "mean", "median", "min", "skew", "std")
    expected = [
        f"{feature}_{statistic}_{number:02}"
        for feature, size in sizes.items()
        for statistic in moments
        for number in range(1, size + 1)
    ]
    assert list(names("fma")) == expected
    assert len(expected) == 518
