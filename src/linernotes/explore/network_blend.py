"""How much each of several networks should count in what is alike.

Weights are tried on a grid of shares that add up to one, and each answers the same questions (see
`linernotes.explore.blend_evidence`): how high are those tracks ranked that should be alike, by mean
average precision. Of weights that are as good as the best but for chance, within one standard error
of the difference, those count that are nearest to equal ones: few questions move little. Whether it
is worth it is told by questions that were held out in turn: unless the weights that were chosen
without them are better there by twice the standard error, all networks count the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import LeftOut
from linernotes.explore.blend_evidence import (
    BlendError,
    Evidence,
    LikenessQuestion,
    library_evidence,
)
from linernotes.explore.blend_pairs import read_pairs
from linernotes.explore.network_ears import NetworkEars, read_ears
from linernotes.explore.space import Floats, Indices, nearness_among, standardised_kinds
from linernotes.library.collection import Collection
from linernotes.library.network_weights import NetworkWeights, write_weights
from linernotes.library.store import Store

Doubles = NDArray[np.float64]

# As fine a grid as has so many points, and no finer than tenths.
_MOST_POINTS = 200
_FINEST = 10
_FOLDS = 5
# Standard errors by which weights have to be better than equal ones.
_CERTAIN = 2.0


@dataclass(frozen=True)
class LearnedWeights:
    """Weights that were learned, and what could not be used for it.

    Parameters
    ----------
    weights
        The weights, which the library keeps.
    left_out
        Rows of the table of pairs.
    """

    weights: NetworkWeights
    left_out: tuple[LeftOut, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what ``linernotes index --json`` prints of it.

        Returns
        -------
        dict
            Of plain values.
        """
        left_out = [
            {"name": each.name, "code": each.code, "message": each.message}
            for each in self.left_out
        ]
        return {**self.weights.as_dict(), "left_out": left_out}


def learn_weights(
    store: Store,
    collection: Collection,
    names: Sequence[str],
    *,
    pairs: str | os.PathLike[str] | None = None,
) -> LearnedWeights:
    """Learn how much each of several networks should count, and keep it in the library.

    Parameters
    ----------
    store
        The library.
    collection
        Its tracks.
    names
        Of networks; ``"musicnn"`` for those that ship, with what is measured.
    pairs
        A table of pairs of tracks that sound alike, or do not; without it the library tells by its
        artists or genres.

    Returns
    -------
    LearnedWeights
        The same library and table give the same.

    Raises
    ------
    BlendError
        There are not several networks, or too little tells what should be alike.
    NetworkError, NotHeardError
        A network is not installed, or has heard no track of the library.
    LibraryError
        The weights cannot be kept.

    Examples
    --------
    >>> learned = learn_weights(store, collection, ["clap", "musicnn"])  # doctest: +SKIP
    >>> learned.weights.weights  # doctest: +SKIP
    {'clap': 0.7, 'musicnn': 0.3}
    """
    if len(set(names)) < 2:
        raise BlendError("weights are of several networks: --network clap --network musicnn")
    rows, ears = read_ears(store, collection, names, everywhere=True)
    heard = collection.taken(rows)
    evidence = library_evidence(heard) if pairs is None else read_pairs(pairs, collection, heard)
    found = weigh(ears, heard, evidence)
    write_weights(store, ears.networks, found)
    return LearnedWeights(found, evidence.left_out)


def weigh(ears: NetworkEars, heard: Collection, evidence: Evidence) -> NetworkWeights:
    """Choose the weights of networks by questions whose answers are known.

    Parameters
    ----------
    ears
        The networks, and what they heard.
    heard
        The tracks.
    evidence
        The questions.

    Returns
    -------
    NetworkWeights
        Equal ones where no others are better for certain.
    """
    some = ears.widened(heard.taken(evidence.rows), evidence.rows)
    kinds = ears.kinds
    return weigh_kinds(some, {name: kinds[name] for name in ears.weights or kinds}, evidence)


def weigh_kinds(
    some: Collection, kinds: Mapping[str, Sequence[tuple[Indices, float]]], evidence: Evidence
) -> NetworkWeights:
    """Choose how much kinds of numbers count, by questions whose answers are known.

    Parameters
    ----------
    some
        The tracks that the questions number.
    kinds
        Columns of what is known of them, as `linernotes.explore.space.fit_kinds` takes them, by
        the name of the network that they are of.
    evidence
        The questions.

    Returns
    -------
    NetworkWeights
        Equal ones where no others are better for certain.
    """
    names = list(kinds)
    grams = [
        np.concatenate(standardised_kinds(some, kinds[name]), axis=1, dtype=np.float32)
        for name in names
    ]
    alike = np.stack([rows @ rows.T for rows in grams])
    points = np.array(list(_grid(len(names))))
    told = np.array([_precisions(alike, point, evidence.questions) for point in points])
    groups = np.unique([question.group for question in evidence.questions], return_inverse=True)[1]
    gain = np.empty(len(groups))
    fold_of = np.random.default_rng(_FOLDS).permutation(groups.max() + 1) % _FOLDS
    for fold in range(_FOLDS):
        held = fold_of[groups] == fold
        if held.all() or not held.any():
            gain[held] = 0
            continue
        best = _choose(points, told[:, ~held], groups[~held])
        gain[held] = told[best, held] - told[0, held]
    noise = _standard_error(gain, groups)
    better = gain.mean() > _CERTAIN * noise
    chosen = points[_choose(points, told, groups) if better else 0]
    equal = float(told[0].mean())
    return NetworkWeights(
        dict(zip(names, chosen.tolist(), strict=True)),
        evidence.kind,
        len(groups),
        equal,
        equal + float(gain.mean()),
        noise,
    )


def _grid(count: int) -> Iterator[list[float]]:
    """Yield shares that add up to one: equal ones first, then all on a grid."""
    yield [1 / count] * count
    fine = [n for n in range(_FINEST, 1, -1) if comb(n + count - 1, count - 1) <= _MOST_POINTS]
    steps = fine[0] if fine else 1
    for bars in combinations(range(steps + count - 1), count - 1):
        ends = [-1, *bars, steps + count - 1]
        yield [(end - begin - 1) / steps for begin, end in pairwise(ends)]


def _precisions(alike: Floats, weights: Doubles, questions: Sequence[LikenessQuestion]) -> Doubles:
    """Return the average precision of each answer, of questions for what is not alike one less."""
    blended = np.tensordot(weights.astype(np.float32), alike, axes=1)
    length = np.sqrt(np.maximum(blended.diagonal(), 1e-12))
    blended /= length[:, np.newaxis] * length
    blended -= nearness_among(blended) / 2
    found = np.empty(len(questions))
    for i, question in enumerate(questions):
        scores = blended[question.track].copy()
        scores[[question.track, *question.apart]] = -np.inf
        order = np.argsort(-scores, kind="stable")
        right = np.isin(order, question.others)
        ranks = np.flatnonzero(right) + 1
        precision = float((np.arange(1, len(ranks) + 1) / ranks).mean())
        found[i] = precision if question.alike else 1 - precision
    return found


def _choose(points: Doubles, told: Doubles, groups: NDArray[np.intp]) -> int:
    """Return the point nearest to equal weights among those as good as the best but for chance."""
    means = told.mean(axis=1)
    best = int(means.argmax())
    near = [
        i
        for i in range(len(points))
        if means[best] - means[i] <= _standard_error(told[best] - told[i], groups)
    ]
    distance = ((points[near] - points[0]) ** 2).sum(axis=1).round(12)
    return near[min(range(len(near)), key=lambda i: (distance[i], -means[near[i]], near[i]))]


def _standard_error(values: Doubles, groups: NDArray[np.intp]) -> float:
    """Return the standard error of a mean of values, those of a group moving together."""
    count = len(np.unique(groups))
    if count < 2:
        return float("inf")
    sums = np.bincount(groups, weights=values - values.mean())
    return float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(values))
