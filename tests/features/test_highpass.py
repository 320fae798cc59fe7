import librosa
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import MFCC
from linernotes.features.highpass import HIGHPASSED_MFCC, highpass, highpassed, of_highpassed

RATE = 22050


def level(frequency, **options):
    """What is left of a sine, in dB."""
    time = np.arange(2 * RATE) / RATE
    sine = np.sin(2 * np.pi * frequency * time).astype(np.float32)
    return 20 * np.log10(highpass(sine, sample_rate=RATE, **options)[RATE:].std() / sine.std())


def test_it_is_a_butterworth_filter():
    assert level(100) == pytest.approx(-3.01, abs=0.05)
    assert level(50) == pytest.approx(-24.1, abs=0.2)
    assert level(1000) == pytest.approx(0, abs=0.01)
    assert level(300, cutoff=300, order=2) == pytest.approx(-3.01, abs=0.05)


def test_pieces_leave_no_trace():
    noise = np.random.default_rng(0).standard_normal(700_000).astype(np.float32)
    whole = sosfilt(butter(4, 100, btype="highpass", fs=RATE, output="sos"), noise)
    assert np.abs(highpass(noise, sample_rate=RATE) - whole).max() < 1e-5


def test_silence_stays_silent_and_dc_goes():
    assert not highpass(np.zeros(9000, np.float32), sample_rate=RATE).any()
    assert highpass(np.zeros(0, np.float32), sample_rate=RATE).shape == (0,)
    constant = highpass(np.ones(9000, np.float32), sample_rate=RATE)
    assert np.abs(constant[RATE // 10 :]).max() < 1e-3


def test_cepstra_are_those_of_what_passes(examples):
    samples = examples[0]
    analysis = Analysis(Audio(samples[np.newaxis], RATE))
    found = HIGHPASSED_MFCC(analysis)
    filtered = sosfilt(butter(4, 100, btype="highpass", fs=RATE, output="sos"), samples)
    expected = librosa.feature.mfcc(y=filtered.astype(np.float32), sr=RATE, n_mfcc=20)
    assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()
    assert np.abs(found - MFCC(analysis)).max() > 1
    assert highpassed(analysis) is highpassed(analysis)
    assert len(HIGHPASSED_MFCC.rows(n_mfcc=13)) == 13
    assert "above 100 Hz" in HIGHPASSED_MFCC.rows()[0].description
    assert np.abs(of_highpassed(MFCC, cutoff=500.0)(analysis) - found).max() > 1


@pytest.mark.parametrize("n_samples", [0, 1, 100])
def test_short_clips(n_samples):
    rows = HIGHPASSED_MFCC(Analysis(Audio(np.ones((1, n_samples), np.float32), RATE)))
    assert rows.shape == (20, 1 if n_samples else 0)
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        (np.full(9, np.nan), {}, "finite"),
        (np.zeros((2, 9)), {}, "shape"),
        (np.zeros(9), {"cutoff": 0.0}, "cutoff"),
        (np.zeros(9), {"cutoff": 20000.0}, "cutoff"),
        (np.zeros(9), {"cutoff": np.nan}, "cutoff"),
        (np.zeros(9), {"order": 0}, "order"),
    ],
)
def test_bad_input_is_named(samples, options, message):
    with pytest.raises(ValueError, match=message):
        highpass(samples, sample_rate=RATE, **options)
