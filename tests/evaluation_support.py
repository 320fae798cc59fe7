"""Evaluations made up here, and labelled tracks to evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from linernotes.datasets.examples import Examples, LeftOut
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import CurvePoint, Diagnostics, Evaluation, Importance
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.inputs import find_input
from linernotes.learning.recipe import Recipe

GENRES = tuple("blues classical country disco hiphop jazz metal pop reggae rock".split())
HOSTILE = '</script><script>alert("1")</script>\n\u202egpj'


def make_evaluation(
    *,
    classes: tuple[str, ...] = GENRES,
    tracks: int = 200,
    split: str = "grouped",
    folder: Path = Path("/music"),
    skill: float = 2.0,
    diagnostics: bool = True,
) -> Evaluation:
    """Make up answers that are right more or less often."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, len(classes), tracks)

    def predict(kind: str, sharp: float) -> Predictions:
        noise = rng.normal(0, 1, (tracks, len(classes)))
        odds = np.exp(sharp * np.eye(len(classes))[truth] + noise)
        return Predictions(
            split=kind,  # type: ignore[arg-type]
            description="random split: artists may be on both sides"
            if kind == "random"
            else "no artist or album on both sides",
            groups=("artist", "album") if kind == "grouped" else (),
            folds=5,
            classes=classes,
            track=np.arange(tracks),
            truth=truth,
            probabilities=odds / odds.sum(axis=1, keepdims=True),
            fold=np.arange(tracks) % 5,
            group=np.arange(tracks) // 4,
            constant=np.zeros(tracks, np.int64),
            rejected=np.arange(tracks) % 20 == 0,
            n_train=tracks * 4 // 5,
            train_accuracy=0.96,
            seconds=1.5,
            chosen=("C=0.1",) * 5,
        )

    names = ["tone #1", HOSTILE, "gone", *(f"Title {i}" for i in range(3, tracks))][:tracks]
    files = [str(folder / f"{name.replace('/', '_')}.wav") for name in names]
    if tracks > 3:
        files[3] = "s3://bucket/elsewhere.mp3"
    examples = Examples(
        label="genre",
        target=tuple(classes[i] for i in truth),
        path=tuple(files),
        artist=tuple(f"Artist {i // 4}" for i in range(tracks)),
        album=(None,) * tracks,
        split=(None,) * tracks,
        features={},
        track_id=(None,) * tracks,
        name="folder of tests",
    )
    points = tuple(
        CurvePoint(n, 0.4 + n / 500, (0.33 + n / 500, 0.47 + n / 500), 1 - n / 4000)
        for n in (32, 64, 112, 160)
    )
    angle = 2 * np.pi * truth / len(classes)
    coordinates = np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(
        0, 0.25, (tracks, 2)
    )
    coordinates = (coordinates - coordinates.min(axis=0)) / np.ptp(coordinates, axis=0).max()
    found = Diagnostics(
        importance=(
            Importance("embedding", 800, 0.21, 0.02),
            Importance("chroma_cens", 84, 0.031, 0.008),
            Importance("stereo_width", 14, 0.004, 0.003),
            Importance("tempo", 1, -0.001, 0.002),
        ),
        curve=points,
        coordinates=coordinates.astype(np.float32),
        projected=np.arange(tracks),
        notes=("The plane shows every other track.",),
    )
    beside = "random" if split == "grouped" else "grouped"
    return Evaluation(
        recipe="default",
        finished=False,
        examples=examples,
        predictions=predict(split, skill),
        beside=predict(beside, skill + 1),
        leaks=("All 20 tracks of reggae are ogg, and no other class is.",),
        unknown=("Whether artists are called by one name throughout.",),
        warnings=("the class pop has 3 artists",),
        left_out=(LeftOut("a.mp3", "missing-file", "the file is not there"),),
        diagnose=(lambda: found) if diagnostics else None,
    )


def made_examples(
    *,
    classes: int = 4,
    artists: int = 5,
    tracks: int = 4,
    artist_effect: float = 1.0,
    random_state: int = 0,
) -> Examples:
    """Make up a table: every artist of every class has tracks that are alike to one another."""
    rng = np.random.default_rng(random_state)
    width = find_input("descriptors").columns
    shape = (classes, artists, tracks)
    of_class, of_artist, _ = (each.ravel() for each in np.indices(shape))
    of_artist = of_artist + artists * of_class
    values = rng.normal(0, 1, (len(of_class), width))
    values[:, :40] += 1.2 * rng.normal(0, 1, (classes, 40))[of_class]  # mfcc alone tells the class
    values += artist_effect * rng.normal(0, 1, (classes * artists, width))[of_artist]
    count = len(of_class)
    return Examples(
        label="genre",
        target=tuple(f"class {i}" for i in of_class),
        path=(None,) * count,
        artist=tuple(f"artist {i}" for i in of_artist),
        album=(None,) * count,
        split=(None,) * count,
        features={"descriptors": values.astype(np.float32)},
        track_id=tuple(str(i) for i in range(count)),
        name="made up",
    )


def linear(**settings: Any) -> Recipe:
    """Return a recipe that is quickly trained, and reads a table."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    made: dict[str, Any] = {
        "name": "linear",
        "input_spec": InputSpec(("descriptors",)),
        "model": "logistic regression",
        "estimator": lambda random_state: make_pipeline(
            StandardScaler(), LogisticRegression(C=0.01, random_state=random_state)
        ),
    }
    return Recipe(**(made | settings))
