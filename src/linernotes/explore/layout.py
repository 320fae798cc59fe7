"""Where tracks lie on the map: near tracks near each other, on a plane.

t-SNE [1]_ as openTSNE [2]_ computes it, of the exact neighbours with hubs suppressed, begun with
the two principal axes: the large order of the map is that of the collection, and the same
collection gives the same map. UMAP is an option for who has umap-learn installed.

.. [1] van der Maaten, L. & Hinton, G. (2008). Visualizing data using t-SNE. Journal of Machine
   Learning Research 9.
.. [2] Poličar, P., Stražar, M. & Zupan, B. (2024). openTSNE: a modular Python library for
   t-SNE dimensionality reduction and embedding. Journal of Statistical Software 109.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.engine import cpu_count
from linernotes.errors import LinernotesError
from linernotes.explore.space import Space

Method = Literal["tsne", "umap"]

_PERPLEXITY = 30
_FEWEST = 8
# From here on interpolation on a grid is faster than a tree.
_MANY = 8000
_EARLY, _LATER = 250, 500
_TOLD = 10


class MapError(LinernotesError):
    """The map cannot be made as it was asked for."""

    code = "map"


def lay_out(
    space: Space,
    indices: NDArray[np.int32],
    scores: NDArray[np.float32],
    *,
    method: Method = "tsne",
    random_state: int = 0,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """Place tracks on a plane.

    Parameters
    ----------
    space
        Of the collection.
    indices, scores
        Shape (tracks, k): the nearest others of each, from `neighbours.nearest`; t-SNE uses
        90 of them, if there are so many, UMAP 15.
    method
        "tsne" or "umap".
    random_state
        For what is left to chance.
    progress
        Called with the share that is done, from 0 to 1, by t-SNE alone.

    Returns
    -------
    float32, shape (tracks, 2), from 0 to 1 along the longer side.

    Raises
    ------
    MapError
        What the method needs is not installed.

    Examples
    --------
    >>> places = lay_out(space, *nearest(space, 90))  # doctest: +SKIP
    """
    start = _principal(space)
    if len(start) < _FEWEST:
        return _framed(start)
    # Scores fall from 1; distances rise from 0.
    distances = np.maximum(1.0 - scores.astype(np.float64), 0.0)
    if method == "umap":
        return _framed(_umap(start, indices, distances, random_state))
    return _framed(_tsne(start, indices, distances, random_state, progress))


def _tsne(
    start: NDArray[np.float64],
    indices: NDArray[np.int32],
    distances: NDArray[np.float64],
    random_state: int,
    progress: Callable[[float], None] | None,
) -> NDArray[np.float64]:
    tsne = importlib.import_module("openTSNE")
    affinity = importlib.import_module("openTSNE.affinity")
    neighbours = importlib.import_module("openTSNE.nearest_neighbors")
    n, k = indices.shape
    perplexity = min(_PERPLEXITY, max(1, (k - 1) // 3))
    affinities = affinity.PerplexityBasedNN(
        perplexity=perplexity,
        knn_index=neighbours.PrecomputedNeighbors(
            indices[:, : 3 * perplexity], distances[:, : 3 * perplexity]
        ),
        n_jobs=1,
    )
    told = 0

    def tell(*_: Any) -> None:
        nonlocal told
        told += _TOLD
        if progress is not None:
            progress(min(1.0, told / (_EARLY + _LATER)))

    # Each track's forces are summed by one thread: how many there are changes no number.
    many = n >= _MANY
    job = tsne.TSNE(
        n_jobs=cpu_count() if many else 1,
        random_state=random_state,
        negative_gradient_method="fft" if many else "bh",
        early_exaggeration_iter=_EARLY,
        n_iter=_LATER,
        callbacks=tell,
        callbacks_every_iters=_TOLD,
    )
    begin = start * 1e-4 / max(float(start[:, 0].std()), 1e-12)
    return np.asarray(job.fit(affinities=affinities, initialization=begin), np.float64)


def _umap(
    start: NDArray[np.float64],
    indices: NDArray[np.int32],
    distances: NDArray[np.float64],
    random_state: int,
) -> NDArray[np.float64]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            umap = importlib.import_module("umap")
    except ImportError as error:
        raise MapError("this map needs UMAP: pip install 'linernotes[umap]'") from error
    n, k = indices.shape
    k = min(15, k)
    # UMAP counts a track among its own neighbours.
    own = np.concatenate([np.arange(n)[:, np.newaxis], indices[:, :k]], axis=1)
    far = np.concatenate([np.zeros((n, 1)), distances[:, :k]], axis=1)
    job = umap.UMAP(
        n_neighbors=k + 1,
        init=10 * start / max(float(np.abs(start).max()), 1e-12),
        random_state=random_state,
        n_jobs=1,
        precomputed_knn=(own, far.astype(np.float32)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(job.fit_transform(start), np.float64)


def _principal(space: Space) -> NDArray[np.float64]:
    """Return the two principal coordinates; copies of one another a trifle apart."""
    n, wide = space.vectors.shape
    start = np.zeros((n, 2))
    start[:, : min(2, wide)] = space.vectors[:, :2]
    start -= start.mean(axis=0) if n else 0
    return start + np.random.default_rng(0).normal(0, 1e-6, start.shape)


def _framed(places: NDArray[Any]) -> NDArray[np.float32]:
    if not len(places):
        return np.zeros((0, 2), np.float32)
    low = places.min(axis=0)
    side = max(float((places.max(axis=0) - low).max()), 1e-12)
    framed: NDArray[np.float32] = ((places - low) / side).astype(np.float32)
    return framed
