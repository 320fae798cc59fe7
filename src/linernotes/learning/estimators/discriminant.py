"""A linear discriminant in which every artist counts as one, however many tracks there are.

Tracks of one class by one artist resemble each other for two reasons: what the class sounds
like, and what the artist sounds like. A classifier that takes tracks for independent examples
learns both. Here a track is the mean of its class, plus what its artist adds, plus what the
track adds (the two-covariance model, a special case of probabilistic linear discriminant
analysis: Prince & Elder, ICCV 2007). The two covariances are estimated apart, and a class is
told by what remains when *another* artist comes: directions in which artists of one class
differ are trusted little (as in within-class covariance normalisation: Hatch, Kajarekar &
Stolcke, Interspeech 2006).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.covariance import ledoit_wolf_shrinkage

Array = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


class Discriminant(ClassifierMixin, BaseEstimator):
    """Gaussian classes of one covariance, shrunk, with artists as a source of variation.

    Parameters
    ----------
    start, stop
        The columns that it looks at; all of them if ``stop`` is ``None``.
    shrinkage
        Of the covariance, 0 to 1; ``None`` for that of Ledoit & Wolf (2004).

    Examples
    --------
    >>> rows = np.array([[0.0, 0], [1, 1], [5, 0], [6, 1]])
    >>> model = Discriminant(shrinkage=0.5).fit(rows, ["a", "a", "b", "b"])
    >>> model.predict([[0.5, 1], [5.5, 0]])
    array(['a', 'b'], dtype='<U1')
    """

    def __init__(
        self,
        *,
        start: int = 0,
        stop: int | None = None,
        shrinkage: float | None = None,
    ) -> None:
        self.start = start
        self.stop = stop
        self.shrinkage = shrinkage

    def fit(self, X: Array, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Estimate the classes.

        Parameters
        ----------
        X
            Shape (rows, columns).
        y
            Class of each row.
        groups
            Artist of each row, as integers; every row its own if not given.
        """
        rows = np.asarray(X, np.float64)
        self.n_features_in_ = rows.shape[1]
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("There is only one class; nothing can be told apart.")
        if groups is None:
            artist, of_artist = target, np.arange(len(rows), dtype=np.intp)
        else:
            # An artist who is in two classes varies within each of them.
            pairs = np.stack([target, np.asarray(groups)], axis=1)
            unique, of_artist = np.unique(pairs, axis=0, return_inverse=True)
            artist, of_artist = unique[:, 0], of_artist.ravel()
        values = rows[:, self.start : self.stop]
        count = np.bincount(of_artist)
        means = _sums(values, of_artist, len(count)) / count[:, np.newaxis]
        # Every artist counts as one.
        artists = np.bincount(artist, minlength=len(self.classes_))
        centres = _sums(means, artist, len(artists)) / artists[:, np.newaxis]
        covariance = _covariance(values, target, of_artist, artist)
        self.shrinkage_ = self.shrinkage
        if self.shrinkage_ is None:
            about = _centred(values, target)
            self.shrinkage_ = float(ledoit_wolf_shrinkage(about, assume_centered=True))
        scale = np.trace(covariance) / len(covariance)
        covariance = (1 - self.shrinkage_) * covariance
        covariance.flat[:: len(covariance) + 1] += self.shrinkage_ * scale + 1e-9
        inner = np.linalg.solve(covariance, centres.T).T
        self.intercept_ = -0.5 * np.einsum("ij,ij->i", inner, centres)
        self.coef_ = np.zeros((len(self.classes_), self.n_features_in_))
        self.coef_[:, self.start : self.stop] = inner
        return self

    def decision_function(self, X: Array) -> NDArray[np.float64]:  # noqa: N803
        """Return the logarithm of each class's density, up to a constant: (rows, classes)."""
        scores: NDArray[np.float64] = np.asarray(X, np.float64) @ self.coef_.T + self.intercept_
        return scores

    def predict_proba(self, X: Array) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class where all are as likely beforehand."""
        scores = self.decision_function(X)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = scores / scores.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, X: Array) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        best: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return best


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
