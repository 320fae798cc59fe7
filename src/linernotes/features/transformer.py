"""Feature sets as scikit-learn transformers."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from linernotes.engine import cpu_count
from linernotes.features.sets import find_set
from linernotes.features.tracks import extract_track

if TYPE_CHECKING:
    from linernotes.audio import Audio, Source


class FeatureSet(TransformerMixin, BaseEstimator):
    """Tracks in, a matrix out, for anybody's pipeline; there is nothing to fit.

    Parameters
    ----------
    name
        Name of the feature set.
    n_jobs
        Threads; ``None`` for one a processor. Most of the work leaves Python's lock alone.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> pipeline = make_pipeline(FeatureSet("fma"), StandardScaler(), SVC())
    >>> pipeline.fit(["a.mp3", "b.mp3"], ["jazz", "rock"])  # doctest: +SKIP
    """

    def __init__(self, name: str = "descriptors", *, n_jobs: int | None = None) -> None:
        self.name = name
        self.n_jobs = n_jobs

    def fit(self, X: Any = None, y: Any = None) -> FeatureSet:  # noqa: ARG002, N803
        """Check the set's name.

        Parameters
        ----------
        X, y
            Not looked at.

        Returns
        -------
        FeatureSet
            Itself.
        """
        find_set(self.name)
        return self

    def transform(self, X: Iterable[Source | Audio]) -> NDArray[np.float32]:  # noqa: N803
        """Compute the set for each track.

        Parameters
        ----------
        X
            Paths, bytes, binary file objects, or `Audio`.

        Returns
        -------
        NDArray
            float32, shape (tracks, columns).

        Raises
        ------
        AudioError
            A track cannot be listened to; the message names it.
        """
        with ThreadPoolExecutor(self.n_jobs or cpu_count()) as threads:
            rows = threads.map(lambda track: extract_track(track, sets=(self.name,)), X)
            matrix = [row.values[self.name] for row in rows]
        columns = len(find_set(self.name).names)
        return np.array(matrix, np.float32).reshape(-1, columns)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Return the names of the columns.

        Parameters
        ----------
        input_features
            Not looked at.

        Returns
        -------
        NDArray
            Names, shape (columns,).
        """
        return np.array(find_set(self.name).names, dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        """There is nothing to fit."""
        return True

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that tracks are no matrix of numbers."""
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags
