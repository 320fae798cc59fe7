"""Weights of the classifiers of a blend, fitted to tracks that were held out.

One classifier is best for genres, another for authors, and nobody knows which before the tracks
are there. Each part of a blend first answers alone: its settings are chosen, and its temperature
fitted, as if it were a recipe of its own. The logarithms of these probabilities are then summed by
the weights that are best for tracks held out, a logarithmic opinion pool with fitted weights
[1]_, none of which is below 0 [2]_. On few tracks such weights are mostly chance: a penalty that
is the same for any number of tracks holds them near equal ones, and gives way as tracks become
more; it is stronger where nobody said whose the tracks are. The sum of calibrated parts is seldom
worse than the best of them, which is what choosing one part would come to, and needs no luck in
choosing.

.. [1] Heskes, T. (1998). Selecting weighting factors in logarithmic opinion pools. NIPS.
.. [2] Breiman, L. (1996). Stacked regressions. Machine Learning 24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.calibration import log_softmax
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.recipe import Recipe
from linernotes.learning.selection import HeldOut, hold_out, select
from linernotes.learning.splits import Folds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The setting that the weights are.
WEIGHTS = "blend__weights"

#: What the squares of the weights' distances from equal ones are multiplied by, before they are
#: added to the log loss of all tracks: where artists are known, and where they are not. Without
#: artists, held-out tracks flatter the parts that know artists by heart, and are believed less. On
#: the sets of tracks of ``benchmarks/recipes.py`` 1 to 100 make about a point of accuracy.
PENALTY, DOUBTED = 10.0, 100.0


def select_blend(
    recipe: Recipe,
    matrix: FeatureMatrix,
    target: Ints,
    folds: Folds,
    *,
    classes: tuple[str, ...],
    groups: Ints | None = None,
    random_state: int = 0,
) -> HeldOut | None:
    """Choose the settings of a blend's parts and their weights; as `select` otherwise.

    Returns
    -------
    HeldOut or None
        What the blend says of held-out tracks; its settings hold the weights. ``None`` where no
        track can be held out.
    """
    if not folds.n_splits:
        return None
    alone: dict[str, HeldOut] = {}
    for name, tried in recipe.parts.items():
        only = tuple({**settings, WEIGHTS: {name: 1.0}} for settings in tried)
        part = replace(recipe, search=only, parts={})
        held = select(
            part, matrix, target, folds, classes=classes, groups=groups, random_state=random_state
        )
        # A part that never tells classes apart, such as tags where none bears a class's name,
        # is none.
        if held and np.ptp(held.log_probabilities, axis=1).any():
            alone[name] = held
    settings = {key: value for held in alone.values() for key, value in held.settings.items()}
    if alone:
        opinions = [held.log_probabilities for held in alone.values()]
        truth = target[next(iter(alone.values())).tracks]
        penalty = DOUBTED if groups is None else PENALTY
        weights = fit_weights(opinions, truth, penalty=penalty)
        settings[WEIGHTS] = {
            # The parts answer by their own temperatures no longer once they are blended.
            name: float(f"{weight / (held.calibration.rows * held.calibration.tracks):.4g}")
            for (name, held), weight in zip(alone.items(), weights, strict=True)
            if weight
        }
    return hold_out(
        recipe,
        settings,
        matrix,
        target,
        folds,
        classes=classes,
        groups=groups,
        random_state=random_state,
    )


def fit_weights(opinions: Sequence[Floats], target: Ints, *, penalty: float = PENALTY) -> Floats:
    """Return how much each of several opinions should count.

    Parameters
    ----------
    opinions
        Calibrated log probabilities of the same tracks, (tracks, classes) each.
    target
        Shape (tracks,): the class of each track.
    penalty
        How firmly the weights are held near equal ones; see `PENALTY`.

    Returns
    -------
    float64, shape (opinions,): 0 or more; their sum is near 1.

    Examples
    --------
    >>> knows, guesses = np.log([[0.9, 0.1], [0.1, 0.9]]), np.log([[0.6, 0.4], [0.6, 0.4]])
    >>> first, second = fit_weights([np.tile(knows, (200, 1)), np.tile(guesses, (200, 1))],
    ...                             np.tile([0, 1], 200))
    >>> bool(first > 2 * second)
    True
    """
    from scipy.optimize import minimize

    said = np.stack(opinions)
    count, tracks, classes = said.shape
    # Any label may be wrong, as in `linernotes.learning.calibration`: else of two parts that are
    # always right the surer one would win.
    doubt = 1 / (tracks + 2)
    truth = np.full((tracks, classes), doubt / (classes - 1))
    truth[np.arange(tracks), target] = 1 - doubt
    equal = np.full(count, 1 / count)

    def loss(weights: Floats) -> tuple[float, Floats]:
        blended = log_softmax(np.tensordot(weights, said, 1))
        off = weights - equal
        value = -(truth * blended).sum() + penalty * (off**2).sum()
        slope = ((np.exp(blended) - truth) * said).sum(axis=(1, 2)) + 2 * penalty * off
        return value / tracks, slope / tracks

    found = minimize(loss, equal, jac=True, method="L-BFGS-B", bounds=[(0, None)] * count)
    weights: Floats = found.x if found.x.any() else equal
    return weights
