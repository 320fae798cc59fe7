"""Fitting a recipe for numbers to rows that were heard already: choice, intervals, final fit.

Targets are standardised before, and what is told is kept within the range that was learned from.
The settings with the lowest squared error on tracks that were held out win, all targets weighing
the same. How far off those tracks were is how far off further ones are said to be.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import Numbers
from linernotes.learning.calibration import mean_by_track
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import FittedRecipe, TrainingError
from linernotes.learning.recipe import Recipe
from linernotes.learning.splits import FOLDS, Folds, make_folds, quantile_bins
from linernotes.learning.targets import Target, conformal_spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Of fewer tracks, figures and intervals are mostly chance, which is said.
FEW = 50


@dataclass(frozen=True, eq=False)
class TargetScaler:
    """A scaler that brings targets to a mean of 0 and a deviation of 1, and back into their range.

    Parameters
    ----------
    mean, deviation, low, high
        Shape (targets,).
    """

    mean: Floats
    deviation: Floats
    low: Floats
    high: Floats

    @classmethod
    def fit(cls, values: Floats) -> TargetScaler:
        """Learn the scale of values, shape (tracks, targets)."""
        deviation = values.std(axis=0)
        return cls(
            values.mean(axis=0),
            np.where(deviation > 0, deviation, 1.0),
            values.min(axis=0),
            values.max(axis=0),
        )

    def transform(self, values: Floats) -> Floats:
        """Bring values to the scale."""
        scaled: Floats = (values - self.mean) / self.deviation
        return scaled

    def inverse_transform(self, standard: Floats) -> Floats:
        """Bring an estimator's predictions back, none of them outside of the range."""
        values: Floats = np.clip(standard * self.deviation + self.mean, self.low, self.high)
        return values


@dataclass(frozen=True, eq=False)
class HeldOutNumbers:
    """Numbers that a recipe with some settings tells of tracks that it was not fitted to.

    Parameters
    ----------
    settings
        Of the recipe.
    tracks
        int64, shape (held,): the tracks that were held out once; the others never were.
    values
        float64, shape (held, targets).
    r2
        Shape (targets,): the share of their variance that is told.
    """

    settings: Mapping[str, object]
    tracks: Ints
    values: Floats
    r2: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedNumbers(FittedRecipe):
    """A recipe for numbers, fitted.

    Parameters
    ----------
    targets
        What it predicts, with the range and the spread.
    scaler
        What targets were standardised by.
    held_out
        What the same recipe predicted of tracks while they were held out, or ``None``.
    """

    targets: tuple[Target, ...]
    scaler: TargetScaler
    held_out: HeldOutNumbers | None

    def predict(self, matrix: FeatureMatrix) -> Floats:
        """Return what is told of tracks, the mean of their rows.

        Returns
        -------
        float64, shape (tracks, targets): a row for each of ``matrix.tracks``.
        """
        rows = self.timeline(matrix)
        return mean_by_track(rows, matrix.track) if len(rows) else rows

    def timeline(self, matrix: FeatureMatrix) -> Floats:
        """Return what is told of each row for itself, float64, shape (rows, targets)."""
        self.check_columns(matrix)
        if not len(matrix.track):
            return np.zeros((0, len(self.targets)))
        return _predict(self.estimator, matrix.values, self.scaler)


def fit_numbers(
    recipe: Recipe,
    matrix: FeatureMatrix,
    numbers: Numbers,
    *,
    groups: Sequence[int] | Ints | None = None,
    random_state: int = 0,
    n_splits: int = FOLDS,
) -> FittedNumbers:
    """Fit a recipe for numbers to a training part.

    Settings and intervals come from tracks that were held out in turn inside the part.

    Parameters
    ----------
    recipe
        One that tells numbers.
    matrix
        Rows of the training part; tracks without rows are not learned from.
    numbers
        The targets of each track that ``matrix.track`` may name.
    groups
        The group of each of them, such as its artist, or ``None`` where nothing is known.
    random_state
        The same seed gives the same numbers.
    n_splits
        How many times to hold tracks out.

    Returns
    -------
    FittedNumbers
        The estimator, how far off it is, and what was chosen.

    Raises
    ------
    TrainingError
        There are not two different values of each target.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from linernotes.learning.input_spec import InputSpec
    >>> recipe = Recipe(name="plain", input_spec=InputSpec(("tags",)), model="ridge regression",
    ...                 estimator=lambda random_state: Ridge(), label_kind="numbers")
    >>> heard = np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32)
    >>> matrix = FeatureMatrix(heard, np.arange(40), ("tags.loud",))
    >>> fitted = fit_numbers(recipe, matrix, Numbers(("level",), 3.0 * heard))
    >>> bool(np.allclose(fitted.predict(matrix), 3 * heard, atol=0.5))
    True
    """
    from threadpoolctl import threadpool_limits

    started = time.monotonic()
    tracks = matrix.tracks
    values = numbers.values[tracks]
    for name, column in zip(numbers.names, values.T, strict=True):
        if len(np.unique(column)) < 2:
            said = f"all tracks have the {name} {column[0]:g}" if len(column) else "there is none"
            raise TrainingError(f"{said}: give examples of different {name}.")
    part = matrix.take(tracks)
    group = None if groups is None else np.asarray(groups, np.int64)[tracks]
    folds = make_folds(
        quantile_bins(values[:, 0], group), group, random_state=random_state, n_splits=n_splits
    )
    # On matrices of this size threads get in each other's way; and sums that are split
    # otherwise on another machine would give other numbers.
    with threadpool_limits(limits=1, user_api="blas"):
        held = _select(recipe, part, values, folds, random_state=random_state)
        chosen = dict(held.settings if held else recipe.search[0] if recipe.search else {})
        scaler = TargetScaler.fit(values)
        estimator = _fit(
            recipe, chosen, part.values, scaler.transform(values)[part.track], random_state
        )
    return FittedNumbers(
        recipe=recipe,
        targets=_targets(numbers, values, held),
        columns=matrix.columns,
        estimator=estimator,
        scaler=scaler,
        chosen=chosen,
        held_out=held,
        folds=folds.n_splits,
        grouped=group is not None,
        warnings=_warnings(numbers.names, values, held, alone=bool(folds.ungrouped)),
        seconds=time.monotonic() - started,
    )


def _select(
    recipe: Recipe, matrix: FeatureMatrix, values: Floats, folds: Folds, *, random_state: int
) -> HeldOutNumbers | None:
    """Try a recipe's settings; return what the best of them tell of tracks held out, if any can."""
    if not folds.n_splits:
        return None
    tried = [
        _hold_out(recipe, settings, matrix, values, folds, random_state=random_state)
        for settings in recipe.search or ({},)
    ]
    return max(tried, key=lambda held: float(held.r2.mean()))


def _hold_out(
    recipe: Recipe,
    settings: Mapping[str, object],
    matrix: FeatureMatrix,
    values: Floats,
    folds: Folds,
    *,
    random_state: int,
) -> HeldOutNumbers:
    of_row = folds.fold[matrix.track]
    values_of_row = np.zeros((len(of_row), values.shape[1]))
    for fold in range(folds.n_splits):
        training = of_row != fold
        scaler = TargetScaler.fit(values[folds.fold != fold])
        standard = scaler.transform(values)[matrix.track[training]]
        estimator = _fit(recipe, settings, matrix.values[training], standard, random_state)
        values_of_row[~training] = _predict(estimator, matrix.values[~training], scaler)
    held = of_row >= 0
    tracks = np.unique(matrix.track[held])
    means = mean_by_track(values_of_row[held], matrix.track[held])
    truth = values[tracks]
    variance = np.maximum(truth.var(axis=0), np.finfo(np.float64).tiny)
    return HeldOutNumbers(settings, tracks, means, 1 - np.square(truth - means).mean(0) / variance)


def _fit(
    recipe: Recipe, settings: Mapping[str, object], rows: Any, standard: Floats, random_state: int
) -> Any:
    return recipe.make(random_state=random_state, settings=settings).fit(rows, standard)


def _predict(estimator: Any, rows: Any, scaler: TargetScaler) -> Floats:
    standard = np.asarray(estimator.predict(rows), np.float64).reshape(len(rows), -1)
    return scaler.inverse_transform(standard)


def _targets(numbers: Numbers, values: Floats, held: HeldOutNumbers | None) -> tuple[Target, ...]:
    found = []
    for i, (name, unit) in enumerate(zip(numbers.names, numbers.units, strict=True)):
        column = values[:, i]
        wide = float(np.ptp(column))
        spread = wide if held is None else conformal_spread(column[held.tracks] - held.values[:, i])
        found.append(
            Target(
                name=name,
                low=float(column.min()),
                high=float(column.max()),
                median=float(np.median(column)),
                spread=min(spread, wide),
                unit=unit,
            )
        )
    return tuple(found)


def _warnings(
    names: Sequence[str], values: Floats, held: HeldOutNumbers | None, *, alone: bool
) -> tuple[str, ...]:
    said = []
    if alone:
        said.append(
            "All tracks are of one artist or album: how it does on others is not known, and "
            "held-out tracks cannot show it."
        )
    if held is None:
        said.append("No track could be held out: nothing was chosen, and no interval is known.")
    elif len(values) < FEW:
        said.append(
            f"{len(values)} tracks are few: settings and intervals are mostly chance below {FEW}."
        )
    for name, column in zip(names, values.T, strict=True):
        low, middle, high = np.quantile(column, [0.25, 0.5, 0.75])
        far = float(np.abs(column - middle).max())
        if far > 100 * max(high - low, 1e-9 * far):
            odd = column[np.abs(column - middle).argmax()]
            said.append(
                f"The {name} {odd:g} is far from all others, of which half lie between {low:g} and "
                f"{high:g}: check it, or learn a logarithm or a rank of it."
            )
    return tuple(said)
