from itertools import pairwise

import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.bands import (
    BAND_EDGES,
    band_rows,
    bands_of,
    floors,
    pooled,
    stereo_bands,
    stereo_of,
)


def test_power_is_that_of_the_samples():
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, 44100))
    bands = stereo_bands(noise, 44100, edges=(0.0, 22051.0))
    np.testing.assert_allclose(bands.left.mean(), np.square(noise[0]).mean(), rtol=0.05)
    np.testing.assert_allclose(bands.spectrum.sum(), np.square(noise).mean(), rtol=0.05)


def test_statistics_are_those_of_the_plain_formulas():
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, 2048 + 1024)).astype(np.float32)
    right += 0.5 * left
    bands = stereo_bands([left, right], 44100)
    window = np.hanning(2049)[:-1]
    scale = 2 / (2048 * np.square(window).sum())
    frequencies = np.fft.rfftfreq(2048, 1 / 44100)
    for frame in range(2):
        x, y = (np.fft.rfft(channel[1024 * frame :][:2048] * window) for channel in (left, right))
        for band, (low, high) in enumerate(pairwise(BAND_EDGES)):
            inside = (frequencies >= low) & (frequencies < high)
            expected = {
                "left": np.square(np.abs(x)),
                "right": np.square(np.abs(y)),
                "real": (x * y.conj()).real,
                "imaginary": (x * y.conj()).imag,
                "common": np.abs(x * y),
            }
            for name, value in expected.items():
                measured = getattr(bands, name)[band, frame]
                assert measured == pytest.approx(scale * value[inside].sum(), rel=1e-3, abs=1e-7)


def test_a_tone_lies_in_its_band():
    sine = np.sin(2 * np.pi * 3000 * np.arange(44100) / 44100)
    power = stereo_bands(sine, 44100).power.mean(axis=1)
    assert power[6] == pytest.approx(1, rel=1e-3)
    assert power.sum() == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("length", [0, 1, 2047, 2048, 3071, 3072])
def test_short_clips_have_a_frame(length):
    bands = stereo_bands(np.ones((2, length)), 44100)
    assert bands.left.shape == (10, 2 if length == 3072 else 1)
    assert np.isfinite(bands.power).all()


def test_bands_beyond_the_sample_rate_are_silent():
    noise = np.random.default_rng(0).standard_normal((2, 8000))
    power = stereo_bands(noise, 8000).power
    assert power[:7].min() > 0
    assert not power[7:].any()


def test_pooling_takes_means_and_drops_the_rest():
    values = np.arange(10, dtype=np.float32).reshape(2, 5)
    np.testing.assert_allclose(pooled(values, 2), [[0.5, 2.5], [5.5, 7.5]])
    np.testing.assert_allclose(pooled(values, 9), [[2], [7]])


def test_floors_follow_the_level_of_band_and_clip():
    floor = floors(np.array([[1, 3], [0, 0]], np.float32))
    np.testing.assert_allclose(floor, [[2e-4 + 2e-6], [2e-6]], rtol=1e-4)
    assert (floors(np.zeros((2, 2), np.float32)) > 0).all()


def test_rows_are_named_by_frequency():
    assert [row.name for row in band_rows("dB", "a level")][::9] == ["30-80hz", "11000-14000hz"]


def test_clips_are_measured_at_one_rate():
    noise = np.random.default_rng(0).standard_normal((1, 48000)).astype(np.float32)
    analysis = Analysis(Audio(noise, 48000))
    assert stereo_of(analysis).shape == (2, 44100)
    assert bands_of(analysis) is bands_of(analysis)


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 1024), (512, 256), (4, 4)])
@pytest.mark.parametrize("frames", [1, 63, 64, 130])
def test_bands_are_sums_over_the_bins_of_spectra(n_fft: int, hop_length: int, frames: int) -> None:
    rng = np.random.default_rng(frames)
    samples = rng.standard_normal((2, n_fft + hop_length * frames - 1)).astype(np.float32)
    samples[1] += samples[0]
    found = stereo_bands(samples, 44100, n_fft=n_fft, hop_length=hop_length)
    window = np.hanning(n_fft + 1)[:-1]
    window *= np.sqrt(2 / (n_fft * np.square(window).sum()))
    cut = np.stack([samples[:, i * hop_length : i * hop_length + n_fft] for i in range(frames)])
    left, right = np.moveaxis(np.fft.rfft(cut * window), 1, 0)
    frequencies = np.fft.rfftfreq(n_fft, 1 / 44100)
    power = (np.square(np.abs(left)) + np.square(np.abs(right))).mean(axis=0) / 2
    np.testing.assert_allclose(found.spectrum, power, rtol=1e-4, atol=1e-9)
    for band, (low, high) in enumerate(pairwise(BAND_EDGES)):
        inside = (frequencies >= low) & (frequencies < high)
        a, b = left[:, inside], right[:, inside]
        cross = (a * b.conj()).sum(axis=1)
        expected = {
            "left": np.square(np.abs(a)).sum(axis=1),
            "right": np.square(np.abs(b)).sum(axis=1),
            "real": cross.real,
            "imaginary": cross.imag,
            "common": np.abs(a * b).sum(axis=1),
        }
        for name, values in expected.items():
            np.testing.assert_allclose(getattr(found, name)[band], values, rtol=1e-3, atol=1e-5)


def test_both_channels_of_mono_are_the_same_to_the_bit() -> None:
    mono = np.random.default_rng(0).standard_normal(44100).astype(np.float32)
    bands = stereo_bands(np.stack([mono, mono]), 44100)
    np.testing.assert_array_equal(bands.left, bands.right)
    np.testing.assert_array_equal(bands.left, bands.real)
    assert not bands.imaginary.any()


@pytest.mark.parametrize("n_fft", [0, 2, 1000])
def test_frames_are_powers_of_two_long(n_fft: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        stereo_bands(np.ones((2, 5000), np.float32), 44100, n_fft=n_fft)
