"""A library as installed networks hear it: what is alike for them, and where words are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from linernotes.explore.space import (
    Floats,
    Indices,
    Space,
    descriptor_columns,
    fit_kinds,
    mean_columns,
)
from linernotes.library.analyses import EMBEDDING_LENGTH
from linernotes.library.network_scan import hear_extent
from linernotes.library.network_tables import read_heard
from linernotes.library.network_weights import SHIPPED, NetworkWeights, read_weights
from linernotes.networks import (
    InstalledNetwork,
    NetworkError,
    NetworkOutput,
    embed_words,
    find_installed,
)

if TYPE_CHECKING:
    from linernotes.explore.explorer import Explorer
    from linernotes.explore.filter_fields import Fields
    from linernotes.library.collection import Collection
    from linernotes.library.store import Store


@dataclass(frozen=True, eq=False)
class NetworkEars:
    """Networks that say what is alike among the tracks of a collection, and where words are.

    Parameters
    ----------
    networks
        Which ones.
    words
        float32, shape (tracks, size): the embeddings of the network that hears words, of length 1;
        zeros for a track that it has not heard.
    own
        float32, shape (tracks, sizes): the embeddings of the networks side by side; the mean of
        the others for a track that one has not heard. ``None`` where they say nothing of what is
        alike.
    weights
        The share of each network in what is alike, by name; `SHIPPED` stands for those that come
        with linernotes and what is measured.
    learned
        What the weights were learned from; ``None`` where all count the same for want of that.
    """

    networks: tuple[InstalledNetwork, ...]
    words: Floats | None
    own: Floats | None = None
    weights: Mapping[str, float] | None = None
    learned: NetworkWeights | None = None

    @property
    def hears_words(self) -> bool:
        """Whether one of them says where words are."""
        return self.words is not None

    @property
    def says_alike(self) -> bool:
        """Whether they say what is alike, and not only where words are."""
        return self.own is not None

    @cached_property
    def identity(self) -> bytes:
        """What changes whenever other tracks may be alike for them, if they say what is alike."""
        if self.own is None:
            return b""
        told = [sorted((self.weights or {}).items()), [each.version for each in self.networks]]
        digest = hashlib.sha256(json.dumps(told).encode())
        digest.update(np.ascontiguousarray(self.own).view(np.uint8).data)
        return digest.digest()

    @property
    def kinds(self) -> dict[str, list[tuple[Indices, float]]]:
        """The columns of each network in a widened collection, and how they are weighed in it."""
        found: dict[str, list[tuple[Indices, float]]] = {}
        first = EMBEDDING_LENGTH
        for network in self.networks:
            width = embedding_of(network).size
            found[network.spec.name] = [(np.arange(first, first + width), 1.0)]
            first += width
        if SHIPPED in (self.weights or ()):
            half = float(np.sqrt(0.5))
            found[SHIPPED] = [(mean_columns(), half), (descriptor_columns(first), half)]
        return found

    def fit_space(self, collection: Collection) -> Space:
        """Fit the space in which near means alike for these networks.

        Parameters
        ----------
        collection
            The tracks.

        Returns
        -------
        Space
            What is alike in it is the mean of what is alike for each, weighed.
        """
        weights = self.weights or {}
        kinds = [
            (columns, part * float(np.sqrt(weights[name])))
            for name, parts in self.kinds.items()
            for columns, part in parts
        ]
        return fit_kinds(self.widened(collection), kinds)

    def widened(self, collection: Collection, rows: Indices | None = None) -> Collection:
        """Put the embeddings of these networks behind those of the shipped ones.

        Parameters
        ----------
        collection
            All tracks, or some of them.
        rows
            Which ones; ``None`` for all.

        Returns
        -------
        Collection
            With wider embeddings.
        """
        assert self.own is not None  # noqa: S101 - they say what is alike
        return _beside(collection, self.own if rows is None else self.own[rows])

    def with_others(self, others: Collection) -> Collection:
        """Return tracks from elsewhere as the space takes them.

        Parameters
        ----------
        others
            Tracks that these networks have heard, or have not: then they are taken to hear in them
            what is usual.

        Returns
        -------
        Collection
            With wider embeddings, where these networks say what is alike.
        """
        if self.own is None or others.embedding.shape[1] > EMBEDDING_LENGTH:
            return others
        return _beside(others, np.tile(self.own.mean(axis=0), (len(others), 1)))

    def fit_of_words(self, text: str) -> Floats:
        """Return how well words fit each track.

        Parameters
        ----------
        text
            Any words.

        Returns
        -------
        NDArray
            float32, shape (tracks,); higher fits better.
        """
        network = next(network for network in self.networks if network.spec.text is not None)
        if self.words is None:
            raise NetworkError(f"the network {network.spec.name} hears no words")
        fits: Floats = self.words @ embed_words(network, [text])[0]
        fits[~self.words.any(axis=1)] = fits.min(initial=0)
        return fits

    @property
    def title(self) -> str:
        """The network that hears words, as people know it."""
        return next((each.spec.title for each in self.networks if each.spec.text is not None), "")

    def describe_weights(self) -> str:
        """Say how much each network counts, and why.

        Returns
        -------
        str
            A line; "" where there is one alone.
        """
        weights = self.weights or {}
        if len(weights) < 2:
            return ""
        if self.learned is None:
            options = " ".join(f"--network {name}" for name in weights)
            return (
                f"{' and '.join(weights)} count the same; linernotes index {options} learns how "
                "much each should"
            )
        return self.learned.in_words()

    def listen_to(self, file: str, heard: Collection) -> Collection:
        """Add what these networks hear of a file that is not in the library.

        Parameters
        ----------
        file
            Its path.
        heard
            What the shipped networks heard of it.

        Returns
        -------
        Collection
            With their embeddings behind the others.
        """
        from linernotes.audio import stream

        with stream(file) as blocks:
            told = hear_extent(self.networks, blocks, "excerpt")
        own = [told[each.spec.name].embedding for each in self.networks]
        return _beside(heard, np.concatenate(own)[np.newaxis])


def explore_with_networks(
    store: Store,
    collection: Collection,
    names: Sequence[str],
    *,
    further: Callable[[Collection], Fields] | None = None,
) -> Explorer:
    """Return what finds alike the tracks that all of some networks have heard.

    Parameters
    ----------
    store
        The library.
    collection
        Its tracks.
    names
        Of networks; ``"musicnn"`` for those that ship, with what is measured. They count as was
        learned of them, see `linernotes.explore.network_blend.learn_weights`, else the same.
    further
        What models say of the tracks.

    Returns
    -------
    Explorer
        Of the tracks that all of them have heard.

    Raises
    ------
    NetworkError
        One is not installed, or has no embedding.
    NotHeardError
        One has heard no track of the library.

    Examples
    --------
    >>> explorer = explore_with_networks(store, collection, ["clap"])  # doctest: +SKIP
    >>> explorer.similar(explorer.described("a sad violin over rain"))  # doctest: +SKIP
    """
    from linernotes.explore.explorer import Explorer

    everywhere, ears = read_ears(store, collection, names, everywhere=True)
    return Explorer(collection.taken(everywhere), further=further, networks=ears)


def with_networks(store: Store, explorer: Explorer, names: Sequence[str]) -> Explorer:
    """Let networks say where words are; several of them, what is alike as well.

    Parameters
    ----------
    store
        The library.
    explorer
        Of the library.
    names
        One network that hears words, or several, as in `explore_with_networks`.

    Returns
    -------
    Explorer
        Of the same tracks; those that a network has not heard fit no words, and are placed by what
        the others heard.

    Raises
    ------
    NetworkError
        One is not installed, hears no words alone, or has no embedding.
    NotHeardError
        One has heard no track of the library.
    """
    if len(set(names)) > 1:
        _, ears = read_ears(store, explorer.collection, names)
        return replace(explorer, networks=ears)
    (network,) = check_networks(names)
    told = {network.spec.name: _heard_by(store, network, explorer.collection)}
    words = _words([network], told, np.arange(len(explorer.collection)))
    return replace(explorer, networks=NetworkEars((network,), words))


def check_networks(names: Sequence[str]) -> tuple[InstalledNetwork, ...]:
    """See that networks are installed that can be used as `with_networks` does.

    Parameters
    ----------
    names
        Of one that hears words, or of several that say what is alike.

    Returns
    -------
    tuple of InstalledNetwork
        Without those that ship.

    Raises
    ------
    NetworkError
        One cannot.
    """
    found = tuple(find_installed(name) for name in dict.fromkeys(names) if name != SHIPPED)
    for network in found:
        embedding_of(network)
    if len(set(names)) == 1 and not (found and found[0].spec.text is not None):
        raise NetworkError(f"the network {names[0]} hears no words")
    return found


def read_ears(
    store: Store, collection: Collection, names: Sequence[str], *, everywhere: bool = False
) -> tuple[Indices, NetworkEars]:
    """Read what networks heard of a library's tracks, and how much they count.

    Parameters
    ----------
    store, collection, names
        As in `explore_with_networks`.
    everywhere
        Whether only tracks count that all of them have heard.

    Returns
    -------
    rows
        Of the tracks that count.
    ears
        Of these tracks.
    """
    names = tuple(dict.fromkeys(names))
    networks = tuple(find_installed(name) for name in names if name != SHIPPED)
    told = {each.spec.name: _heard_by(store, each, collection) for each in networks}
    rows: Indices = np.arange(len(collection))
    for places, _ in told.values() if everywhere else ():
        rows = np.intersect1d(rows, places)
    learned = read_weights(store, names, networks) if len(names) > 1 else None
    weights = dict.fromkeys(names, 1 / len(names)) if learned is None else learned.weights
    widths = [embedding_of(network).size for network in networks]
    own = np.empty((len(rows), sum(widths)), np.float32)
    first = 0
    for (places, values), width in zip(told.values(), widths, strict=True):
        own[:, first : first + width] = _of_rows(rows, places, values, values.mean(axis=0))
        first += width
    return rows, NetworkEars(networks, _words(networks, told, rows), own, weights, learned)


def embedding_of(network: InstalledNetwork) -> NetworkOutput:
    """Return the output of a network that says what sounds alike.

    Raises
    ------
    NetworkError
        It has none.
    """
    if network.spec.embedding is None:
        raise NetworkError(
            f"the network {network.spec.name} has no embedding: it cannot say what sounds alike"
        )
    return network.spec.embedding


def _heard_by(
    store: Store, network: InstalledNetwork, collection: Collection
) -> tuple[Indices, Floats]:
    """Return which tracks a network has heard, and their embeddings."""
    output = embedding_of(network)
    rows, values = read_heard(store, network, collection.track_id, outputs=[output])
    return rows, values[output.name]


def _words(
    networks: Sequence[InstalledNetwork],
    told: Mapping[str, tuple[Indices, Floats]],
    rows: Indices,
) -> Floats | None:
    """Return the embeddings of the first network that hears words."""
    for network in networks:
        if network.spec.text is not None:
            places, values = told[network.spec.name]
            return _of_rows(rows, places, _unit(values), np.zeros(values.shape[1], np.float32))
    return None


def _beside(collection: Collection, own: Floats) -> Collection:
    return replace(collection, embedding=np.concatenate([collection.embedding, own], axis=1))


def _of_rows(rows: Indices, places: Indices, values: Floats, usual: Floats) -> Floats:
    """Return values of tracks; of those that have none, what is usual."""
    found = np.minimum(np.searchsorted(places, rows), len(places) - 1)
    known = places[found] == rows
    return np.where(known[:, np.newaxis], values[found], usual).astype(np.float32, copy=False)


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return unit
