"""Training: from labelled tracks to a model that can be saved, with a card that says how."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import TEST, Examples, LeftOut, name_of
from linernotes.datasets.groups import GROUPINGS, group_of, has_group
from linernotes.display import printable
from linernotes.learning.data import as_examples, trainable
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fingerprints import distinct_fingerprints, fingerprints_of
from linernotes.learning.fitting import Fitted, TrainingError, fit
from linernotes.learning.fitting_numbers import FittedNumbers, fit_numbers
from linernotes.learning.inputs import find_input
from linernotes.learning.measuring import TIMEOUT, Measured, measure
from linernotes.learning.model import AnyModel, Model, TrackInput
from linernotes.learning.provenance import Training, library_versions
from linernotes.learning.recipe import EXTRAS, Recipe, find_recipe, matching_recipe
from linernotes.learning.regression import Regression
from linernotes.learning.sampling import check_features, sampled_rows, taken
from linernotes.learning.training_card import card_of_classes, card_of_numbers
from linernotes.library.scans import Progress

if TYPE_CHECKING:
    from linernotes.library import Collection

Groups = Sequence[str] | NDArray[np.int64]

_LONGEST = 200


class HearingOptions(TypedDict, total=False):
    """Options of hearing tracks, by the names and with the defaults that `train` has for them."""

    library: Collection | None
    cache: FeatureCache | bool
    workers: int | None
    timeout: float
    quiet: bool
    progress: Callable[[Progress], None] | None


@dataclass(frozen=True, eq=False)
class Trained:
    """The result of a training.

    Parameters
    ----------
    model
        Ready to be saved and used.
    fitted
        The estimator behind it.
    examples
        The tracks that it learned from; ``examples.left_out`` are the others.
    matrix
        What was heard of them.
    """

    model: AnyModel
    fitted: Fitted | FittedNumbers
    examples: Examples
    matrix: FeatureMatrix


def train(
    data: Examples | str | os.PathLike[str],
    *,
    label: str | None = None,
    numbers: bool | None = None,
    recipe: str | Recipe = "default",
    groups: Groups = GROUPINGS,
    name: str | None = None,
    random_state: int = 0,
    library: Collection | None = None,
    cache: FeatureCache | bool = True,
    workers: int | None = None,
    timeout: float = TIMEOUT,
    quiet: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> AnyModel:
    """Learn a label from examples.

    Labels that are numbers make a `Regression`, others a `Model` of classes.

    Parameters
    ----------
    data
        Labelled tracks, or what `linernotes.learning.data.load_data` reads them from. The test
        part of an official split is left alone.
    label
        What to learn, as in `load_data`.
    numbers
        Whether the label is numbers; ``None`` lets its values decide.
    recipe
        How to learn; see `linernotes.learning.recipe.list_recipes`.
    groups
        What is held out together while choosing and calibrating: "artist", "album" or both; or
        the group of each track, int64 of shape (tracks,).
    name
        What to call the model; the label if not given.
    random_state
        The same data, recipe and seed give the same model.
    library
        Tracks of a library, which need no listening where the recipe hears what is in there.
    cache
        Where to keep what was heard; ``True`` for the user's cache, ``False`` for nowhere.
    workers, timeout, quiet
        Of listening, as in `linernotes.learning.measuring.measure`.
    progress
        Called as the work goes on.

    Returns
    -------
    Model or Regression
        Ready to be saved and used.

    Raises
    ------
    ExamplesError
        There is nothing to learn from.
    ModelError
        There is no such recipe, or it cannot be trained; ``code`` says why.

    Examples
    --------
    >>> model = train("music/by-genre", label="genre")  # doctest: +SKIP
    >>> model.save("genres.linernotes")  # doctest: +SKIP
    """
    return train_model(
        data, label=label, numbers=numbers, recipe=recipe, groups=groups, name=name,
        random_state=random_state,
        library=library, cache=cache, workers=workers, timeout=timeout, quiet=quiet,
        progress=progress,
    ).model  # fmt: skip


def train_model(
    data: Examples | str | os.PathLike[str],
    *,
    label: str | None = None,
    numbers: bool | None = None,
    recipe: str | Recipe = "default",
    groups: Groups = GROUPINGS,
    name: str | None = None,
    random_state: int = 0,
    heard: Measured | None = None,
    **hearing: Unpack[HearingOptions],
) -> Trained:
    """Do as `train` does, and return what it was made of as well: above all, what was left out.

    Parameters
    ----------
    data, label, numbers, recipe, groups, name, random_state
        As in `train`.
    library, cache, workers, timeout, quiet, progress
        As in `train`.
    heard
        What `measure` returned of all the tracks given, so that they are not heard again.

    Returns
    -------
    Trained
        The model, its estimator, what it learned from, and what was left out.
    """
    progress, cache = hearing.get("progress"), _cache(hearing.get("cache", True))
    chosen = recipe if isinstance(recipe, Recipe) else find_recipe(recipe)
    chosen.make(random_state=random_state)  # so that a missing package is said before the work
    examples = as_examples(data, label=label, numbers=numbers)
    chosen = matching_recipe(chosen, examples.label_kind)
    group = None if _are_names(groups) else np.asarray(groups, np.int64)
    check_features(f"The recipe {chosen.name}", chosen.input_spec, examples)
    few = sampled_rows(examples, chosen.most_tracks, random_state=random_state)
    if few is not None:
        group = None if group is None else group[few]
        heard = None if heard is None else _of_rows(few, examples, heard)
    examples = taken(examples, few).with_features(chosen.input_spec.inputs)
    rows, part = _without_test_part(examples)
    if heard is None:
        matrix, left_out = measure(
            part, chosen.input_spec, library=hearing.get("library"), cache=cache,
            workers=hearing.get("workers"), timeout=hearing.get("timeout", TIMEOUT),
            quiet=hearing.get("quiet", True), progress=progress,
        )  # fmt: skip
    else:
        matrix, left_out = _of_rows(rows, examples, heard)
    examples = part
    tracks = matrix.tracks
    examples = replace(examples.take(tracks), left_out=(*examples.left_out, *left_out))
    kept = trainable(examples)
    fit_in = np.flatnonzero(np.isin(np.array(examples.target, object), list(kept.classes)))
    matrix = matrix.take(tracks[fit_in])
    if group is None:
        known = (
            bool(has_group(kept, group_by=tuple(map(str, groups))).any()) if len(groups) else False
        )
        grouped = group_of(kept, group_by=tuple(map(str, groups))) if known else None
    else:
        grouped = group[rows][tracks[fit_in]]
    if progress is not None:
        progress(Progress("training", 0, 1, 0))
    fitted: Fitted | FittedNumbers
    model: AnyModel
    if kept.numbers is None:
        fitted = fit(chosen, matrix, kept.target, groups=grouped, random_state=random_state)
    else:
        fitted = fit_numbers(
            chosen, matrix, kept.numbers, groups=grouped, random_state=random_state
        )
    model = _model(
        fitted, kept, matrix, grouped, name=name or kept.label, random_state=random_state
    )
    seen = fingerprints_of(kept, matrix, cache=cache)
    model = replace(model, learned_from=distinct_fingerprints(seen))
    if progress is not None:
        progress(Progress("training", 1, 1, 0))
    return Trained(model, fitted, kept, matrix)


def _are_names(groups: Groups) -> bool:
    return len(groups) == 0 or isinstance(groups[0], str)


def _cache(cache: FeatureCache | bool) -> FeatureCache | None:
    if isinstance(cache, FeatureCache):
        return cache
    return FeatureCache() if cache else None


def _without_test_part(examples: Examples) -> tuple[NDArray[np.int64], Examples]:
    """Leave the test part of an official split alone."""
    rows = np.array([i for i, part in enumerate(examples.split) if part != TEST], np.int64)
    test_rows = [i for i, part in enumerate(examples.split) if part == TEST]
    left_out = tuple(
        LeftOut(name_of(examples, i), "outside-split", "it is of the test part") for i in test_rows
    )
    return rows, replace(examples.take(rows), left_out=(*examples.left_out, *left_out))


def _of_rows(rows: NDArray[np.int64], examples: Examples, heard: Measured) -> Measured:
    """Return what was heard of some of all tracks."""
    matrix, left_out = heard
    others = {name_of(examples, row) for row in range(len(examples))}
    others -= {name_of(examples, int(row)) for row in rows}
    return matrix.take(rows), tuple(entry for entry in left_out if entry.name not in others)


def _model(
    fitted: Fitted | FittedNumbers,
    examples: Examples,
    matrix: FeatureMatrix,
    groups: NDArray[np.int64] | None,
    *,
    name: str,
    random_state: int,
) -> AnyModel:
    recipe = fitted.recipe
    outside = any(entry.code == "outside-split" for entry in examples.left_out)
    training = Training(
        recipe=recipe.name,
        settings={str(key): printable(str(value)) for key, value in fitted.chosen.items()},
        seed=random_state,
        data=printable(examples.name)[:_LONGEST],
        tracks=(len(examples),),
        rows=len(matrix.track),
        left_out=dict(sorted(Counter(entry.code for entry in examples.left_out).items())),
        groups=None if groups is None else len(np.unique(groups)),
        folds=fitted.folds,
        split=_split_in_words(examples, outside=outside),
        accuracy=None,
        log_loss=None,
        warnings=tuple(printable(warning) for warning in fitted.warnings),
        libraries=library_versions(_packages(recipe)),
    )
    common: dict[str, Any] = {
        "name": printable(name)[:_LONGEST],
        "label": printable(examples.label)[:_LONGEST],
        "version": "1",
        "input": TrackInput(
            tuple(find_input(each) for each in recipe.input_spec.inputs), recipe.input_spec.clips
        ),
    }
    if isinstance(fitted, FittedNumbers):
        return _regression(fitted, training, matrix, common)
    return _classifier(fitted, training, examples, matrix, common)


def _split_in_words(examples: Examples, *, outside: bool) -> str:
    part = "all but the test part of the official split" if outside else "all tracks given"
    if examples.drawn_from is None:
        return part
    return (
        f"{part}, of which a sample was drawn ({examples.drawn_from:,} tracks, test part and all): "
        "each class by its share, and of each as many artists as there are"
        if outside
        else f"a sample of {examples.drawn_from:,} tracks: each class by its share, and of each as "
        "many artists as there are"
    )


def _classifier(
    fitted: Fitted,
    training: Training,
    examples: Examples,
    matrix: FeatureMatrix,
    common: dict[str, Any],
) -> Model:
    from linernotes.learning.onnx.export import export

    classes = tuple(printable(each) for each in fitted.classes)
    if len(set(classes)) < len(classes) or max(map(len, classes)) > _LONGEST:
        raise TrainingError(
            f"Labels have to differ in what can be read of them, in at most {_LONGEST} "
            "characters: shorten them."
        )
    held, counts = fitted.held_out, Counter(examples.target)
    training = replace(
        training,
        tracks=tuple(counts[each] for each in fitted.classes),
        accuracy=None if held is None else round(held.accuracy, 4),
        log_loss=None if held is None else round(held.log_loss, 4),
    )
    return Model(
        classes=classes,
        card=card_of_classes(fitted, training, classes, common["label"]),
        estimator=export(fitted, matrix),
        threshold=fitted.threshold,
        sure_above=fitted.sure_above,
        training=training,
        **common,
    )


def _regression(
    fitted: FittedNumbers, training: Training, matrix: FeatureMatrix, common: dict[str, Any]
) -> Regression:
    from linernotes.learning.onnx.export_numbers import export_numbers

    targets = tuple(
        replace(each, name=printable(each.name)[:_LONGEST], unit=printable(each.unit)[:_LONGEST])
        for each in fitted.targets
    )
    if len({each.name for each in targets}) < len(targets):
        raise TrainingError("Targets have to differ in what can be read of their names.")
    return Regression(
        targets=targets,
        card=card_of_numbers(fitted, training, targets),
        estimator=export_numbers(fitted, matrix),
        training=training,
        **common,
    )


def _packages(recipe: Recipe) -> tuple[str, ...]:
    named = {EXTRAS[extra] for extra in recipe.extras}
    return tuple(sorted(named | {f"{package}-cpu" for package in named}))
