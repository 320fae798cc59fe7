import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.features.constant_q import C1, constant_q, quality

RATE = 22050


def brute_force(samples, frames, *, tuning=0.0, hop_length=512, n_bins=84, whole=False):
    """Sum over the samples under each note's window, in double precision; some frames only.

    With ``whole``, windows are a whole number of samples long, as where the transform was
    first described.
    """
    transform = np.zeros((n_bins, len(frames)))
    for index in range(n_bins):
        frequency = C1 * 2 ** ((index + tuning) / 12)
        length = quality(12) * RATE / frequency
        length = np.floor(length) if whole else length
        half = int(length / 2)
        time = np.arange(-half, half + 1)
        window = 0.5 + 0.5 * np.cos(2 * np.pi * time / length)
        wave = window * np.exp(-2j * np.pi * frequency / RATE * time) / window.sum()
        padded = np.pad(samples.astype(float), half)
        for column, frame in enumerate(frames):
            piece = padded[frame * hop_length : frame * hop_length + 2 * half + 1]
            padding = 2 * half + 1 - len(piece)
            transform[index, column] = np.abs(np.pad(piece, (0, padding)) @ wave) * np.sqrt(length)
    return transform


@pytest.mark.slow
def test_nearer_to_brute_force_than_librosa(examples):
    for samples in examples:
        tuning = librosa.estimate_tuning(y=samples, sr=RATE)
        ours = constant_q(samples, sample_rate=RATE, tuning=tuning)
        librosas = np.abs(librosa.cqt(samples, sr=RATE, tuning=tuning))
        assert ours.shape == librosas.shape
        last = ours.shape[1] - 1
        frames = np.unique(np.concatenate([[0, 1, last - 1, last], np.linspace(0, last, 20)]))
        frames = frames.astype(int)
        for whole in (False, True):
            truth = brute_force(samples, frames, tuning=tuning, whole=whole)
            error, librosas_error = (
                np.abs(found[:, frames] - truth).mean() / truth.mean() for found in (ours, librosas)
            )
            assert error < 0.5 * librosas_error
            if not whole:
                assert error < 1.5e-3


@settings(max_examples=10, deadline=None)
@given(length=st.integers(1, 12000), hop_length=st.sampled_from([256, 300, 512, 777]))
def test_clips_of_any_length_are_as_brute_force_has_them(length, hop_length):
    samples = np.random.default_rng(length).normal(size=length).astype(np.float32)
    found = constant_q(samples, sample_rate=RATE, hop_length=hop_length)
    assert found.shape == (84, 1 + length // hop_length)
    frames = np.unique([0, found.shape[1] // 2, found.shape[1] - 1])
    truth = brute_force(samples, frames, hop_length=hop_length)
    error = np.abs(found[:, frames] - truth)
    # The window's side lobes are cut off at some distance; clips of noise show it most.
    assert error.max() < 1e-2 * truth.max()
    assert error.mean() < 1.5e-3 * truth.mean()


def test_tones_have_their_notes_and_half_the_root_of_their_length():
    time = np.arange(3 * RATE) / RATE
    for note in (0, 20, 45, 83):
        frequency = C1 * 2 ** (note / 12)
        tone = np.sin(2 * np.pi * frequency * time).astype(np.float32)
        middle = constant_q(tone, sample_rate=RATE)[:, 65]
        assert middle.argmax() == note
        expected = 0.5 * np.sqrt(quality(12) * RATE / frequency)
        assert middle[note] == pytest.approx(expected, rel=2e-3)
        tuned = constant_q(tone, sample_rate=RATE, tuning=0.5)[:, 65]
        assert tuned[note] == pytest.approx(tuned[max(note - 1, 0)], rel=0.02)


def test_other_rates_hear_the_same():
    time = np.arange(48000) / 48000
    for rate, hop_length in ((16000, 160), (48000, 480)):
        tone = np.sin(2 * np.pi * 440 * time[: rate * 48000 // rate] * 48000 / rate)
        tone = tone[:rate].astype(np.float32)
        found = constant_q(tone, sample_rate=rate, hop_length=hop_length)
        assert found[:, 50].argmax() == 45


@pytest.mark.parametrize("length", [0, 1, 2, 511, 512, 513])
def test_silence_is_silent_however_short(length):
    found = constant_q(np.zeros(length, np.float32), sample_rate=RATE)
    assert found.shape == (84, 1 + length // 512 if length else 0)
    assert not found.any()


def test_few_bins_and_single_sample_hops():
    samples = np.random.default_rng(0).normal(size=300).astype(np.float32)
    all_bins = constant_q(samples, sample_rate=RATE, hop_length=100)
    np.testing.assert_allclose(
        constant_q(samples, sample_rate=RATE, hop_length=1)[:, ::100], all_bins, atol=0.02
    )
    one = constant_q(samples, sample_rate=RATE, hop_length=100, n_bins=1)
    np.testing.assert_allclose(one, all_bins[:1], atol=0.02)


def test_bad_input():
    with pytest.raises(ValueError, match="half the sample rate"):
        constant_q(np.ones(100, np.float32), sample_rate=8000)
    with pytest.raises(ValueError, match="at least one bin"):
        constant_q(np.ones(100, np.float32), sample_rate=RATE, n_bins=0)
    with pytest.raises(ValueError, match="finite"):
        constant_q(np.array([np.nan], np.float32), sample_rate=RATE)
    with pytest.raises(ValueError, match="hop_length"):
        constant_q(np.ones(100, np.float32), sample_rate=RATE, hop_length=0)
