"""The features' speed against librosa: one core, 30-s clips, ratios of one run.

    python benchmarks/features.py [--clips 8] [--repeats 5]

The rival is what people write with librosa 0.11, spectra shared as the authors of the FMA data
set share them. Contenders take turns on the same clips; printed are medians over the clips of
each clip's median, and what each stage costs. Trust the ratios rather than the milliseconds.
"""

from __future__ import annotations

import argparse
import os
import tempfile
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
import scipy.stats
import soundfile
from numpy.typing import NDArray

from linernotes.audio import Audio, load
from linernotes.datasets import synthesise_samples
from linernotes.features import (
    cepstral,
    chroma,
    energy,
    extract,
    find_set,
    spectral,
    spectrum,
    tonnetz,
)
from linernotes.features.analysis import Analysis
from linernotes.features.constant_q import constant_q_of
from linernotes.features.spectral import spectral_shape_of
from linernotes.features.spectrum import magnitudes_of
from linernotes.features.statistics import summarise
from linernotes.features.tuning import tuning_of

SAMPLE_RATE = 22050
SECONDS = 30
MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"

Array = NDArray[np.float32]


def clips(folder: Path, count: int) -> list[Path]:
    """Half-minute MP3 files of 192 kb/s: of real music where there is some, or of our own."""
    sources = sorted(MUSIC.glob("*.ogg"))
    sources = sources[:: max(1, len(sources) // count)][:count]
    files = []
    for source in sources or synthesise_samples(folder):
        samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
        stereo = np.repeat(samples, 2, axis=1)[:, :2]
        repeats = -(-SECONDS * rate // len(stereo))
        files.append(folder / f"{source.stem}.mp3")
        soundfile.write(
            files[-1], np.tile(stereo, (repeats, 1))[: SECONDS * rate], rate,
            bitrate_mode="CONSTANT", compression_level=0.4,
        )  # fmt: skip
    return files


def ours(audio: Audio) -> Array:
    return extract(audio, "fma")


def librosas(samples: Array) -> Array:
    """Compute the FMA data set's features as its authors do, in the notation of librosa 0.11."""
    feature = librosa.feature
    constant_q = np.abs(
        librosa.cqt(
            samples, sr=SAMPLE_RATE, hop_length=512, bins_per_octave=12, n_bins=84, tuning=None
        )
    )
    cens = feature.chroma_cens(C=constant_q, n_chroma=12, n_octaves=7, bins_per_octave=12)
    stft = np.abs(librosa.stft(samples, n_fft=2048, hop_length=512))
    mel = feature.melspectrogram(sr=SAMPLE_RATE, S=stft**2)
    rows = (
        cens,
        feature.chroma_cqt(C=constant_q, n_chroma=12, n_octaves=7, bins_per_octave=12),
        feature.chroma_stft(S=stft**2, n_chroma=12),
        feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=20),
        feature.rms(S=stft),
        feature.spectral_bandwidth(S=stft),
        feature.spectral_centroid(S=stft),
        feature.spectral_contrast(S=stft, n_bands=6),
        feature.spectral_rolloff(S=stft),
        feature.tonnetz(chroma=cens),
        feature.zero_crossing_rate(samples, frame_length=2048, hop_length=512),
    )
    return np.concatenate([librosas_statistics(values) for values in rows])


def librosas_statistics(values: Array) -> Array:
    return np.stack(
        [
            scipy.stats.kurtosis(values, axis=1),
            np.max(values, axis=1),
            np.mean(values, axis=1),
            np.median(values, axis=1),
            np.min(values, axis=1),
            scipy.stats.skew(values, axis=1),
            np.std(values, axis=1),
        ],
        axis=1,
    )


def stages(audio: Audio, repeats: int) -> dict[str, float]:
    """Milliseconds of each stage of ours, what the stages before have made being at hand."""
    steps: dict[str, Callable[[Analysis], object]] = {
        "spectrum": magnitudes_of,
        "centroid, bandwidth, roll-off, energy": spectral_shape_of,
        "contrast": spectral.SPECTRAL_CONTRAST,
        "mel, MFCC": cepstral.MFCC,
        "zero crossings": energy.ZERO_CROSSING_RATE,
        "tuning": tuning_of,
        "chroma of the spectrum": chroma.CHROMA_STFT,
        "constant-Q transform": constant_q_of,
        "its chroma": chroma.CHROMA_CQT,
        "CENS": chroma.CHROMA_CENS,
        "tonnetz": tonnetz.TONNETZ,
    }
    times: dict[str, list[float]] = {name: [] for name in (*steps, "statistics")}
    for _ in range(repeats):
        analysis = Analysis(audio)
        analysis.mono(SAMPLE_RATE)
        for name, step in steps.items():
            times[name].append(seconds(partial(step, analysis)))
        rows = np.concatenate([part.measure(analysis) for part in find_set("fma").parts])
        times["statistics"].append(seconds(partial(summarise, rows)))
    return {name: 1000 * float(np.median(values)) for name, values in times.items()}


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def transforms(samples: Array) -> None:
    """Transform all frames with a common library in single precision, and nothing else."""
    for _ in spectrum.transformed(samples):
        pass


def medians(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Milliseconds of each job, taking turns; the second of two runs counts in each turn.

    In the first one, caches are full of what the job before has left.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            job()
            times[name].append(seconds(job))
    return {name: 1000 * float(np.median(values)) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the features against librosa.")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows: dict[str, list[float]] = {}
    profile: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = clips(Path(folder), options.clips)
        for index, file in enumerate(files):
            audio = load(file, sample_rate=SAMPLE_RATE, mono=True)
            samples = audio.samples[0]
            jobs: dict[str, Callable[[], object]] = {
                "fma from PCM, librosa": lambda samples=samples: librosas(samples),
                "fma from PCM, linernotes": lambda audio=audio: ours(audio),
                "fma from MP3, librosa": lambda file=file: librosas(
                    librosa.load(file, sr=SAMPLE_RATE)[0]
                ),
                "fma from MP3, linernotes": lambda file=file: ours(
                    load(file, sample_rate=SAMPLE_RATE, mono=True)
                ),
                "decode, librosa": lambda file=file: librosa.load(file, sr=SAMPLE_RATE),
                "decode, linernotes": lambda file=file: load(
                    file, sample_rate=SAMPLE_RATE, mono=True
                ),
                "Fourier transforms of the frames": lambda samples=samples: transforms(samples),
            }
            if not index:
                for job in jobs.values():
                    job()
            for name, milliseconds in medians(jobs, options.repeats).items():
                rows.setdefault(name, []).append(milliseconds)
            for name, milliseconds in stages(audio, options.repeats).items():
                profile.setdefault(name, []).append(milliseconds)
    middle = {name: float(np.median(values)) for name, values in rows.items()}
    print(f"{len(files)} clips of {SECONDS} s, one core")
    for name, milliseconds in middle.items():
        print(f"{name:44} {milliseconds:8.1f} ms")
    print("\nwhere ours goes, from PCM")
    for name, values in profile.items():
        print(f"  {name:42} {np.median(values):8.2f} ms")
    pcm = np.median(np.divide(rows["fma from PCM, librosa"], rows["fma from PCM, linernotes"]))
    mp3 = np.median(np.divide(rows["fma from MP3, librosa"], rows["fma from MP3, linernotes"]))
    floor = middle["decode, linernotes"] + middle["Fourier transforms of the frames"]
    print(f"\nfma from PCM: {pcm:.1f} x as fast as librosa (goal: 10)")
    print(f"fma from MP3: {mp3:.1f} x as fast as librosa (goal: 5)")
    print(
        f"floor (decoding and the frames' transforms): {floor:.1f} ms, "
        f"{middle['fma from MP3, linernotes'] / floor:.2f} x that is what ours takes from MP3"
    )


if __name__ == "__main__":
    main()
