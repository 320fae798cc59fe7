"""Feature sets as scikit-learn transformers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from linernotes.engine.blas import one_blas_thread
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
        Tracks that are measured at once, in threads, since most of the work leaves Python's lock
        alone. As everywhere in scikit-learn ``None`` is 1, unless `joblib.parallel_config` says
        otherwise, and -1 is all processors.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> pipeline = make_pipeline(FeatureSet("fma"), StandardScaler(), SVC())
    >>> pipeline.fit(["a.mp3", "b.mp3"], ["jazz", "rock"])  # doctest: +SKIP

    With pandas at hand, its columns have names:

    >>> table = FeatureSet("fma", n_jobs=-1).set_output(transform="pandas")
    >>> table.fit_transform(["a.mp3", "b.mp3"])["mfcc_mean_01"]  # doctest: +SKIP
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
            Paths, bytes, binary file objects, or `Audio`: a list, a one-dimensional array, or a
            pandas series, whose index a data frame keeps.

        Returns
        -------
        NDArray
            float32, shape (tracks, columns).

        Raises
        ------
        AudioError
            A track cannot be listened to; the message names it.
        """
        import scipy.linalg  # noqa: F401 - its BLAS has to be there to be held back

        # Threads of their own may not change what OpenBLAS does: whoever starts them has to.
        with one_blas_thread():
            rows = Parallel(n_jobs=self.n_jobs, prefer="threads")(
                delayed(extract_track)(track, sets=(self.name,)) for track in X
            )
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
        tags.input_tags.one_d_array = True
        return tags
