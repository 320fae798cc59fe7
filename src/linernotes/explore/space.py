"""The space in which near means alike.

What the networks heard (the means of their embeddings) and what was measured (the
descriptors) are brought to one scale on the collection itself, weigh the same together, and
are turned onto their principal axes. On 173 clips by 18 authors this finds more of the same
author than either alone (``benchmarks/similar.py`` tells the figures). Left out are the
deviations of the embeddings, which are zero for a track of one window, the key's tonic, whose
numbers are no scale, and the confidences in key and tempo, which are not about the sound.

In spaces of many dimensions some tracks, the hubs, are near to everything, and others near to
nothing [1]_. Two tracks count as alike by how much nearer they are to each other than to their
own neighbourhoods (cross-domain similarity local scaling [2]_). A neighbourhood here is the
nearest hundredth of a sample of the collection: it costs a subtraction per track and query.

.. [1] Schnitzer, D., Flexer, A., Schedl, M. & Widmer, G. (2012). Local and global scaling
   reduce hubs in space. Journal of Machine Learning Research 13.
.. [2] Conneau, A., Lample, G., Ranzato, M., Denoyer, L. & Jégou, H. (2018). Word translation
   without parallel data. ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.library.analyses import EMBEDDING_LENGTH

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

#: Changes whenever a space fitted to the same collection has other numbers.
VERSION = 1

#: Dimensions of the space.
SIZE = 192

_NETWORK_SIZE = 200
_LEFT_OUT = frozenset({"key_tonic", "key_confidence", "tempo_confidence"})
_CLIP = 3.0
_SAMPLE = 2000
_NEIGHBOURHOOD = 0.01
_FEWEST = 20
_BLOCK = 2048
# Of so many tracks the raw numbers are held in memory; those of more are read again and again.
_AT_ONCE = 100_000
_SEED = 20
_NO_VARIANCE = 1e-10  # of the largest; single precision tells no less apart


@dataclass(frozen=True, eq=False)
class SpaceFit:
    """What places tracks in a space, fitted to a collection.

    Parameters
    ----------
    columns, centre, scale, weight, mean, axes
        What turns raw numbers into vectors: which columns, their standardisation and weight,
        and the principal axes, shape (columns, dimensions).
    sample
        float32, shape (up to 2000, dimensions): the vectors that neighbourhoods are looked for
        in.
    tracks
        How many the collection had.
    """

    columns: NDArray[np.intp]
    centre: Floats
    scale: Floats
    weight: Floats
    mean: Floats
    axes: Floats
    sample: Floats
    tracks: int

    def project(self, embedding: Floats, descriptors: Floats) -> Floats:
        """Place tracks, also ones from elsewhere, in the space.

        Parameters
        ----------
        embedding, descriptors
            Shapes (tracks, 800) and (tracks, 261), as in a `Collection`.

        Returns
        -------
        NDArray
            float32, shape (tracks, dimensions).
        """
        raw = _raw(embedding, descriptors, self.columns)
        placed = _standardise(raw, self.centre, self.scale, self.weight)
        return _unit((placed - self.mean) @ self.axes)

    def nearness_of(self, vectors: Floats) -> Floats:
        """Return how like vectors are to their neighbourhoods, shape (vectors,).

        Parameters
        ----------
        vectors
            float32, shape (vectors, dimensions), of length 1.

        Returns
        -------
        NDArray
            float32, shape (vectors,).
        """
        return _nearness(vectors, self.sample, None)


@dataclass(frozen=True, eq=False)
class Space:
    """A collection's tracks as directions.

    Parameters
    ----------
    vectors
        float32, shape (tracks, dimensions), of length 1; zeros for a track without anything
        that sets it apart.
    nearness
        float32, shape (tracks,): how like each track is to its neighbourhood.
    fit
        What places other tracks there.

    Notes
    -----
    A track that came after the fit is placed by it as tracks from elsewhere are: its vector is
    what `SpaceFit.project` returns, its nearness what `SpaceFit.nearness_of` returns of that. The
    tracks that the space was fitted to have the same vectors as if they were placed; the nearness
    of those in the sample leaves out themselves.
    """

    vectors: Floats
    nearness: Floats
    fit: SpaceFit

    def scores(self, vector: Floats, rows: NDArray[np.intp] | None = None) -> Floats:
        """Return how like tracks are to a vector, hubs suppressed.

        0.5 is as like as the neighbours of both are to them, 1 the same where these are far.

        Parameters
        ----------
        vector
            float32, shape (dimensions,).
        rows
            Which tracks; ``None`` for all.

        Returns
        -------
        NDArray
            float32, shape (rows,) or (tracks,).
        """
        near = self.fit.nearness_of(vector[np.newaxis])[0]
        vectors = self.vectors if rows is None else self.vectors[rows]
        nearness = self.nearness if rows is None else self.nearness[rows]
        scores: Floats = (vectors @ vector - (nearness + near) / 2 + 1) / 2
        return scores


def fit_space(
    collection: Collection,
    *,
    network_weight: float = 1.0,
    descriptor_weight: float = 1.0,
    size: int = SIZE,
) -> Space:
    """Fit the space to a collection.

    Parameters
    ----------
    collection
        The tracks.
    network_weight, descriptor_weight
        How much each kind counts; 1 and 1 were found best.
    size
        At most so many dimensions.

    Returns
    -------
    Space
        The same collection gives the same numbers.

    Examples
    --------
    >>> space = fit_space(collection)  # doctest: +SKIP
    >>> (space.vectors @ space.vectors[0]).argmax()  # doctest: +SKIP
    0
    """
    width = collection.rows("embedding", slice(0, 1)).shape[1]
    kinds = [(mean_columns(), network_weight), (descriptor_columns(width), descriptor_weight)]
    return fit_kinds(collection, kinds, size=size)


def mean_columns() -> Indices:
    """Return the columns of a collection's embedding that are means, and not deviations."""
    return np.arange(EMBEDDING_LENGTH).reshape(-1, _NETWORK_SIZE)[::2].ravel()


def descriptor_columns(width: int) -> Indices:
    """Return the columns of the descriptors that count, behind an embedding of some width."""
    from linernotes.features import names

    measured = names("descriptors")
    return np.array([width + i for i, name in enumerate(measured) if name not in _LEFT_OUT])


def fit_kinds(
    collection: Collection, kinds: Sequence[tuple[Indices, float]], *, size: int = SIZE
) -> Space:
    """Fit a space to several kinds of numbers, each of which counts as much as its weight.

    Parameters
    ----------
    collection
        The tracks.
    kinds
        Columns of embedding and descriptors side by side, and a weight, of each kind.
    size
        At most so many dimensions.

    Returns
    -------
    Space
        The same collection gives the same numbers.
    """
    if len(collection) <= _AT_ONCE:
        _ = collection.embedding, collection.descriptors
    columns = np.concatenate([own for own, _ in kinds]).astype(np.intp)
    centre, scale = _moments(collection, columns)
    plain = np.ones(len(columns), np.float32)
    power = np.zeros(len(columns))
    for block in _blocks(collection, columns, centre, scale, plain):
        power += (block.astype(np.float64) ** 2).sum(axis=0)
    kind_of = np.repeat(np.arange(len(kinds)), [len(own) for own, _ in kinds])
    total = np.bincount(kind_of, weights=power, minlength=len(kinds))
    energy = total / max(len(collection.path), 1)
    share = np.array([weight for _, weight in kinds]) / np.sqrt(np.where(energy, energy, 1))
    weight = share[kind_of].astype(np.float32)
    mean, axes = _principal_axes(collection, columns, centre, scale, weight, size=size)
    vectors = np.empty((len(collection.path), axes.shape[1]), np.float32)
    done = 0
    for block in _blocks(collection, columns, centre, scale, weight):
        vectors[done : done + len(block)] = _unit((block - mean) @ axes)
        done += len(block)
    sample = np.sort(np.random.default_rng(_SEED).permutation(len(vectors))[:_SAMPLE])
    fit = SpaceFit(
        columns=columns,
        centre=centre,
        scale=scale,
        weight=weight,
        mean=mean,
        axes=axes,
        sample=vectors[sample],
        tracks=len(vectors),
    )
    return Space(vectors, _nearness(vectors, fit.sample, sample), fit)


def standardised_kinds(
    collection: Collection, kinds: Sequence[tuple[Indices, float]]
) -> list[Floats]:
    """Return the numbers of each kind as they count in a space that is fitted to a collection.

    Parameters
    ----------
    collection, kinds
        As in `fit_kinds`.

    Returns
    -------
    list of NDArray
        float32, shape (tracks, columns of the kind): the products of two rows, over those of each
        with itself, are as alike as the tracks are, before the space is cut to its dimensions.
    """
    found = []
    for columns, weight in kinds:
        centre, scale = _moments(collection, columns)
        plain = np.ones(len(columns), np.float32)
        block = np.concatenate(list(_blocks(collection, columns, centre, scale, plain)))
        energy = float((block.astype(np.float64) ** 2).sum()) / max(len(block), 1)
        block -= block.mean(axis=0)
        found.append(block * np.float32(weight / np.sqrt(energy or 1)))
    return found


def _moments(collection: Collection, columns: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the columns' means and the inverse of their deviations, 0 for constant ones."""
    total, squares, n = np.zeros(len(columns)), np.zeros(len(columns)), len(collection.path)
    if not n:
        return total.astype(np.float32), total.astype(np.float32)
    for raw in _raw_blocks(collection, columns):
        total += raw.sum(axis=0, dtype=np.float64)
    mean = total / n
    for raw in _raw_blocks(collection, columns):
        squares += ((raw - mean) ** 2).sum(axis=0)
    deviation = np.sqrt(squares / n)
    varies = deviation > 1e-6 * np.maximum(np.abs(mean), 1e-3)
    scale = np.where(varies, 1 / np.where(varies, deviation, 1), 0)
    return mean.astype(np.float32), scale.astype(np.float32)


def _principal_axes(
    collection: Collection,
    columns: NDArray[np.intp],
    centre: Floats,
    scale: Floats,
    weight: Floats,
    *,
    size: int,
) -> tuple[Floats, Floats]:
    from scipy.linalg import eigh

    wide, n = len(columns), len(collection.path)
    total, products = np.zeros(wide), np.zeros((wide, wide))
    for block in _blocks(collection, columns, centre, scale, weight):
        exact = block.astype(np.float64)
        total += exact.sum(axis=0)
        products += exact.T @ exact
    mean = total / max(n, 1)
    covariance = products / max(n, 1) - np.outer(mean, mean)
    size = min(size, wide)
    variance, axes = eigh(covariance, subset_by_index=(wide - size, wide - 1))
    # Along some axes a small collection does not vary: where these lie is chance, and tracks
    # from elsewhere must not be told apart by chance.
    axes[:, variance <= _NO_VARIANCE * max(variance[-1], 0)] = 0
    axes = axes[:, ::-1]
    # The sign of an axis is arbitrary: its largest entry is made positive.
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, np.arange(size)] < 0, -1, 1)
    return mean.astype(np.float32), np.ascontiguousarray(axes, np.float32)


def _nearness(vectors: Floats, sample: Floats, members: NDArray[np.intp] | None) -> Floats:
    """Return the mean similarity to the nearest hundredth of the sample, itself left out."""
    nearness = np.zeros(len(vectors), np.float32)
    count = _neighbours(len(sample), len(sample) - (members is not None))
    if count < 1:
        return nearness
    place = np.full(len(vectors), -1)
    if members is not None:
        place[members] = np.arange(len(members))
    for first in range(0, len(vectors), _BLOCK):
        block = vectors[first : first + _BLOCK] @ sample.T
        own = place[first : first + _BLOCK]
        inside = np.flatnonzero(own >= 0)
        block[inside, own[inside]] = -np.inf
        wide = block.shape[1]
        nearest = np.partition(block, wide - count, axis=1)[:, wide - count :]
        nearness[first : first + _BLOCK] = nearest.mean(axis=1)
    return nearness


def nearness_among(alike: Floats) -> Floats:
    """Return how like each of some tracks is to its neighbourhood among them.

    Parameters
    ----------
    alike
        float32, shape (tracks, tracks): how like they are to each other.

    Returns
    -------
    NDArray
        float32, shape (tracks,): as a space that is fitted to them has it.
    """
    wide = len(alike)
    count = _neighbours(wide, wide - 1)
    if count < 1:
        return np.zeros(wide, np.float32)
    others = alike.copy()
    np.fill_diagonal(others, -np.inf)
    nearest: Floats = np.partition(others, wide - count, axis=1)[:, wide - count :].mean(axis=1)
    return nearest


def _neighbours(sample: int, others: int) -> int:
    """Return how many tracks a neighbourhood is of."""
    return min(others, max(_FEWEST, round(_NEIGHBOURHOOD * sample)), max(1, others // 4))


def _raw_blocks(collection: Collection, columns: NDArray[np.intp]) -> Iterator[Floats]:
    for first in range(0, len(collection.path), _BLOCK):
        rows = slice(first, first + _BLOCK)
        embedding = collection.rows("embedding", rows)
        yield _raw(embedding, collection.rows("descriptors", rows), columns)


def _blocks(
    collection: Collection,
    columns: NDArray[np.intp],
    centre: Floats,
    scale: Floats,
    weight: Floats,
) -> Iterator[Floats]:
    for raw in _raw_blocks(collection, columns):
        yield _standardise(raw, centre, scale, weight)


def _raw(embedding: Floats, descriptors: Floats, columns: NDArray[np.intp]) -> Floats:
    both = np.concatenate([embedding, descriptors], axis=1)[:, columns]
    finite: Floats = np.nan_to_num(both, nan=0.0, posinf=0.0, neginf=0.0)
    return finite.astype(np.float32, copy=False)


def _standardise(raw: Floats, centre: Floats, scale: Floats, weight: Floats) -> Floats:
    bounded: Floats = (np.clip((raw - centre) * scale, -_CLIP, _CLIP) * weight).astype(
        np.float32, copy=False
    )
    return bounded


def _unit(vectors: NDArray[np.floating[Any]]) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 1e-6, length, np.inf)
    return unit.astype(np.float32, copy=False)
