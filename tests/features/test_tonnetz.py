import librosa
import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.tonnetz import TONNETZ, tonnetz


def test_places_are_librosas():
    chroma = np.random.default_rng(0).uniform(size=(12, 100)).astype(np.float32)
    np.testing.assert_allclose(tonnetz(chroma), librosa.feature.tonnetz(chroma=chroma), atol=1e-6)


def test_all_classes_alike_are_in_the_middle():
    np.testing.assert_allclose(tonnetz(np.ones((12, 1), np.float32)), 0, atol=1e-6)


def test_transposing_turns_the_circles():
    chroma = np.random.default_rng(0).uniform(size=(12, 1)).astype(np.float32)
    radii = np.linalg.norm(tonnetz(chroma).reshape(3, 2), axis=1)
    turned = np.linalg.norm(tonnetz(np.roll(chroma, 5, axis=0)).reshape(3, 2), axis=1)
    np.testing.assert_allclose(turned, radii, atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 3000])
def test_silence_has_no_place(length):
    rows = TONNETZ(Analysis(Audio(np.zeros((1, length), np.float32), 22050)))
    assert rows.shape == (6, 1 + length // 512 if length else 0)
    assert not rows.any()
    assert len(TONNETZ.rows()) == 6


def test_bad_input():
    with pytest.raises(ValueError, match="12"):
        tonnetz(np.ones((11, 2), np.float32))
    with pytest.raises(ValueError, match="finite"):
        tonnetz(np.full((12, 2), np.nan, np.float32))
