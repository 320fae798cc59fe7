import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.chroma import (
    CHROMA_CENS,
    CHROMA_CQT,
    CHROMA_STFT,
    chroma_cens,
    chroma_cqt,
    chroma_filters,
    chroma_stft,
)
from linernotes.features.constant_q import constant_q_of

ALL = (CHROMA_STFT, CHROMA_CQT, CHROMA_CENS)


def tones(*semitones):
    """One second of sines, in semitones from middle C."""
    time = np.arange(2 * 22050) / 22050
    notes = [440 * 2 ** ((note - 9) / 12) for note in semitones]
    sound = sum(np.sin(2 * np.pi * note * time) for note in notes).astype(np.float32)
    return Analysis(Audio(sound[np.newaxis], 22050))


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (512, 256)])
def test_the_spectrums_chroma_is_librosas(examples, n_fft, hop_length):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], 22050))
        stft = np.abs(librosa.stft(samples, n_fft=n_fft, hop_length=hop_length))
        expected = librosa.feature.chroma_stft(S=stft**2, sr=22050)
        found = CHROMA_STFT(analysis, n_fft=n_fft, hop_length=hop_length)
        assert np.abs(found - expected).max() < 1e-4


def test_chroma_of_the_same_transform_is_librosas(examples):
    for samples in examples:
        analysis = Analysis(Audio(samples[np.newaxis], 22050))
        transform = constant_q_of(analysis)
        np.testing.assert_allclose(
            CHROMA_CQT(analysis),
            librosa.feature.chroma_cqt(C=transform, bins_per_octave=12),
            atol=1e-5,
        )
        np.testing.assert_allclose(
            CHROMA_CENS(analysis),
            librosa.feature.chroma_cens(C=transform, bins_per_octave=12),
            atol=1e-5,
        )


@pytest.mark.parametrize("tuning", [-0.5, -0.13, 0.0, 0.2])
@pytest.mark.parametrize(("sample_rate", "n_fft"), [(22050, 2048), (22050, 512), (44100, 4096)])
def test_filters_are_librosas(sample_rate, n_fft, tuning):
    np.testing.assert_allclose(
        chroma_filters(sample_rate=sample_rate, n_fft=n_fft, tuning=tuning),
        librosa.filters.chroma(sr=sample_rate, n_fft=n_fft, tuning=tuning),
        atol=1e-6,
    )


@settings(max_examples=12, deadline=None)
@given(note=st.integers(-12, 24))
def test_a_note_is_in_its_class(note):
    for descriptor in ALL:
        assert (descriptor(tones(note))[:, 30:50].argmax(axis=0) == note % 12).all()


def test_a_chord_has_its_notes():
    for descriptor in ALL:
        middle = descriptor(tones(0, 4, 7))[:, 40]
        assert set(np.argsort(middle)[-3:]) == {0, 4, 7}


@pytest.mark.parametrize("samples", [[], [0.5], [0.0] * 3000, [0.7] * 3000])
@pytest.mark.parametrize("descriptor", ALL, ids=lambda descriptor: descriptor.name)
def test_every_clip_has_defined_values(samples, descriptor):
    rows = descriptor(Analysis(Audio(np.array([samples], np.float32), 22050)))
    assert rows.dtype == np.float32
    assert rows.shape == (12, 1 + len(samples) // 512 if samples else 0)
    assert np.isfinite(rows).all()
    assert ((rows >= 0) & (rows <= 1 + 1e-6)).all()
    if not any(samples):
        assert not rows.any()


def test_bad_input():
    for function in (chroma_cqt, chroma_cens):
        with pytest.raises(ValueError, match="finite"):
            function(np.full((84, 2), np.nan, np.float32))
    with pytest.raises(ValueError, match="shape"):
        chroma_stft(np.ones(1025, np.float32), sample_rate=22050)
