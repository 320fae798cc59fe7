"""The speed of the sets ``style`` and ``extracted`` against librosa: one core, 30-s clips.

    python benchmarks/features_style.py [--clips 8] [--repeats 3]

The rival is what people write with librosa 0.11, with one spectrum for all descriptors of a
sound, from samples to statistics. Contenders take turns on the same clips; printed are medians
over the clips of each clip's median, and what each stage of ours costs. Trust the ratios
rather than the milliseconds.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import librosa
import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, load
from linernotes.features import (
    beats,
    cepstral,
    energy,
    harmonic,
    highpass,
    onset,
    spectral,
    tempo,
)
from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import magnitudes_of
from linernotes.features.statistics import summarise

SAMPLE_RATE = 22050
SECONDS = 30
MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"

Array = NDArray[np.float32]

OF_PARTS = (
    harmonic.HARMONIC_BANDWIDTH,
    harmonic.PERCUSSIVE_BANDWIDTH,
    harmonic.HARMONIC_ZERO_CROSSING_RATE,
    harmonic.PERCUSSIVE_ZERO_CROSSING_RATE,
    harmonic.HARMONIC_CHROMA,
    harmonic.PERCUSSIVE_CHROMA,
    harmonic.HARMONIC_RMS,
    harmonic.PERCUSSIVE_RMS,
)
SHORT = {"n_fft": 512, "hop_length": 256}


def clips(count: int) -> list[Audio]:
    """Half minutes of real music, or of our own where there is none."""
    files = sorted(MUSIC.glob("*.ogg"))
    found = [
        load(file, sample_rate=SAMPLE_RATE, mono=True)
        for file in files[:: max(1, len(files) // count)][:count]
    ]
    length = SECONDS * SAMPLE_RATE
    if found:
        return [
            Audio(np.resize(audio.samples[0], length)[np.newaxis], SAMPLE_RATE) for audio in found
        ]
    time_axis = np.arange(length) / SAMPLE_RATE
    rng = np.random.default_rng(0)
    chords = sum(np.sin(2 * np.pi * f * time_axis) for f in (220, 277.2, 329.6, 440))
    noise = rng.standard_normal((count, length)) * np.exp(-20 * (time_axis % 0.5))
    return [
        Audio((0.1 * chords + 0.2 * row)[np.newaxis].astype(np.float32), SAMPLE_RATE)
        for row in noise
    ]


def our_style(audio: Audio) -> Array:
    analysis = Analysis(audio)
    rows = [cepstral.MFCC(analysis, n_mfcc=13), spectral.SPECTRAL_CONTRAST(analysis)]
    rows += [descriptor(analysis) for descriptor in OF_PARTS]
    return summarise(np.concatenate(rows), ("mean",))[:, 0]


def librosas_style(samples: Array) -> Array:
    feature = librosa.feature
    stft = np.abs(librosa.stft(samples))
    mel = feature.melspectrogram(S=stft**2, sr=SAMPLE_RATE)
    rows = [feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13), feature.spectral_contrast(S=stft)]
    parts = librosa.effects.hpss(samples)
    spectra = [np.abs(librosa.stft(part)) for part in parts]
    rows += [feature.spectral_bandwidth(S=spectrum, sr=SAMPLE_RATE) for spectrum in spectra]
    rows += [feature.zero_crossing_rate(part) for part in parts]
    rows += [feature.chroma_stft(S=spectrum**2, sr=SAMPLE_RATE) for spectrum in spectra]
    rows += [feature.rms(y=part) for part in parts]
    return np.concatenate(rows).mean(axis=1)


def our_extracted(audio: Audio) -> Array:
    analysis = Analysis(audio)
    four = ("mean", "std", "min", "max")
    values = [
        summarise(energy.ENERGY(analysis, **SHORT), four),
        summarise(cepstral.MFCC(analysis, n_mfcc=12, n_mels=12, **SHORT), four),
        summarise(energy.RMS(analysis, **SHORT), ("max", "std", "median", "min")),
    ]
    return np.concatenate([part.ravel() for part in values])


def loop_energies(samples: Array) -> Array:
    """Energies in the notation of the tutorials that the set comes from."""
    starts = range(0, len(samples), 256)
    return np.array([[sum(abs(samples[start : start + 512] ** 2)) for start in starts]])


def array_energies(samples: Array) -> Array:
    frames = librosa.util.frame(np.pad(samples, 256), frame_length=512, hop_length=256)
    return np.sum(frames**2, axis=0)[np.newaxis]


def librosas_extracted(samples: Array, energy_of: Callable[[Array], Array]) -> Array:
    rms = librosa.feature.rms(y=samples, frame_length=512, hop_length=256)
    energies = energy_of(samples)
    mfcc = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=12, n_mels=12, **SHORT)
    values = [
        np.stack([rows.mean(axis=1), rows.std(axis=1), rows.min(axis=1), rows.max(axis=1)], axis=1)
        for rows in (energies, mfcc)
    ]
    values.append(np.array([[rms.max(), rms.std(), np.median(rms), rms.min()]]))
    return np.concatenate([part.ravel() for part in values])


def stages(audio: Audio, repeats: int) -> dict[str, float]:
    """Milliseconds of each stage of ours, what the stages before have made being at hand."""

    def chroma(analysis: Analysis) -> None:
        for descriptor in (harmonic.HARMONIC_CHROMA, harmonic.PERCUSSIVE_CHROMA):
            descriptor(analysis)

    def spectra_of_parts(analysis: Analysis) -> None:
        for name in ("harmonic", "percussive"):
            magnitudes_of(harmonic.part(analysis, name))

    def rest(analysis: Analysis) -> None:
        for descriptor in OF_PARTS:
            descriptor(analysis)

    steps: dict[str, Callable[[Analysis], object]] = {
        "style: spectrum": magnitudes_of,
        "style: mel, MFCC": partial(cepstral.MFCC, n_mfcc=13),
        "style: contrast": spectral.SPECTRAL_CONTRAST,
        "style: harmonic/percussive split": harmonic.split,
        "style: spectra of the parts": spectra_of_parts,
        "style: chroma of the parts": chroma,
        "style: bandwidth, zero crossings, RMS of the parts": rest,
        "extracted: spectrum": partial(magnitudes_of, **SHORT),
        "extracted: mel, MFCC": partial(cepstral.MFCC, n_mfcc=12, n_mels=12, **SHORT),
        "extracted: energy, RMS": partial(energy.RMS, **SHORT),
        "rhythm: onset strength": onset.ONSET_STRENGTH,
        "rhythm: onsets": onset.ONSET_RATE,
        "rhythm: tempo": tempo.TEMPO,
        "rhythm: tempo bands": tempo.TEMPO_STRENGTH,
        "rhythm: pulse clarity": tempo.PULSE_CLARITY,
        "rhythm: beats": beats.BEAT_RATE,
        "producer: filter": highpass.highpassed,
        "producer: spectrum, mel, MFCC": highpass.HIGHPASSED_MFCC,
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(repeats):
        analysis = Analysis(audio)
        analysis.mono(SAMPLE_RATE)
        for name, step in steps.items():
            times[name].append(seconds(partial(step, analysis)))
    return {name: 1000 * float(np.median(values)) for name, values in times.items()}


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the features against librosa.")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    goals = {
        "style": 8,
        "extracted": 5,
        "extracted, its rival's energies in a Python loop": 5,
        "split alone": 8,
        "beats": 1,
    }
    ours: dict[str, list[float]] = {name: [] for name in goals}
    rivals: dict[str, list[float]] = {name: [] for name in goals}
    profile: dict[str, list[float]] = {}
    audios = clips(options.clips)
    for index, audio in enumerate(audios):
        samples = audio.samples[0]
        jobs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "style": (partial(our_style, audio), partial(librosas_style, samples)),
            "extracted": (
                partial(our_extracted, audio),
                partial(librosas_extracted, samples, array_energies),
            ),
            "extracted, its rival's energies in a Python loop": (
                partial(our_extracted, audio),
                partial(librosas_extracted, samples, loop_energies),
            ),
            "split alone": (
                partial(harmonic.harmonic_percussive, samples),
                partial(librosa.effects.hpss, samples),
            ),
            "beats": (
                lambda audio=audio: beats.beats_of(Analysis(audio)),
                partial(librosa.beat.beat_track, y=samples, sr=SAMPLE_RATE),
            ),
        }
        if not index:
            for pair in jobs.values():
                for job in pair:
                    job()
        for name, (own, rival) in jobs.items():
            times = [(seconds(own), seconds(rival)) for _ in range(options.repeats)]
            own_time, rival_time = np.median(times, axis=0)
            ours[name].append(1000 * own_time)
            rivals[name].append(1000 * rival_time)
        for name, milliseconds in stages(audio, options.repeats).items():
            profile.setdefault(name, []).append(milliseconds)
    print(f"{len(audios)} clips of {SECONDS} s from PCM, one core")
    for name, values in profile.items():
        print(f"  {name:52} {np.median(values):8.2f} ms")
    for name, goal in goals.items():
        ratio = np.median(np.divide(rivals[name], ours[name]))
        print(
            f"{name}: {np.median(ours[name]):.1f} ms, librosa {np.median(rivals[name]):.1f} ms: "
            f"{ratio:.1f} x as fast (goal: {goal})"
        )


if __name__ == "__main__":
    main()
