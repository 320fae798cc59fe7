"""What the tests of learning share: tracks of a few kinds, and recipes that learn them quickly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from linernotes.datasets.examples import Examples, Numbers
from linernotes.learning import Model, load_model
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.inputs import input_columns
from linernotes.learning.recipe import Recipe

RATE = 22050
WINDOW_MODEL = Path(__file__).parent / "learning" / "models" / "genre-1.linernotes"


def load_window_model() -> Model:
    """The first ``genre``: it hears one network's tags window by window. Such files stay valid."""
    model = load_model(WINDOW_MODEL)
    assert isinstance(model, Model)
    return model


def make_track(kind: str, number: int, *, seconds: float = 4.0) -> np.ndarray:
    """A low hum, a high whistle, or noise; each number another one of its kind."""
    random = np.random.default_rng(number)
    time = np.arange(round(seconds * RATE)) / RATE
    if kind == "noise":
        sound = random.normal(0, 0.1, len(time))
    else:
        pitch = (80 if kind == "hum" else 3000) * (1 + 0.2 * random.random())
        sound = 0.3 * np.sin(2 * np.pi * pitch * time) + random.normal(0, 0.002, len(time))
    return sound.astype(np.float32)


def write_tracks(folder: Path, kinds: tuple[str, ...], count: int) -> Examples:
    """Write some tracks of each kind, and return them as examples."""
    paths, targets = [], []
    for kind in kinds:
        for number in range(count):
            path = folder / f"{kind}-{number}.wav"
            soundfile.write(path, make_track(kind, number), RATE)
            paths.append(str(path))
            targets.append(kind)
    return examples_of(targets, paths)


def examples_of(
    targets: list[str],
    paths: list[str | None] | None = None,
    *,
    features: dict[str, np.ndarray] | None = None,
    artists: list[str | None] | None = None,
    split: list[str | None] | None = None,
) -> Examples:
    nothing = (None,) * len(targets)
    return Examples(
        label="kind",
        target=tuple(targets),
        path=nothing if paths is None else tuple(paths),
        artist=nothing if artists is None else tuple(artists),
        album=nothing,
        split=nothing if split is None else tuple(split),
        features=features or {},
        track_id=nothing,
        name="tests",
    )


def logistic(*, random_state: int = 0) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        StandardScaler(), LogisticRegression(random_state=random_state, max_iter=500)
    )


def forest(*, random_state: int = 0) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(8, max_depth=4, random_state=random_state)


def machine(*, random_state: int = 0) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from linernotes.learning.baselines.sklearn_variants import SupportVectors

    return make_pipeline(StandardScaler(), SupportVectors(random_state=random_state))


def ridge(*, random_state: int = 0) -> Any:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), Ridge(random_state=random_state))


PLAIN = Recipe(
    name="plain",
    input_spec=InputSpec(("extracted",), Clips(2.0, at_most=2)),
    estimator=logistic,
    model="logistic regression",
    search=({"logisticregression__C": 0.01}, {"logisticregression__C": 1.0}),
)
TREES = Recipe(
    name="trees", input_spec=InputSpec(("extracted",)), estimator=forest, model="a forest"
)
RIDGE = Recipe(
    name="plain-ridge",
    input_spec=InputSpec(("extracted",), Clips(2.0, at_most=2)),
    estimator=ridge,
    model="ridge regression",
    search=({"ridge__alpha": 10.0}, {"ridge__alpha": 1e6}),
    label_kind="numbers",
)
MARGIN = Recipe(
    name="margin", input_spec=InputSpec(("extracted",)), estimator=machine, model="a SVC"
)


def make_material(
    classes: int = 3, tracks: int = 60, *, rows: int = 1, apart: float = 1.5, random_state: int = 0
) -> tuple[FeatureMatrix, list[str]]:
    """Rows as if heard of tracks, class after class in turn; the first columns tell them apart."""
    random = np.random.default_rng(random_state)
    columns = input_columns(("extracted",))
    target = np.arange(tracks) % classes
    centre = np.zeros((classes, len(columns)))
    centre[:, :8] = apart * np.random.default_rng(1).normal(size=(classes, 8))
    track = np.repeat(np.arange(tracks), rows)
    values = centre[target[track]] + random.normal(size=(len(track), len(columns)))
    matrix = FeatureMatrix(values.astype(np.float32), track, columns)
    return matrix, [f"class {i}" for i in target]


def make_numbers(
    targets: int = 1, tracks: int = 60, *, rows: int = 1, noise: float = 0.3, random_state: int = 0
) -> tuple[FeatureMatrix, Numbers]:
    """Rows as if heard of tracks, and numbers that eight of the columns tell, but for noise."""
    random = np.random.default_rng(random_state)
    columns = input_columns(("extracted",))
    track = np.repeat(np.arange(tracks), rows)
    told = random.normal(size=(tracks, len(columns)))
    weights = np.random.default_rng(1).normal(size=(8, targets)) / np.sqrt(8)
    values = told[:, :8] @ weights + noise * random.normal(size=(tracks, targets))
    heard = told[track] + 0.1 * random.normal(size=(len(track), len(columns)))
    names = tuple(f"target {i}" for i in range(targets))
    return FeatureMatrix(heard.astype(np.float32), track, columns), Numbers(names, 10 + 3 * values)


def numbered_examples(
    numbers: Numbers,
    features: dict[str, np.ndarray] | None = None,
    *,
    paths: list[str | None] | None = None,
    artists: list[str | None] | None = None,
) -> Examples:
    """Tracks labelled with numbers."""
    told = [str(row) for row in numbers.values.tolist()]
    examples = examples_of(told, paths, features=features, artists=artists)
    return replace(examples, numbers=numbers, label="level")
