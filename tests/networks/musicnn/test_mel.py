import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.networks.musicnn.mel import FRAMES_AT_ONCE, log_mel_spectrogram, stream_log_mel


def noise(n, random_state=0):
    return (np.random.default_rng(random_state).standard_normal(n) * 0.1).astype(np.float32)


def librosa_log_mel(samples):
    mel = librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=512, hop_length=256, n_mels=96)
    return np.log10(10000 * mel.T + 1)


@pytest.mark.filterwarnings("ignore:n_fft=512 is too large:UserWarning")
@pytest.mark.parametrize("n", [1, 255, 256, 257, 511, 512, 8000, 127 * 256, 128 * 256, 100_003])
def test_it_equals_librosa(n):
    samples = noise(n)
    frames = log_mel_spectrogram(samples)
    assert frames.dtype == np.float32
    np.testing.assert_allclose(frames, librosa_log_mel(samples), rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("gain", [1e-6, 1e-3, 4.0])
def test_it_equals_librosa_at_any_level(gain):
    time = np.arange(16000) / 16000
    sweep = gain * np.sin(2 * np.pi * (50 + 3900 * time) * time, dtype=np.float32)
    sweep = sweep.astype(np.float32)
    # Bands far from a loud tone hold only the rounding of float32 transforms.
    np.testing.assert_allclose(
        log_mel_spectrogram(sweep), librosa_log_mel(sweep), rtol=1e-5, atol=3e-5
    )


def test_silence_is_zero():
    assert not log_mel_spectrogram(np.zeros(4000, np.float32)).any()


def test_no_samples_have_no_frames():
    assert log_mel_spectrogram(np.empty(0, np.float32)).shape == (0, 96)
    assert list(stream_log_mel([])) == []


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(1, 3 * FRAMES_AT_ONCE * 256),
    cuts=st.lists(st.floats(0, 1), max_size=12),
)
def test_frames_do_not_depend_on_the_blocks(n, cuts):
    samples = noise(n)
    blocks = np.split(samples, sorted(int(cut * n) for cut in cuts))
    streamed = np.concatenate(list(stream_log_mel(blocks)))
    assert np.array_equal(streamed, log_mel_spectrogram(samples))


def test_a_frame_does_not_depend_on_what_follows():
    samples = noise(200_000)
    whole = log_mel_spectrogram(samples)
    beginning = log_mel_spectrogram(samples[:50_000])
    # The last two frames see the silence after the beginning.
    assert np.array_equal(beginning[:-2], whole[: len(beginning) - 2])
