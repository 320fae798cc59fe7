import tracemalloc

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features import harmonic
from linernotes.features.analysis import Analysis
from linernotes.features.harmonic import (
    harmonic_percussive,
    harmonic_percussive_masks,
    harmonic_share,
    part,
)

RATE = 22050
PER_FRAME = (
    harmonic.HARMONIC_RMS,
    harmonic.PERCUSSIVE_RMS,
    harmonic.HARMONIC_ZERO_CROSSING_RATE,
    harmonic.PERCUSSIVE_ZERO_CROSSING_RATE,
    harmonic.HARMONIC_BANDWIDTH,
    harmonic.PERCUSSIVE_BANDWIDTH,
    harmonic.HARMONIC_CHROMA,
    harmonic.PERCUSSIVE_CHROMA,
)


def error(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


def tone(seconds=2.0, frequency=440.0):
    time = np.arange(round(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * frequency * time).astype(np.float32)


def clicks(seconds=2.0):
    samples = np.zeros(round(seconds * RATE), np.float32)
    samples[3000::7000] = 1
    return samples


@pytest.mark.slow
def test_sounds_are_split_as_librosa_does(examples):
    # A third of each is enough: librosa takes a second for half a minute.
    for samples in (example[: 7 * RATE] for example in examples):
        for found, expected in zip(
            harmonic_percussive(samples), librosa.effects.hpss(samples), strict=True
        ):
            assert error(found, expected) < 1e-4


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"kernel_size": 9},
        {"kernel_size": (17, 31), "power": 1.0},
        {"margin": (1.5, 3.0)},
        {"margin": 2.0, "power": 3.0},
    ],
)
def test_masks_and_options_are_librosas(options):
    rng = np.random.default_rng(0)
    spectrum = np.square(rng.standard_normal((200, 150))).astype(np.float32)
    spectrum[:, 60:100] = 0
    for found, expected in zip(
        harmonic_percussive_masks(spectrum, **options),
        librosa.decompose.hpss(spectrum, mask=True, **options),
        strict=True,
    ):
        assert np.allclose(found, expected, rtol=1e-6, atol=1e-7)
    samples = rng.standard_normal(30000).astype(np.float32)
    for found, expected in zip(
        harmonic_percussive(samples, **options),
        librosa.effects.hpss(samples, **options),
        strict=True,
    ):
        assert error(found, expected) < 1e-5


def test_masks_are_bit_equal_with_the_defaults(examples):
    magnitudes = np.abs(librosa.stft(examples[0][: 5 * RATE]))
    for found, expected in zip(
        harmonic_percussive_masks(magnitudes),
        librosa.decompose.hpss(magnitudes, mask=True),
        strict=True,
    ):
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("n_samples", [1, 100, 3000, 127 * 512, 128 * 512, 143 * 512 + 1])
def test_blocks_leave_no_trace(n_samples):
    # Around 128 frames, where one block goes over into the next, and below the medians' length.
    samples = np.random.default_rng(1).standard_normal(n_samples).astype(np.float32)
    found, _ = harmonic_percussive(samples)
    if n_samples >= 16 * 512:
        assert error(found, librosa.effects.hpss(samples)[0]) < 1e-5
    assert found.shape == samples.shape
    assert np.isfinite(found).all()


@given(gain=st.floats(1e-6, 1e6), random_state=st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_parts_add_up_and_scale(gain, random_state):
    samples = np.random.default_rng(random_state).standard_normal(9000).astype(np.float32)
    parts = harmonic_percussive(samples)
    assert np.allclose(parts[0] + parts[1], samples, atol=1e-6)
    scaled = harmonic_percussive(samples * np.float32(gain))
    assert np.allclose(scaled[0] / gain, parts[0], atol=1e-4)


def test_notes_and_strokes_are_told_apart():
    assert harmonic_share(*harmonic_percussive(tone())) > 0.99
    assert harmonic_share(*harmonic_percussive(clicks())) < 0.05
    parts = harmonic_percussive(tone() + clicks())
    inner = slice(5000, -5000)
    assert np.corrcoef(parts[0][inner], tone()[inner])[0, 1] > 0.99
    assert np.abs(parts[1][3000::7000]).min() > 0.8


def test_silence_is_undecided_and_no_samples_are_none():
    for count in (5000, 0):
        parts = harmonic_percussive(np.zeros(count, np.float32))
        assert [part.shape for part in parts] == [(count,)] * 2
        assert harmonic_share(*parts) == 0.5
    masks = harmonic_percussive_masks(np.zeros((40, 40), np.float32))
    assert (masks[0] == 0.5).all()
    assert (masks[1] == 0.5).all()


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        (np.full(100, np.nan), {}, "finite"),
        (np.zeros((2, 100)), {}, "shape"),
        (np.zeros(100), {"kernel_size": 30}, "odd"),
        (np.zeros(100), {"kernel_size": -1}, "odd"),
        (np.zeros(100), {"power": 0}, "power"),
        (np.zeros(100), {"power": np.inf}, "power"),
        (np.zeros(100), {"margin": 0.5}, "margins"),
        (np.zeros(100), {"margin": np.nan}, "margins"),
        (np.zeros(100), {"n_fft": 512, "hop_length": 512}, "twice"),
    ],
)
def test_bad_input_is_named(samples, options, message):
    with pytest.raises(ValueError, match=message):
        harmonic_percussive(samples, **options)


@pytest.mark.parametrize("spectrum", [np.full((9, 9), -1.0), np.full((9, 9), np.nan), np.ones(9)])
def test_bad_spectra_are_named(spectrum):
    with pytest.raises(ValueError, match="spectrum"):
        harmonic_percussive_masks(spectrum)


def test_three_minutes_need_little_memory():
    samples = np.random.default_rng(0).standard_normal(180 * RATE).astype(np.float32)
    harmonic_percussive(samples[:RATE])
    tracemalloc.start()
    harmonic_percussive(samples)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_descriptors_are_those_of_the_parts(examples):
    samples = examples[0][: 10 * RATE]
    analysis = Analysis(Audio(samples[np.newaxis], RATE))
    parts = dict(zip(("harmonic", "percussive"), librosa.effects.hpss(samples), strict=True))
    feature = librosa.feature
    for name, sound in parts.items():
        for descriptor, expected in (
            (f"{name.upper()}_RMS", feature.rms(y=sound)),
            (f"{name.upper()}_BANDWIDTH", feature.spectral_bandwidth(y=sound, sr=RATE)),
            (f"{name.upper()}_CHROMA", feature.chroma_stft(y=sound, sr=RATE)),
        ):
            assert error(getattr(harmonic, descriptor)(analysis), expected) < 1e-4, descriptor
        # A sample next to zero may lie on either side of it.
        crossings = getattr(harmonic, f"{name.upper()}_ZERO_CROSSING_RATE")(analysis)
        apart = np.abs(crossings - feature.zero_crossing_rate(sound))
        assert apart.max() < 3 / 2048
        assert (apart > 0).mean() < 0.1
    share = harmonic.harmonic_share(*harmonic.split(analysis, sample_rate=RATE))
    energies = [float((sound**2).sum()) for sound in parts.values()]
    assert share == pytest.approx(energies[0] / sum(energies), rel=1e-4)


def test_the_sound_is_split_once():
    analysis = Analysis(Audio(tone()[np.newaxis], RATE))
    assert part(analysis, "harmonic") is part(analysis, "harmonic", n_fft=512, hop_length=256)


@pytest.mark.parametrize("n_samples", [0, 1, 700, 9000])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_descriptors_are_finite_and_have_their_rows(n_samples, value):
    analysis = Analysis(Audio(np.full((1, n_samples), value, np.float32), RATE))
    for descriptor in PER_FRAME:
        rows = descriptor(analysis)
        assert rows.dtype == np.float32
        assert np.isfinite(rows).all()
        assert len(rows) == len(descriptor.rows())
    assert harmonic.HARMONIC_RMS.rows()[0].description.endswith(", of the harmonic part")
