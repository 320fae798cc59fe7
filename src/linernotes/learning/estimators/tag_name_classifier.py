"""A classifier by the names of the classes alone: the networks know many of the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin


class TagNameClassifier(ClassifierMixin, BaseEstimator):
    """Classes told by the tags that bear their names, and by nothing that was learned.

    A few hundred tracks cannot teach all that musicians mean by "blues", and those of a few
    artists teach what these artists sound like. The tag of that name was learned from many
    thousands. Classes that no tag is named after are as probable as a tag that is neither
    high nor low.

    Parameters
    ----------
    columns
        For each class, in their order, the columns of the tags that name it; the columns have
        one scale, and the highest of them counts.

    Examples
    --------
    >>> rows = np.array([[2.0, 0.0], [0.0, 2.0]])
    >>> TagNameClassifier([(0,), (1,)]).fit(rows, [0, 1]).predict(rows).tolist()
    [0, 1]
    """

    def __init__(self, columns: Sequence[Sequence[int]]) -> None:
        self.columns = columns

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Take note of the classes' numbers.

        Raises
        ------
        ValueError
            There are not as many classes as names.
        """
        self.classes_ = np.unique(y)
        self.n_features_in_ = np.shape(X)[1]
        if len(self.classes_) != len(self.columns):
            raise ValueError(f"{len(self.columns)} names are none for {len(self.classes_)} classes")
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the highest of each class's tags: (rows, classes)."""
        rows = np.asarray(X, np.float64)
        scores = np.zeros((len(rows), len(self.columns)))
        for number, columns in enumerate(self.columns):
            if len(columns):
                scores[:, number] = rows[:, list(columns)].max(axis=1)
        return scores

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return probabilities in the ratio of the exponentials of the scores."""
        probabilities: NDArray[np.float64] = softmax(self.decision_function(X), axis=1)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the class whose tags are highest."""
        best: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return best


def tag_columns(
    classes: Sequence[str], tags: Sequence[str], *, first: int = 0
) -> tuple[tuple[int, ...], ...]:
    """Return the columns of the tags that bear each class's name.

    A tag does if all words of the name are among its own, or if both are the same but for
    spaces, hyphens and case.

    Parameters
    ----------
    classes
        Names of the classes.
    tags
        Names of the tags, in the order of their columns.
    first
        The column of the first tag.

    Returns
    -------
    tuple of tuple of int
        For each class its columns; empty where no tag bears its name.

    Examples
    --------
    >>> tag_columns(["HipHop", "rock", "reggae"], ["Hip-Hop", "classic rock", "rock"], first=9)
    ((9,), (10, 11), ())
    """
    return tuple(
        tuple(first + i for i, tag in enumerate(tags) if _names(_words(tag), _words(name)))
        for name in classes
    )


def _names(tag: list[str], name: list[str]) -> bool:
    return bool(name) and (set(name) <= set(tag) or "".join(tag) == "".join(name))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
