"""Intermediates of several descriptors of a clip, each computed once per `Analysis`."""

from __future__ import annotations

from linernotes.features import spectrum
from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import HOP_LENGTH, N_FFT, Samples, Spectrum

SAMPLE_RATE = 22050
N_MELS = 128


def samples(analysis: Analysis, *, sample_rate: int = SAMPLE_RATE) -> Samples:
    """Mono samples at a sample rate, checked to be finite."""
    return analysis.once(
        ("samples", sample_rate), lambda: spectrum.as_samples(analysis.mono(sample_rate))
    )


def magnitudes(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Magnitudes of the short-time Fourier transform of the mono mix, (bins, frames)."""
    return analysis.once(
        ("magnitudes", sample_rate, n_fft, hop_length),
        lambda: spectrum.magnitudes(
            samples(analysis, sample_rate=sample_rate), n_fft=n_fft, hop_length=hop_length
        ),
    )


def spectral_shape(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Centroid, bandwidth, roll-off, energy and peak of each frame; see `spectral.measure`."""
    from linernotes.features.spectral import measure

    return analysis.once(
        ("shape", sample_rate, n_fft, hop_length),
        lambda: measure(
            magnitudes(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
            sample_rate=sample_rate,
        ),
    )


def mel_power(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    n_mels: int = N_MELS,
) -> Spectrum:
    """Power in mel bands, (bands, frames); see `mel.mel_power`."""
    from linernotes.features import mel

    return analysis.once(
        ("mel", sample_rate, n_fft, hop_length, n_mels),
        lambda: mel.mel_power(
            magnitudes(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
            sample_rate=sample_rate,
            n_mels=n_mels,
        ),
    )


def mel_decibels(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    n_mels: int = N_MELS,
) -> Spectrum:
    """Power in mel bands in decibels, (bands, frames); see `cepstral.power_to_db`."""
    from linernotes.features.cepstral import power_to_db

    frames = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    return analysis.once(
        ("mel dB", sample_rate, n_fft, hop_length, n_mels),
        lambda: power_to_db(mel_power(analysis, n_mels=n_mels, **frames)),
    )


def tuning(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    power: bool = False,
) -> float:
    """Deviation from A4 = 440 Hz in semitones; see `tuning.estimate_tuning`."""
    from linernotes.features.tuning import find_peaks, tuning_of_peaks

    key = (sample_rate, n_fft, hop_length)
    names = {"sample_rate": sample_rate, "n_fft": n_fft, "hop_length": hop_length}
    peaks = analysis.once(
        ("peaks", *key),
        lambda: find_peaks(
            magnitudes(analysis, **names),
            spectral_shape(analysis, **names)[4],
            sample_rate=sample_rate,
        ),
    )
    return analysis.once(
        ("tuning", *key, power),
        lambda: tuning_of_peaks(peaks, width=sample_rate / n_fft, power=power),
    )


def constant_q(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Seven octaves of semitones from C1 in the clip's own tuning, (84, frames).

    ``n_fft`` is that of the tuning's estimation. See `constant_q.constant_q`.
    """
    from linernotes.features.constant_q import constant_q as transform

    return analysis.once(
        ("constant-q", sample_rate, n_fft, hop_length),
        lambda: transform(
            samples(analysis, sample_rate=sample_rate),
            sample_rate=sample_rate,
            hop_length=hop_length,
            tuning=tuning(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
        ),
    )


def chroma_cens(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Smoothed pitch classes, (12, frames); see `chroma.chroma_cens`."""
    from linernotes.features import chroma

    return analysis.once(
        ("cens", sample_rate, n_fft, hop_length),
        lambda: chroma.chroma_cens(
            constant_q(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length)
        ),
    )
