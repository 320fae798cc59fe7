"""Projection of tracks onto a plane: near each other if they are alike to a recipe.

Columns (of very many, evenly spaced ones) are standardised and turned onto at most 50 principal
axes, and those laid out by t-SNE as openTSNE computes it, begun with the first two axes: the same
tracks give the same places.
"""

from __future__ import annotations

import importlib

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.feature_matrix import FeatureMatrix

MOST = 2000
"""Tracks on a plane; a page with more is slow, and no longer read point by point."""

_AXES = 50
# Beyond so many columns they are pictures, whose neighbouring columns tell much the same.
_COLUMNS = 4096
_PERPLEXITY = 30
_FEWEST = 8


def project_tracks(matrix: FeatureMatrix, *, random_state: int = 0) -> NDArray[np.float32]:
    """Lay tracks out on a plane.

    Parameters
    ----------
    matrix
        What was heard of them; several rows of a track count as their mean.
    random_state
        Of what is left to chance.

    Returns
    -------
    float32, shape (tracks, 2), from 0 to 1 along the longer side.
    """
    axes = _principal(_means(matrix), random_state)
    n = len(axes)
    if n < _FEWEST:
        return _scaled(axes[:, :2])
    tsne = importlib.import_module("openTSNE")
    begin = axes[:, :2] * 1e-4 / max(float(axes[:, 0].std()), 1e-12)
    job = tsne.TSNE(
        perplexity=min(_PERPLEXITY, max(1, (n - 1) // 3)),
        initialization=begin,
        neighbors="exact",
        negative_gradient_method="bh",
        n_jobs=1,
        random_state=random_state,
    )
    return _scaled(np.asarray(job.fit(axes), np.float64))


def _means(matrix: FeatureMatrix) -> NDArray[np.float64]:
    count = matrix.values.shape[1]
    columns = np.linspace(0, count - 1, min(count, _COLUMNS)).astype(int)
    _, place, rows = np.unique(matrix.track, return_inverse=True, return_counts=True)
    sums = np.zeros((len(rows), len(columns)))
    np.add.at(sums, place, matrix.values[:, columns])
    means: NDArray[np.float64] = sums / rows[:, np.newaxis]
    return means


def _principal(values: NDArray[np.float64], random_state: int) -> NDArray[np.float64]:
    """Return at most 50 principal coordinates, at least two; equal tracks a trifle apart."""
    from sklearn.decomposition import PCA

    spread = values.std(axis=0)
    kept = spread > 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0, initial=0.0))
    values = (values[:, kept] - values[:, kept].mean(axis=0)) / spread[kept]
    most = min(_AXES, *values.shape)
    axes = np.zeros((len(values), max(2, most)))
    if most:
        # Exact for the small, and of given chance for the large: never a matter of threads.
        solver = "full" if min(values.shape) <= 4 * _AXES else "randomized"
        pca = PCA(most, svd_solver=solver, random_state=random_state)
        axes[:, :most] = pca.fit_transform(np.clip(values, -10, 10))
    scale = max(float(axes[:, 0].std()), 1e-12)
    return axes + np.random.default_rng(random_state).normal(0, 1e-6 * scale, axes.shape)


def _scaled(coordinates: NDArray[np.float64]) -> NDArray[np.float32]:
    low = coordinates.min(axis=0)
    side = max(float((coordinates.max(axis=0) - low).max()), 1e-12)
    framed: NDArray[np.float32] = ((coordinates - low) / side).astype(np.float32)
    return framed
