"""Covariance within classes, with artists as a source of variation.

Tracks of one class by one artist resemble each other for two reasons: what the class sounds
like, and what the artist sounds like. Here a track is the mean of its class, plus what its
artist adds, plus what the track adds (the two-covariance model, a special case of probabilistic
linear discriminant analysis: Prince & Elder, ICCV 2007). The two covariances are estimated
apart; their sum says how tracks of *another* artist will lie about the class. Directions in
which artists of one class differ are trusted little wherever it is used (within-class covariance
normalisation: Hatch, Kajarekar & Stolcke, Interspeech 2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.covariance import ledoit_wolf_shrinkage

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class WithinClassCovariance:
    """The means of classes and the variation within them.

    Parameters
    ----------
    centres
        Shape (classes, columns): means in which every artist counts as one.
    covariance
        Shape (columns, columns), shrunk towards a round one of the same size.
    shrinkage
        By how much, 0 to 1.
    """

    centres: NDArray[np.float64]
    covariance: NDArray[np.float64]
    shrinkage: float


def within_classes(
    values: NDArray[np.float64],
    target: Ints,
    groups: Ints | None = None,
    *,
    shrinkage: float | None = None,
) -> WithinClassCovariance:
    """Estimate classes and the covariance within them.

    Parameters
    ----------
    values
        Shape (rows, columns).
    target
        Shape (rows,): class numbers, from 0 up, each of them there.
    groups
        Shape (rows,): the artist of each row; every row is its own if not given.
    shrinkage
        From 0 to 1; ``None`` for that of Ledoit & Wolf (2004).

    Returns
    -------
    WithinClassCovariance
        Means of the classes, and the covariance that they share.

    Examples
    --------
    >>> rows = np.array([[0.0], [2.0], [8.0], [10.0]])
    >>> found = within_classes(rows, np.array([0, 0, 1, 1]), shrinkage=0.0)
    >>> found.centres.ravel().tolist(), found.covariance.round(6).tolist()
    ([1.0, 9.0], [[2.0]])
    """
    if groups is None:
        artist: Ints = target
        of_artist: Ints = np.arange(len(values))
    else:
        # An artist who is in two classes varies within each of them.
        pairs = np.stack([target, groups], axis=1)
        unique, of_artist = np.unique(pairs, axis=0, return_inverse=True)
        artist, of_artist = unique[:, 0], of_artist.ravel()
    count = np.bincount(of_artist)
    means = _sums(values, of_artist, len(count)) / count[:, np.newaxis]
    artists = np.bincount(artist)
    if shrinkage is None:
        about = _centred(values, target)
        shrinkage = float(ledoit_wolf_shrinkage(about, assume_centered=True))
    covariance = _covariance(values, target, of_artist, artist)
    size = np.trace(covariance) / len(covariance)
    covariance = (1 - shrinkage) * covariance
    covariance.flat[:: len(covariance) + 1] += shrinkage * size + 1e-9
    centres = _sums(means, artist, len(artists)) / artists[:, np.newaxis]
    return WithinClassCovariance(centres, covariance, shrinkage)


def _covariance(
    values: NDArray[np.float64], target: Ints, of_artist: Ints, artist: Ints
) -> NDArray[np.float64]:
    """Return how tracks of new artists will lie about the mean of their class.

    Parameters
    ----------
    values
        Shape (rows, columns).
    target, of_artist
        Shape (rows,): the class and the artist of each row.
    artist
        Shape (artists,): the class of each artist.
    """
    count = np.bincount(of_artist)
    company = np.bincount(artist)[artist] > 1
    if len(count) == len(values) or not company.any():
        return _pooled(values, target)  # nothing is known of artists, or there is one a class
    means = _sums(values, of_artist, len(count)) / count[:, np.newaxis]
    # The mean of n tracks varies by the artists and by an n-th of the tracks.
    # Only artists that have company in their class say how artists differ.
    share = float((1 / count[company]).mean())
    return _pooled(means, artist) + (1 - share) * _pooled(values, of_artist)


def _pooled(values: NDArray[np.float64], of: Ints) -> NDArray[np.float64]:
    """Return the covariance of rows about the means of their groups."""
    about = _centred(values, of)
    covariance: NDArray[np.float64] = about.T @ about / max(1, len(values) - len(np.unique(of)))
    return covariance


def _sums(values: NDArray[np.float64], of: Ints, n: int) -> NDArray[np.float64]:
    """Return the sum of the rows of each of ``n`` groups."""
    rows = np.arange(len(values))
    members = csr_matrix((np.ones(len(values)), (of, rows)), shape=(n, len(values)))
    sums: NDArray[np.float64] = members @ values
    return sums


def _centred(values: NDArray[np.float64], of: Ints) -> NDArray[np.float64]:
    """Return how rows lie about the means of their groups."""
    n = np.bincount(of)
    return values - (_sums(values, of, len(n)) / n[:, np.newaxis])[of]


Array = NDArray[np.floating[Any]]


class WithinClassWhitening(TransformerMixin, BaseEstimator):
    """Columns in which tracks of one class vary alike in all directions.

    What differs much within classes tells little, and is made small; whatever comes after, a
    distance or a penalty on weights, then treats all directions alike for a reason.

    Parameters
    ----------
    shrinkage
        Of the covariance within classes, 0 to 1; ``None`` for that of Ledoit & Wolf (2004).

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(500, 2)) * [1, 9]
    >>> white = WithinClassWhitening(shrinkage=0.0).fit_transform(rows, np.arange(500) % 2)
    >>> bool(np.allclose(*white.std(axis=0), rtol=0.01))
    True
    """

    def __init__(self, *, shrinkage: float | None = None) -> None:
        self.shrinkage = shrinkage

    def fit(self, X: Array, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Estimate the covariance; ``groups`` tells the artist of each row."""
        rows = np.asarray(X, np.float64)
        self.n_features_in_ = rows.shape[1]
        target = np.unique(y, return_inverse=True)[1]
        known = None if groups is None else np.asarray(groups)
        within = within_classes(rows, target, known, shrinkage=self.shrinkage)
        spread, turned = np.linalg.eigh(within.covariance)
        size = np.trace(within.covariance) / len(spread)
        self.matrix_ = (turned * np.sqrt(size / spread)) @ turned.T
        return self

    def transform(self, X: Array) -> Array:  # noqa: N803
        """Return the columns, float32."""
        white: Array = (np.asarray(X, np.float64) @ self.matrix_).astype(np.float32)
        return white
