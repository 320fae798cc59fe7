"""How often tempo and key are right, against librosa and Essentia, and whether we know it.

    python benchmarks/tempo_key.py                           # from ../shared/tempo_key
    python benchmarks/tempo_key.py --audio FOLDER --csv CSV  # from audio of your own

The CSV has the columns ``track``, ``tempo_bpm`` and ``key`` ("A# minor", or nothing); a track's
audio is the file of FOLDER, or of one of its folders, with that name and any ending. Essentia
(AGPL, so no part of linernotes) takes part where it is installed, and from audio only.

A tempo is right within 4 %; up to octaves, if double, half, triple or third of it is. The MIREX
score of a key is 1 if it is right, 0.5 a fifth away, 0.3 for the relative and 0.2 for the parallel
key. Intervals are 95 % (Wilson's, and of the score a bootstrap's).

The logistic functions behind the confidences are fitted here as well: to all tracks, which gives
the numbers in the code, and leaving one track out at a time, which gives honest figures.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import librosa
import numpy as np
from sklearn.linear_model import LogisticRegression

from linernotes.audio import find_tracks, load
from linernotes.evaluation.scores import wilson
from linernotes.features.analysis import Analysis
from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.key import Key, estimate_key, key_of
from linernotes.features.key_chroma import held_share, key_chroma
from linernotes.features.onset import band_onset_strengths
from linernotes.features.spectrum import samples_of
from linernotes.features.tempo_estimate import Tempo, estimate_tempo, tempo_of

NUMBERS = Path(__file__).parents[2] / "shared" / "tempo_key"
RATE = 22050
OCTAVES = (1, 2, 1 / 2, 3, 1 / 3)
STEPS = (0.5, 0.6, 0.7, 0.8)
# Krumhansl and Kessler's profiles, which scripts around librosa use.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

Tonality = tuple[int, int]
"""Tonic from C, and 1 for major."""


@dataclass(frozen=True)
class Annotated:
    """A track of which somebody said what it is."""

    name: str
    tempo: float | None
    key: Tonality | None


@dataclass(frozen=True)
class Answer:
    """What a contender says of a track."""

    tempo: float
    key: Tonality


@dataclass(frozen=True)
class Ours:
    """What linernotes says, with its confidence."""

    tempo: Tempo
    key: Key

    @property
    def answer(self) -> Answer:
        """Without it."""
        return Answer(self.tempo.beats_per_minute, (self.key.tonic, self.key.mode))


def annotations(path: Path) -> list[Annotated]:
    """Read the CSV."""
    with path.open(newline="") as file:
        return [
            Annotated(
                row["track"],
                float(row["tempo_bpm"]) if row["tempo_bpm"] else None,
                tonality(row["key"]) if row["key"] else None,
            )
            for row in csv.DictReader(file)
        ]


def tonality(name: str) -> Tonality:
    """Read a key such as "A# minor" or "Bb major"."""
    flats = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
    tonic, mode = name.split()
    return PITCH_CLASSES.index(flats.get(tonic, tonic)), int(mode == "major")


def krumhansl(chroma: np.ndarray) -> Tonality:
    """Return the key whose profile the mean chroma is most like."""
    scores = [
        np.corrcoef(np.roll(profile, tonic), chroma.mean(axis=1))[0, 1]
        for profile in (MAJOR, MINOR)
        for tonic in range(12)
    ]
    best = int(np.argmax(scores))
    return best % 12, int(best < 12)


def from_numbers(tracks: Iterable[Annotated]) -> Iterator[tuple[Ours, dict[str, Answer]]]:
    """Ask the contenders that can do with a mel spectrogram and a constant-Q transform."""
    with np.load(NUMBERS / "dev.npz") as numbers:
        for track in tracks:
            decibels = numbers[f"{track.name}/mel"].astype(np.float32)
            notes = numbers[f"{track.name}/cqt"].astype(np.float32)
            views = key_chroma(notes)
            ours = Ours(
                estimate_tempo(band_onset_strengths(decibels)),
                estimate_key(views[0], others=tuple(views[1:]), held=held_share(notes)),
            )
            strength = librosa.onset.onset_strength(S=decibels, sr=RATE)
            tempo = librosa.feature.tempo(onset_envelope=strength, sr=RATE)[0]
            chroma = librosa.feature.chroma_cqt(C=notes, sr=RATE, bins_per_octave=12)
            yield ours, {"librosa": Answer(float(tempo), krumhansl(chroma))}


def from_audio(
    tracks: Iterable[Annotated], folder: Path
) -> Iterator[tuple[Ours, dict[str, Answer]]]:
    """Ask all contenders."""
    files = {Path(path).stem: path for path in find_tracks([str(folder)])}
    for track in tracks:
        analysis = Analysis(load(files[track.name]))
        samples = samples_of(analysis)
        others = {
            "librosa": Answer(
                float(librosa.feature.tempo(y=samples, sr=RATE)[0]),
                krumhansl(librosa.feature.chroma_cqt(y=samples, sr=RATE)),
            )
        }
        try:
            import essentia.standard
        except ImportError:
            pass
        else:
            fine = analysis.mono(44100)
            rhythm = essentia.standard.RhythmExtractor2013()(fine)
            tonic, mode, _ = essentia.standard.KeyExtractor(profileType="bgate")(fine)
            others["Essentia"] = Answer(float(rhythm[0]), tonality(f"{tonic} {mode}"))
        yield Ours(tempo_of(analysis), key_of(analysis)), others


def same(tempo: float, truth: float) -> bool:
    """Whether a tempo is right within 4 %."""
    return abs(tempo / truth - 1) <= 0.04


def mirex(key: Tonality, truth: Tonality) -> float:
    """Score a key as MIREX does."""
    if key == truth:
        return 1.0
    interval = (key[0] - truth[0]) % 12
    if key[1] == truth[1]:
        return 0.5 if interval in {5, 7} else 0.0
    if interval == 0:
        return 0.2
    return 0.3 if interval == (9 if truth[1] else 3) else 0.0


def share(right: Iterable[bool]) -> str:
    """Say a share with its interval."""
    values = list(right)
    low, high = wilson(sum(values), len(values))
    return f"{np.mean(values):.2f} [{low:.2f}, {high:.2f}]"


def mean(scores: list[float]) -> str:
    """Say a mean with its interval."""
    drawn = np.random.default_rng(0).choice(scores, (2000, len(scores))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{np.mean(scores):.2f} [{low:.2f}, {high:.2f}]"


def tell_answers(name: str, tracks: list[Annotated], answers: list[Answer]) -> None:
    """Print a contender's line."""
    told = list(zip(tracks, answers, strict=True))
    tempi = [(answer.tempo, track.tempo) for track, answer in told if track.tempo]
    keys = [(answer.key, track.key) for track, answer in told if track.key]
    columns = [
        share(same(found, truth) for found, truth in tempi),
        share(any(same(found, truth * times) for times in OCTAVES) for found, truth in tempi),
        share(found == truth for found, truth in keys),
        mean([mirex(found, truth) for found, truth in keys]),
    ]
    print(f"{name:12}" + "".join(f"{column:>20}" for column in columns))


def fitted(evidence: np.ndarray, right: np.ndarray) -> LogisticRegression:
    """Fit the probability of being right."""
    return LogisticRegression(C=100).fit(evidence[:, np.newaxis], right)


def tell_confidence(
    name: str, evidence: np.ndarray, right: np.ndarray, confidence: np.ndarray
) -> None:
    """Print how well a confidence tells right from wrong."""
    print(f"\n{name}: {len(right)} tracks")
    tell_steps("as it ships", confidence, right)
    if min(right.sum(), (~right).sum()) < 2:
        return
    whole = fitted(evidence, right)
    left_out = np.array(
        [
            fitted(np.delete(evidence, i), np.delete(right, i)).predict_proba([[evidence[i]]])[0, 1]
            for i in range(len(right))
        ]
    )
    # Doubts that do not come from the logistic function stay as they are.
    shipped = whole.predict_proba(evidence[:, np.newaxis])[:, 1]
    tell_steps("one left out", left_out * np.minimum(confidence / shipped, 1), right)
    print(f"  fitted to all: intercept {whole.intercept_[0]:.2f}, slope {whole.coef_[0, 0]:.2f}")


def tell_steps(kind: str, confidence: np.ndarray, right: np.ndarray) -> None:
    """Print the share that is right from some confidences on."""
    above = ", ".join(
        f"from {step}: {right[confidence >= step].mean():.2f} of {(confidence >= step).sum()}"
        for step in STEPS
        if (confidence >= step).any()
    )
    brier, base = np.mean((confidence - right) ** 2), right.mean() * (1 - right.mean())
    print(f"  {kind:13} right {above}; Brier {brier:.3f} (always the mean: {base:.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, help="folder with the tracks")
    parser.add_argument("--csv", type=Path, default=NUMBERS / "dev.csv", help="what is true")
    options = parser.parse_args()
    if not options.csv.exists():
        print(f"There is no {options.csv}; give a folder of tracks with --audio and --csv.")
        return
    tracks = annotations(options.csv)
    asked = from_audio(tracks, options.audio) if options.audio else from_numbers(tracks)
    ours, others = zip(*asked, strict=True)
    print(f"{'':12}{'tempo':>20}{'up to octaves':>20}{'key':>20}{'MIREX score':>20}")
    tell_answers("linernotes", tracks, [each.answer for each in ours])
    for name in others[0]:
        tell_answers(name, tracks, [each[name] for each in others])
    with_tempo = [(mine.tempo, t.tempo) for mine, t in zip(ours, tracks, strict=True) if t.tempo]
    tell_confidence(
        "Tempo, from the strength of its rival",
        np.array([tempo.rival for tempo, _ in with_tempo]),
        np.array([same(tempo.beats_per_minute, truth) for tempo, truth in with_tempo]),
        np.array([tempo.confidence for tempo, _ in with_tempo]),
    )
    with_key = [(mine.key, t.key) for mine, t in zip(ours, tracks, strict=True) if t.key]
    tell_confidence(
        "Key, from the votes for it",
        np.array([key.votes for key, _ in with_key]),
        np.array([(key.tonic, key.mode) == truth for key, truth in with_key]),
        np.array([key.confidence for key, _ in with_key]),
    )


if __name__ == "__main__":
    main()
