"""Evaluation of a recipe or a model: from labelled tracks to figures on what it has not heard."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import GROUPINGS
from linernotes.errors import ModelNotFoundError
from linernotes.evaluation.confounding import Leak
from linernotes.evaluation.cross_validation import cross_validate
from linernotes.evaluation.diagnostics import recipe_diagnostics
from linernotes.evaluation.errors import SplitError
from linernotes.evaluation.leakage import find_leaks
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.splits import Method, Split, best_method, folds, split_once
from linernotes.evaluation.task import ListeningOptions, Task, Tell, prepare
from linernotes.learning.catalogue import list_models, load_model
from linernotes.learning.data import as_examples, load_data
from linernotes.learning.recipe import Recipe, find_recipe, list_recipes, matching_recipe
from linernotes.learning.regression import Regression
from linernotes.library.scans import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from linernotes.learning.model import AnyModel

FOLDS = 5
"""Trainings of a cross-validation, where the data have no official split."""


def evaluate(
    subject: str | os.PathLike[str] | Recipe | AnyModel,
    data: str | os.PathLike[str] | Examples,
    *,
    label: str | None = None,
    numbers: bool | None = None,
    groups: Sequence[str] = GROUPINGS,
    split: Method | None = None,
    n_splits: int = FOLDS,
    beside: bool = True,
    random_state: int = 0,
    listening: ListeningOptions | None = None,
    progress: Tell | None = None,
) -> Evaluation:
    """Tell how good a recipe or a model is, and how far to believe that.

    A recipe is trained on a part of the tracks and tested on the rest: by the official split of
    the data where it has one, else five times over so that each track is tested once. A model is
    tested on all tracks given.

    Parameters
    ----------
    subject
        Name of a recipe, a recipe, a model, or the name or file of one. Of a recipe and a file
        of one name the recipe is meant; the file is ``./name``.
    data
        Labelled tracks, or what `load_data` reads them from.
    label
        What to learn, as in `load_data`.
    numbers
        Whether the label is numbers; ``None`` lets its values decide, or the model that is tested.
    groups
        What is kept on one side of a grouped split: "artist", "album" or both.
    split
        "grouped", "official" or "random", whose figures flatter and bear its name. If not given,
        the official one if the data have one, else grouped.
    n_splits
        How many folds a grouped or random split has.
    beside
        Whether to evaluate a recipe by a random split as well, for comparison (or grouped, where
        a random one is asked for). It takes as long again.
    random_state
        The same seed, data and recipe give the same figures.
    listening
        How tracks are heard.
    progress
        Called as training goes on.

    Returns
    -------
    Evaluation
        `write_report` writes the page about it, ``.as_dict()`` is ready for JSON.

    Raises
    ------
    ExamplesError
        There is nothing to learn from.
    SplitError
        The tracks cannot be parted as it was asked for.
    ModelError
        There is no such recipe or model, or it cannot be trained or used.

    Examples
    --------
    >>> evaluate("default", "tracks.csv", label="genre").accuracy  # doctest: +SKIP
    0.72
    """
    chosen = find_recipe_or_model(subject)
    if not isinstance(chosen, Recipe):
        from linernotes.evaluation.model_evaluation import evaluate_model

        examples = load_examples_for(chosen, data, label=label)
        return evaluate_model(
            chosen, examples, group_by=groups, random_state=random_state, listening=listening
        )
    examples = as_examples(data, label=label, numbers=numbers)
    chosen = matching_recipe(chosen, examples.label_kind)
    task = prepare(
        examples, chosen, group_by=groups, random_state=random_state, listening=listening
    )
    return evaluate_recipe(
        chosen,
        task,
        groups=groups,
        split=split,
        n_splits=n_splits,
        beside=beside,
        progress=progress,
    )


def evaluate_recipe(
    recipe: Recipe,
    task: Task,
    *,
    groups: Sequence[str] = GROUPINGS,
    split: Method | None = None,
    n_splits: int = FOLDS,
    beside: bool = True,
    leaks: tuple[Leak, ...] | None = None,
    progress: Tell | None = None,
) -> Evaluation:
    """Evaluate a recipe on what was heard before.

    Parameters
    ----------
    recipe
        The recipe.
    task
        What `prepare` made of the labelled tracks.
    groups, split, n_splits, beside, progress
        As in `evaluate`.
    leaks
        Those of the split, where they are known already.
    """
    examples = task.examples
    method = split or best_method(examples)
    splits = make_splits(
        examples, method=method, group_by=groups, n_splits=n_splits, random_state=task.random_state
    )
    others = _other_splits(
        examples, splits, group_by=groups, n_splits=n_splits, random_state=task.random_state
    )
    others = others if beside else ()
    total, done = len(splits) + len(others), 0

    def tell(more: int = 1) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(Progress("training", done, total, 0))

    tell(0)
    predictions, trained = cross_validate(recipe, task, splits, tell=tell)
    compared = cross_validate(recipe, task, others, tell=tell)[0] if others else None
    if leaks is None:
        leaks = find_leaks(examples, splits, embeddings=_embeddings(task))
    notes = dict.fromkeys(note for each in splits for note in each.notes)
    return Evaluation(
        recipe=recipe.name,
        finished=False,
        examples=examples,
        predictions=predictions,
        beside=compared,
        leaks=tuple(leak.message for leak in leaks if leak.code not in _SAID),
        unknown=tuple(leak.message for leak in leaks if leak.code == _UNKNOWABLE),
        warnings=(*examples.warnings, *notes),
        left_out=examples.left_out,
        random_state=task.random_state,
        diagnose=lambda: recipe_diagnostics(recipe, task, splits, predictions, trained),
    )


def load_examples_for(
    model: AnyModel,
    data: str | os.PathLike[str] | Examples,
    *,
    label: str | None = None,
    library: str | None = None,
    labels: str | os.PathLike[str] | None = None,
) -> Examples:
    """Return labelled tracks to test a model on: with numbers for a regression, else with classes.

    Raises
    ------
    ExamplesError
        They are not labelled so.
    """
    regression = isinstance(model, Regression)
    if isinstance(data, Examples):
        return as_examples(data, numbers=regression)
    if label is None and isinstance(model, Regression):
        label = ",".join(target.name for target in model.targets)
    return load_data(data, label=label, library=library, numbers=regression, labels=labels)


_UNKNOWABLE = "cannot-be-known"
# The split's own notes say that it is random, and a section of its own what cannot be known.
_SAID = (_UNKNOWABLE, "random-split")


def make_splits(
    examples: Examples,
    *,
    method: Method,
    group_by: Sequence[str] = GROUPINGS,
    n_splits: int = FOLDS,
    random_state: int = 0,
) -> tuple[Split, ...]:
    """Part tracks as an evaluation does: one official split, or folds.

    What an official split sets aside to choose by is learned from as well: whatever there is to
    choose is chosen by cross-validation inside of what is learned from.
    """
    made = folds(
        examples, n_splits=n_splits, method=method, group_by=group_by, random_state=random_state
    )
    return tuple(
        replace(each, train=_union(each.train, each.validation), validation=each.validation[:0])
        for each in made
    )


def find_recipe_or_model(subject: str | os.PathLike[str] | Recipe | AnyModel) -> Recipe | AnyModel:
    """Return the recipe or model that is meant.

    Raises
    ------
    ModelNotFoundError
        There is neither.

    Examples
    --------
    >>> find_recipe_or_model("producer-knn").name
    'producer-knn'
    """
    if not isinstance(subject, str | os.PathLike):
        return subject
    name = os.fspath(subject)
    if name in list_recipes():
        return find_recipe(name)
    try:
        return load_model(name)
    except ModelNotFoundError as error:
        raise ModelNotFoundError(
            f"There is no recipe, no model and no file {name[:200]!r}: use one of the recipes "
            f"({', '.join(list_recipes())}), one of the models ({', '.join(list_models())}), or "
            "the path of a *.linernotes file."
        ) from error


def _union(rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.union1d(rows, others).astype(np.int64)


def _other_splits(
    examples: Examples,
    splits: Sequence[Split],
    *,
    group_by: Sequence[str],
    n_splits: int,
    random_state: int,
) -> tuple[Split, ...]:
    """Return the splits to compare with, if the tracks can be parted so."""
    try:
        if splits[0].kind == "random":
            return make_splits(
                examples,
                method="grouped",
                group_by=group_by,
                n_splits=n_splits,
                random_state=random_state,
            )
        if splits[0].kind == "grouped":
            return make_splits(
                examples, method="random", n_splits=n_splits, random_state=random_state
            )
        share = len(splits[0].test) / (len(splits[0].train) + len(splits[0].test))
        return (split_once(examples, method="random", test_share=share, random_state=random_state),)
    except SplitError:
        return ()


def _embeddings(task: Task) -> NDArray[np.float32] | None:
    """Return what the networks hear of each track, where the recipe hears that."""
    matrix = task.matrix
    columns = [i for i, name in enumerate(matrix.columns) if name.startswith("embedding.")]
    if not columns or len(matrix.track) != len(matrix):
        return None
    return matrix.values[:, columns]
