"""A finished model on labelled tracks that it has, one hopes, never heard."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import stream
from linernotes.datasets.examples import TEST, TRAIN, Examples, LeftOut
from linernotes.datasets.groups import GROUPINGS
from linernotes.display import printable
from linernotes.engine import kill_after, run
from linernotes.errors import Failure, ModelError
from linernotes.evaluation.cross_validation import prediction_intervals, targets_from
from linernotes.evaluation.diagnostics import model_diagnostics
from linernotes.evaluation.grouped_tracks import list_classes
from linernotes.evaluation.number_predictions import NumberPredictions, r2_scores
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.scores import Floats, Ints
from linernotes.evaluation.task import ListeningOptions, dependence, encode_labels, hear
from linernotes.learning.fingerprints import fingerprints_of
from linernotes.learning.model import Model, ModelInput
from linernotes.learning.regression import Regression
from linernotes.learning.sampling import MOST_TESTED, check_features, sampled
from linernotes.library.scans import Progress
from linernotes.networks.musicnn import SAMPLE_RATE, Taggram, listen

if TYPE_CHECKING:
    from linernotes.learning.feature_matrix import FeatureMatrix
    from linernotes.learning.model import AnyModel

_TIMEOUT = 600.0
_UNKNOWN = (
    "this model does not keep what it has learned from: whether some of these very tracks, or "
    "others of their artists, were among it, and so how far these figures flatter"
)
_UNKNOWN_BESIDE = (
    "whether other takes or encodings of these tracks, or others of their artists, were among what "
    "the model has learned from, and so how far these figures flatter"
)
_LABELS = "whether the labels are right, and mean here what they meant where the model learned them"


def evaluate_model(
    model: AnyModel,
    examples: Examples,
    *,
    group_by: Sequence[str] = GROUPINGS,
    random_state: int = 0,
    listening: ListeningOptions | None = None,
) -> Evaluation:
    """Test a finished model on labelled tracks.

    Where the data have an official split, its test part alone is used: the rest is what models
    learn from.

    Parameters
    ----------
    model
        The model.
    examples
        Labelled tracks.
    group_by
        What makes a group; tracks of a group are right or wrong together.
    random_state
        Of what the page shows.
    listening
        How tracks are heard.

    Raises
    ------
    ModelError
        It cannot be used, none of its classes is among the labels, or nothing can be heard.
    """
    listening = listening or ListeningOptions()
    columns = _check_labels(model, examples)
    official = {TRAIN, TEST} <= set(examples.split)
    if official:
        tests = [row for row, part in enumerate(examples.split) if part == TEST]
        examples = examples.take(tests)
    if model.input_spec is not None:
        check_features(f"The model {model.name}", model.input_spec, examples, recipes=False)
    examples = sampled(
        examples, MOST_TESTED, random_state=random_state, why="more tell nothing that these do not"
    )
    matrix: FeatureMatrix | None = None

    def predict(part: FeatureMatrix) -> Floats:
        return np.asarray(model.predict_tracks(part), np.float64)[:, columns]

    if model.input_spec is not None:
        model.check_input()
        usable = examples.with_features(model.input_spec.inputs)
        matrix, left_out = hear(usable, model.input_spec, listening)
        rows = matrix.tracks
        matrix = matrix.take(rows)
        own = fingerprints_of(usable.take(rows), matrix, cache=listening.cache)
        seen = np.isin(own, model.learned_from)
        answers = predict(matrix)
    else:
        rows, answers, left_out = _listen(model, examples, listening)
        seen = np.zeros(len(rows), np.bool_)
    if not len(rows):
        raise ModelError(
            f"None of the {len(examples)} tracks could be heard; the first: "
            f"{left_out[0].message if left_out else 'there is none'}."
        )
    tested_on = replace(examples.take(rows), left_out=(*examples.left_out, *left_out))
    common = _common(model, tested_on, group_by=group_by, official=official)
    predictions: Predictions | NumberPredictions
    if isinstance(model, Regression):
        predictions = _number_predictions(model, tested_on, answers, columns, common)
        warnings = _warnings_of_numbers(model, predictions, columns)
    else:
        predictions = _class_predictions(model, tested_on, answers, common)
        warnings = _warnings(tested_on, predictions)
    known_matrix = matrix
    return Evaluation(
        recipe=model.name,
        finished=True,
        examples=tested_on,
        predictions=predictions,
        unknown=(_UNKNOWN_BESIDE if len(model.learned_from) else _UNKNOWN, _LABELS),
        warnings=(
            *tested_on.warnings,
            *_training_overlap(model, tested_on, predictions, seen),
            *warnings,
        ),
        left_out=tested_on.left_out,
        random_state=random_state,
        diagnose=None
        if known_matrix is None
        else lambda: model_diagnostics(
            predict, known_matrix, predictions, random_state=random_state
        ),
    )


def _check_labels(model: AnyModel, examples: Examples) -> slice | list[int]:
    """Return which of a model's answers the labels are of, or raise if they are of none."""
    if isinstance(model, Model):
        if set(model.classes) & {printable(name) for name in examples.classes}:
            return slice(None)
        raise ModelError(
            f"The model {model.name} tells {list_classes(model.classes)}, and the tracks are "
            f"labelled {list_classes(examples.classes)}: evaluate it on tracks of its own classes."
        )
    if examples.numbers is None:
        raise ModelError(
            f"The model {model.name} tells numbers, and the tracks are labelled "
            f"{list_classes(examples.classes)}: evaluate it on a column of numbers."
        )
    names = [printable(name).casefold() for name in examples.numbers.names]
    known = [target.name.casefold() for target in model.targets]
    if len(known) == len(names) == 1:
        return [0]
    if not set(names) <= set(known):
        raise ModelError(
            f"The model {model.name} tells {', '.join(known)}, and the tracks are labelled "
            f"{', '.join(names)}: name one of its targets with --label."
        )
    return [known.index(name) for name in names]


def _common(
    model: AnyModel, examples: Examples, *, group_by: Sequence[str], official: bool
) -> dict[str, Any]:
    learned = None if model.training is None else sum(model.training.tracks)
    return {
        "split": "official" if official else "all",
        "description": "a finished model on "
        + ("the official test part" if official else "tracks given"),
        "groups": (),
        "folds": 0,
        "track": np.arange(len(examples)),
        "fold": np.zeros(len(examples), np.int64),
        "group": dependence(examples, group_by)[1],
        "n_train": learned,
    }


def _class_predictions(
    model: AnyModel, examples: Examples, probabilities: Floats, common: dict[str, Any]
) -> Predictions:
    assert isinstance(model, Model)  # noqa: S101 - the caller parts the two
    truth = encode_labels([printable(name) for name in examples.target], model.classes)
    learned = None if model.training is None else np.array(model.training.tracks)
    commonest = np.bincount(truth[truth >= 0]) if learned is None else learned
    return Predictions(
        classes=model.classes,
        truth=truth,
        probabilities=probabilities,
        constant=np.full(len(examples), commonest.argmax()),
        rejected=model.rejects(probabilities),
        train_accuracy=None,
        **common,
    )


def _number_predictions(
    model: Regression,
    examples: Examples,
    values: Floats,
    columns: slice | list[int],
    common: dict[str, Any],
) -> NumberPredictions:
    numbers = examples.numbers
    assert numbers is not None  # noqa: S101 - `_check_labels` has seen to it
    known = np.array(model.targets, object)[columns].tolist()
    median = np.tile([target.median for target in known], (len(examples), 1))
    low, high = prediction_intervals(known, values)
    return NumberPredictions(
        targets=targets_from(numbers),
        truth=numbers.values,
        values=values,
        low=low,
        high=high,
        median=median,
        mean=median,
        train_r2=None,
        **common,
    )


def _training_overlap(
    model: AnyModel,
    examples: Examples,
    predictions: Predictions | NumberPredictions,
    seen: NDArray[np.bool_],
) -> list[str]:
    """Say how many of the tracks the model was trained on, and how it does on the others."""
    if not len(model.learned_from):
        return _may_remember(model, examples)
    if not seen.any():
        return []
    said = (
        f"{seen.sum():,} of {len(seen):,} tracks tested are among those that the model has learned "
        "from: of them the figures tell how well it remembers"
    )
    if seen.all():
        return [said]
    if isinstance(predictions, NumberPredictions):
        others = float(r2_scores(predictions.truth[~seen], predictions.values[~seen]).mean())
        return [f"{said}; of the others its R² is {others:.3f}"]
    right = float((predictions.answer == predictions.truth)[~seen].mean())
    return [f"{said}; of the others it is right about {right:.1%}"]


def _may_remember(model: AnyModel, examples: Examples) -> list[str]:
    """Say of a model that does not keep what it has learned from what its tracks were called."""
    training = model.training
    if training is None or training.data != printable(examples.name):
        return []
    if training.split.startswith("all but") and set(examples.split) == {TEST}:
        return []
    return [
        f"the model has learned from {training.data}, which is what these tracks are "
        "called: where they are the same, the figures tell how well it remembers"
    ]


def _warnings(examples: Examples, predictions: Predictions) -> list[str]:
    unknown = sorted({printable(name) for name in examples.classes} - set(predictions.classes))
    if not unknown:
        return []
    return [
        f"{int((predictions.truth < 0).sum())} tracks are of classes that the model does not know "
        f"({list_classes(unknown)}): every answer to them is wrong, unless it is none of these"
    ]


def _warnings_of_numbers(
    model: Regression, predictions: NumberPredictions, columns: slice | list[int]
) -> list[str]:
    found = []
    for i, target in enumerate(np.array(model.targets, object)[columns].tolist()):
        truth = predictions.truth[:, i]
        outside = int(((truth < target.low) | (truth > target.high)).sum())
        if outside:
            found.append(
                f"{outside:,} of {len(truth):,} tracks have a {target.name} outside of what the "
                f"model has learned from ({target.digits(target.low)} to "
                f"{target.write(target.high)}): it tells nothing beyond"
            )
    return found


def _listen(
    model: AnyModel, examples: Examples, listening: ListeningOptions
) -> tuple[Ints, Floats, tuple[LeftOut, ...]]:
    """Let a model hear tracks window by window, as `linernotes identify` does."""
    if not (isinstance(model, Model) and isinstance(model.input, ModelInput)):
        raise ModelError(f"The model {model.name} hears nothing that is known here.")
    paths = [(row, path) for row, path in enumerate(examples.path) if path is not None]
    left_out = [
        LeftOut(f"row {row + 1}", "no-audio", "there is no audio to hear; give the track's file")
        for row, path in enumerate(examples.path)
        if path is None
    ]
    rows: list[int] = []
    answers: list[Floats] = []
    outcomes = run(
        functools.partial(listen_to_file, network=model.input.network),
        [path for _, path in paths],
        workers=listening.workers,
        timeout=kill_after(_TIMEOUT),
    )
    for done, ((row, path), outcome) in enumerate(zip(paths, outcomes, strict=True), 1):
        if outcome.value is not None:
            rows.append(row)
            answers.append(np.asarray(model.predict(outcome.value).probabilities, np.float64))
        else:
            failure = Failure.of(path, outcome.error)
            left_out.append(LeftOut(path, failure.code, failure.message))
        if listening.progress is not None:
            listening.progress(Progress("listening", done, len(paths), len(left_out)))
    probabilities = np.array(answers).reshape(len(answers), len(model.classes))
    return np.array(rows, np.int64), probabilities, tuple(left_out)


def listen_to_file(path: str, *, network: str) -> Taggram:
    """Return what a network hears of a file, in windows side by side.

    Raises
    ------
    AudioError
        The file cannot be listened to.
    """
    with stream(path, sample_rate=SAMPLE_RATE, mono=True, timeout=_TIMEOUT) as blocks:
        return listen((block[0] for block in blocks), networks=(network,), threads=1)[network]
