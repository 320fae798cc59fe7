import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.features.spectrum import (
    as_samples,
    as_spectrum,
    frame,
    magnitudes,
    magnitudes_between,
    power,
    stft,
)


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (512, 256), (1000, 300)])
def test_spectra_are_librosas(examples, n_fft, hop_length):
    for samples in examples:
        expected = librosa.stft(samples, n_fft=n_fft, hop_length=hop_length)
        found = stft(samples, n_fft=n_fft, hop_length=hop_length)
        scale = np.abs(expected).max()
        assert np.abs(found - expected).max() < 1e-6 * scale
        loud = magnitudes(samples, n_fft=n_fft, hop_length=hop_length)
        assert np.abs(loud - np.abs(expected)).max() < 1e-6 * scale
        np.testing.assert_allclose(
            power(samples, n_fft=n_fft, hop_length=hop_length), loud**2, rtol=1e-6
        )


@settings(max_examples=20, deadline=None)
@given(
    length=st.integers(1, 5000),
    n_fft=st.sampled_from([2, 16, 64, 100, 512, 1024, 2048]),
    hop_length=st.integers(1, 700),
)
def test_any_length_has_the_definitions_spectrum(length, n_fft, hop_length):
    samples = np.random.default_rng(length).uniform(-1, 1, length).astype(np.float32)
    hop_length = max(hop_length, length // 50)
    found = stft(samples, n_fft=n_fft, hop_length=hop_length)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    padded = np.pad(samples.astype(float), n_fft)
    for index in {0, found.shape[1] - 1}:
        start = n_fft // 2 + index * hop_length
        expected = np.fft.rfft(window * padded[start : start + n_fft])
        np.testing.assert_allclose(found[:, index], expected, atol=1e-6 * n_fft)
    loud = magnitudes(samples, n_fft=n_fft, hop_length=hop_length)
    np.testing.assert_allclose(loud, np.abs(found), atol=1e-6 * n_fft)


def test_pieces_have_the_frames_of_the_whole():
    samples = np.random.default_rng(0).normal(size=50000).astype(np.float32)
    whole = magnitudes(samples)
    for first, last in ((0, 10), (10, 80), (90, 98), (5, 5)):
        piece = magnitudes_between(samples, first, last)
        np.testing.assert_allclose(piece, whole[:, first:last], atol=1e-3)


def test_spectra_are_homogeneous_and_of_nothing_nothing():
    samples = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    np.testing.assert_allclose(magnitudes(4 * samples), 4 * magnitudes(samples), rtol=1e-5)
    assert magnitudes(np.zeros(0, np.float32)).shape == (1025, 0)
    assert stft(np.zeros(0, np.float32)).shape == (1025, 0)
    assert not magnitudes(np.zeros(3000, np.float32)).any()


def test_frames_go_on_at_the_ends():
    frames = frame(np.array([1, 2], np.float32), frame_length=4, hop_length=2, edge=True)
    np.testing.assert_array_equal(frames, [[1, 1, 1, 2], [1, 2, 2, 2]])
    assert frame(np.zeros(0, np.float32)).shape == (0, 2048)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.array([0, np.nan], np.float32), "finite"),
        (np.array([0, np.inf], np.float32), "finite"),
        (np.array([0, 1e30], np.float32), "exceed"),
        (np.zeros((2, 3), np.float32), "shape"),
        (np.zeros(3, complex), "real"),
    ],
)
def test_bad_samples(samples, message):
    with pytest.raises(ValueError, match=message):
        as_samples(samples)


@pytest.mark.parametrize(
    ("spectrum", "message"),
    [
        (np.full((3, 2), np.nan, np.float32), "finite"),
        (np.zeros(3, np.float32), "shape"),
        (np.zeros((0, 3), np.float32), "shape"),
        (np.zeros((3, 3), np.complex64), "real"),
        (-np.ones((3, 3), np.float32), "at least 0"),
    ],
)
def test_bad_spectra(spectrum, message):
    with pytest.raises(ValueError, match=message):
        as_spectrum(spectrum)


def test_bad_lengths():
    with pytest.raises(ValueError, match="even"):
        magnitudes(np.ones(10, np.float32), n_fft=5)
    with pytest.raises(ValueError, match="hop_length"):
        magnitudes(np.ones(10, np.float32), hop_length=0)
