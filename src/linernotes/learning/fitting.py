"""Fitting a recipe to rows that were heard already: choice, calibration, rejection, final fit."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import ModelError
from linernotes.learning.blending import select_blend
from linernotes.learning.calibration import Calibration, estimator_logits
from linernotes.learning.certainty import fit_sure_above, fit_threshold
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.recipe import Recipe
from linernotes.learning.selection import HeldOut, fit_estimator, select
from linernotes.learning.splits import FOLDS, make_folds

Floats = NDArray[np.float64]


class TrainingError(ModelError):
    """Nothing can be learned from these examples."""

    code: ClassVar[str] = "training"


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedRecipe:
    """A recipe, fitted, whatever it predicts.

    Parameters
    ----------
    recipe
        Which.
    columns
        Names of the columns that it hears, such as ``"fma.mfcc_mean_01"``.
    estimator
        Fitted to all rows.
    chosen
        The settings.
    folds
        How many times tracks were held out.
    grouped
        Whether tracks of one group were held out together.
    warnings
        What a person should know, a sentence each.
    seconds
        That fitting took.
    """

    recipe: Recipe
    columns: tuple[str, ...]
    estimator: Any
    chosen: Mapping[str, object]
    folds: int
    grouped: bool
    warnings: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def check_columns(self, matrix: FeatureMatrix) -> None:
        """See that a matrix has the columns that it was fitted to.

        Raises
        ------
        ValueError
            It has others.
        """
        if matrix.columns != self.columns:
            raise ValueError(f"{self.recipe.name} hears other columns than these")


@dataclass(frozen=True, eq=False, kw_only=True)
class Fitted(FittedRecipe):
    """A recipe for classes, fitted.

    Parameters
    ----------
    classes
        Names in the order of what it predicts: sorted, and numbers by their size.
    calibration
        What makes probabilities of its answers.
    threshold
        A track whose most probable class is less probable is rejected.
    sure_above
        The probability from which nine of ten answers are right.
    held_out
        What the same recipe said of tracks while they were held out, or ``None``.
    """

    classes: tuple[str, ...]
    calibration: Calibration
    threshold: float
    sure_above: float
    held_out: HeldOut | None

    def predict(self, matrix: FeatureMatrix) -> Floats:
        """Return the probabilities of tracks, voted by their rows.

        Returns
        -------
        float64, shape (tracks, classes): a row for each of ``matrix.tracks``.
        """
        if not len(matrix.track):
            return np.zeros((0, len(self.classes)))
        vote: Floats = np.exp(self.calibration.vote(self._logits(matrix), matrix.track))
        return vote

    def timeline(self, matrix: FeatureMatrix) -> Floats:
        """Return the probabilities of each row for itself, float64, shape (rows, classes)."""
        if not len(matrix.track):
            return np.zeros((0, len(self.classes)))
        alone: Floats = np.exp(self.calibration.timeline(self._logits(matrix)))
        return alone

    def _logits(self, matrix: FeatureMatrix) -> Floats:
        self.check_columns(matrix)
        return estimator_logits(self.estimator, matrix.values, len(self.classes))


def fit(
    recipe: Recipe,
    matrix: FeatureMatrix,
    target: Sequence[str] | Sequence[int] | NDArray[np.int64],
    *,
    groups: Sequence[int] | NDArray[np.int64] | None = None,
    random_state: int = 0,
    n_splits: int = FOLDS,
) -> Fitted:
    """Fit a recipe to a training part.

    Settings, temperature and threshold come from tracks that were held out in turn inside the
    part; nothing else is looked at.

    Parameters
    ----------
    recipe
        What to fit.
    matrix
        Rows of the training part; tracks without rows are not learned from.
    target
        The class of each track that ``matrix.track`` may name: names, or numbers.
    groups
        The group of each of them, such as its artist, or ``None`` where nothing is known.
    random_state
        The same seed gives the same numbers.
    n_splits
        How many times to hold tracks out.

    Returns
    -------
    Fitted
        The calibrated estimator, its threshold, and what was chosen.

    Raises
    ------
    TrainingError
        There are not two classes to tell apart.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from linernotes.learning.input_spec import InputSpec
    >>> recipe = Recipe(name="plain", input_spec=InputSpec(("tags",)), model="logistic regression",
    ...                 estimator=lambda random_state: LogisticRegression())
    >>> values = np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32)
    >>> values[20:] += 8
    >>> matrix = FeatureMatrix(values, np.arange(40), ("tags.loud",))
    >>> fitted = fit(recipe, matrix, ["soft"] * 20 + ["loud"] * 20)
    >>> fitted.classes, fitted.predict(matrix.take([0, 39])).argmax(axis=1).tolist()
    (('loud', 'soft'), [1, 0])
    """
    from threadpoolctl import threadpool_limits

    # On matrices of this size threads get in each other's way; and sums that are split
    # otherwise on another machine would give other numbers.
    with threadpool_limits(limits=1, user_api="blas"):
        return _fit(
            recipe, matrix, target, groups=groups, random_state=random_state, n_splits=n_splits
        )


def _fit(
    recipe: Recipe,
    matrix: FeatureMatrix,
    target: Sequence[str] | Sequence[int] | NDArray[np.int64],
    *,
    groups: Sequence[int] | NDArray[np.int64] | None,
    random_state: int,
    n_splits: int,
) -> Fitted:
    started = time.monotonic()
    tracks = matrix.tracks
    names = np.array([target[track] for track in tracks], dtype=object)
    classes, truth = np.unique(names, return_inverse=True) if len(names) else (names, names)
    if len(classes) < 2:
        said = f"all tracks are {classes[0]!r}" if len(classes) else "there are no tracks"
        raise TrainingError(f"{said}: give examples of at least two classes to tell apart.")
    part = matrix.take(tracks)
    group = None if groups is None else np.asarray(groups, np.int64)[tracks]
    folds = make_folds(truth, group, random_state=random_state, n_splits=n_splits)
    class_names = tuple(str(name) for name in classes)
    known = group is not None and 2 * len(folds.ungrouped) <= len(classes)
    choose = select_blend if recipe.parts and not (recipe.search and known) else select
    held = choose(
        recipe, part, truth, folds, classes=class_names, groups=group, random_state=random_state
    )
    chosen = held.settings if held else dict(recipe.search[0] if recipe.search else {})
    everything = np.ones(len(part.track), np.bool_)
    return Fitted(
        recipe=recipe,
        classes=class_names,
        columns=matrix.columns,
        estimator=fit_estimator(
            recipe,
            chosen,
            part,
            truth,
            everything,
            classes=class_names,
            groups=group,
            random_state=random_state,
        ),
        calibration=held.calibration if held else Calibration(),
        threshold=fit_threshold(held.log_probabilities, truth[held.tracks]) if held else 0.0,
        sure_above=fit_sure_above(held.log_probabilities, truth[held.tracks]) if held else 1.0,
        chosen=dict(chosen),
        held_out=held,
        folds=folds.n_splits,
        grouped=group is not None,
        warnings=_warnings(tuple(class_names[i] for i in folds.ungrouped), held, len(tracks)),
        seconds=time.monotonic() - started,
    )


def _warnings(ungrouped: tuple[str, ...], held: HeldOut | None, tracks: int) -> tuple[str, ...]:
    said = []
    if ungrouped:
        some = ", ".join(ungrouped[:5]) + (", …" if len(ungrouped) > 5 else "")
        said.append(
            f"All tracks of {some} are of one artist or album: what tells the class there may be "
            "that artist, and held-out tracks cannot show it."
        )
    if held is None:
        said.append(
            "No class has two tracks that can be held out: nothing was calibrated, and the "
            "probabilities mean little."
        )
    elif len(held.tracks) < tracks:
        said.append("A class with one track was never held out: nothing is known of how it fares.")
    return tuple(said)
