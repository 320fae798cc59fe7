"""Groups of tracks that belong together, and what sets them apart, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.traits import TRAITS

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer

#: In no cluster.
NONE = -1

_MOST = 16
_TAGS = 2
_APART = 0.4
_SMOOTH = 0.02
_RANKS_APART = 0.18


@dataclass(frozen=True, eq=False)
class Clusters:
    """A division of the tracks.

    Parameters
    ----------
    labels
        int32, shape (tracks,): the cluster of each, the largest first, -1 for none.
    names
        What sets each cluster apart; no two are the same.
    """

    labels: NDArray[np.int32]
    names: tuple[str, ...]


def dense_clusters(explorer: Explorer, places: NDArray[np.float32]) -> Clusters:
    """Find where tracks lie close together on the map (HDBSCAN); others are in no cluster.

    Parameters
    ----------
    explorer
        Of the collection.
    places
        float32, shape (tracks, 2).

    """
    n = len(places)
    if n < 10:
        return Clusters(np.full(n, NONE, np.int32), ())
    from sklearn.cluster import HDBSCAN

    job = HDBSCAN(
        min_cluster_size=max(5, round(n / 60)),
        min_samples=max(3, min(15, n // 60)),
        # The other way of choosing tends to one cluster that is nearly everything.
        cluster_selection_method="leaf",
        copy=True,
    )
    return _named(explorer, job.fit_predict(places.astype(np.float64)))


def even_clusters(explorer: Explorer, *, k: int | None = None, random_state: int = 0) -> Clusters:
    """Divide all tracks among ``k`` clusters in their space (k-means).

    Parameters
    ----------
    explorer
        Of the collection.
    k
        How many; by default the root of half the tracks, at most 16.
    random_state
        For what is left to chance.

    """
    vectors = explorer.space.vectors
    n = len(vectors)
    k = min(_MOST, round((n / 2) ** 0.5)) if k is None else k
    k = min(k, len(np.unique(vectors, axis=0)) if n < 1000 else n)
    if k < 2:
        return Clusters(np.full(n, NONE, np.int32), ())
    from sklearn.cluster import KMeans

    job = KMeans(k, random_state=random_state, n_init=4 if n < 20_000 else 1)
    return _named(explorer, job.fit_predict(vectors))


def name_clusters(explorer: Explorer, labels: NDArray[np.int32], count: int) -> tuple[str, ...]:
    """Name clusters after what sets them apart from all other tracks.

    First the tags whose odds are highest against the rest, then what is measured: clusters
    of one kind of music differ in being fast or slow, dark or bright.

    Parameters
    ----------
    explorer
        Of the collection.
    labels
        int32, shape (tracks,): cluster of each, from 0 to ``count - 1``, or -1.

    Returns
    -------
    tuple of str
        Different from each other.
    """
    ranks = explorer.scales.ranks(explorer.collection.descriptors)
    said = [_descriptions(explorer, ranks, labels == number) for number in range(count)]
    names: list[str] = []
    taken: set[frozenset[str]] = set()
    for words in said:
        length = min(len(words), _TAGS)
        while frozenset(words[:length]) in taken and length < len(words):
            length += 1
        taken.add(frozenset(words[:length]))
        names.append(_numbered(", ".join(words[:length]), names))
    return tuple(names)


def _numbered(name: str, taken: Sequence[str]) -> str:
    number, numbered = 2, name
    while numbered in taken:
        numbered = f"{name} ({number})"
        number += 1
    return numbered


def _descriptions(
    explorer: Explorer, ranks: NDArray[np.float64], inside: NDArray[np.bool_]
) -> Sequence[str]:
    """Return what sets some tracks apart, in words, most telling tags and traits in turn."""
    tags, names = explorer.collection.tags, explorer.collection.tag_names
    rest = ~inside
    words: list[str] = []
    if inside.any() and rest.any() and len(names):
        own = tags[inside].mean(axis=0, dtype=np.float64)
        others = tags[rest].mean(axis=0, dtype=np.float64)
        apart = _log_odds(own) - _log_odds(others)
        # What hardly any of its tracks has names no cluster, however rare it is elsewhere.
        apart = np.where(own >= 0.5 * own.max(initial=0) / 4, apart, -np.inf)
        order = np.argsort(-apart, kind="stable")
        words = [names[i] for i in order if apart[i] >= _APART][:4]
        if not words:
            words = [names[int(own.argmax())]]
    traits: list[str] = []
    if inside.any() and rest.any():
        means = ranks[inside].mean(axis=0) - ranks[rest].mean(axis=0)
        order = np.argsort(-np.abs(means), kind="stable")
        traits = [
            TRAITS[i].high if means[i] > 0 else TRAITS[i].low
            for i in order
            if abs(means[i]) >= _RANKS_APART
        ][:4]
    told = [*words[:2], *traits[:2], *words[2:], *traits[2:]]
    return list(dict.fromkeys(told)) or ["all kinds"]


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    smooth = np.clip(share, 0, 1) * (1 - 2 * _SMOOTH) + _SMOOTH
    return np.log(smooth / (1 - smooth))


def _named(explorer: Explorer, found: NDArray[np.integer]) -> Clusters:
    """Return clusters in the order of their sizes, with names."""
    numbers, sizes = np.unique(found[found >= 0], return_counts=True)
    order = numbers[np.argsort(-sizes, kind="stable")]
    labels = np.full(len(found), NONE, np.int32)
    for place, number in enumerate(order):
        labels[found == number] = place
    return Clusters(labels, name_clusters(explorer, labels, len(order)))
