"""A library as installed networks hear it: what is alike for them, and where words are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from linernotes.networks import InstalledNetwork, NetworkError, embed_words, find_installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from linernotes.explore.explorer import Explorer
    from linernotes.explore.filter_fields import Fields
    from linernotes.library.collection import Collection
    from linernotes.library.store import Store

#: The networks that come with linernotes, with what is measured, as one name.
SHIPPED = "musicnn"


@dataclass(frozen=True, eq=False)
class NetworkEars:
    """Networks whose embeddings stand behind those of a collection.

    Parameters
    ----------
    networks
        Which ones, in the order of their columns.
    with_shipped
        Whether what the shipped networks heard and what was measured counts as well, as much as
        each of them.
    words
        float32, shape (tracks, size): the embeddings of the network that hears words, of length 1;
        zeros for a track that it has not heard.
    say_alike
        Whether they say what is alike as well, and not only where words are.
    """

    networks: tuple[InstalledNetwork, ...]
    with_shipped: bool
    words: Floats | None
    say_alike: bool = True

    @property
    def hears_words(self) -> bool:
        """Whether one of them says where words are."""
        return self.words is not None

    def fit_space(self, collection: Collection) -> Space:
        """Fit the space in which near means alike for these networks.

        Parameters
        ----------
        collection
            The tracks, with their embeddings.

        Returns
        -------
        Space
            All kinds count the same in it.
        """
        kinds: list[tuple[Indices, float]] = []
        first = EMBEDDING_LENGTH
        for network in self.networks:
            width = _embedding(network)[1]
            kinds.append((np.arange(first, first + width), 1.0))
            first += width
        if self.with_shipped:
            kinds += [(mean_columns(), 0.5), (descriptor_columns(first), 0.5)]
        return fit_kinds(collection, kinds)

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
        own = [
            told[network.spec.name].values[_embedding(network)[0]][np.newaxis]
            for network in self.networks
        ]
        return replace(heard, embedding=np.concatenate([heard.embedding, *own], axis=1))


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
        Of networks; ``"musicnn"`` for those that ship, with what is measured.
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

    networks = tuple(find_installed(name) for name in dict.fromkeys(names) if name != SHIPPED)
    everywhere = np.arange(len(collection))
    told: dict[str, tuple[Indices, Floats]] = {}
    for network in networks:
        _embedding(network)
        places, values = read_heard(store, network, collection.track_id)
        output = network.spec.embedding
        told[network.spec.name] = places, values[output.name if output else ""]
        everywhere = np.intersect1d(everywhere, places)
    own = {
        name: values[np.searchsorted(places, everywhere)] for name, (places, values) in told.items()
    }
    part = collection.taken(everywhere)
    ears = NetworkEars(
        networks=networks,
        with_shipped=SHIPPED in names,
        words=next(
            (_unit(own[each.spec.name]) for each in networks if each.spec.text is not None), None
        ),
    )
    embedding = np.concatenate([part.embedding, *own.values()], axis=1)
    return Explorer(
        replace(part, embedding=embedding),
        further=None if further is None else lambda _: further(part),
        networks=ears,
    )


def with_words_of(store: Store, explorer: Explorer, name: str) -> Explorer:
    """Let a network say where words are, and all else be as it is.

    Parameters
    ----------
    store
        The library.
    explorer
        Of the library.
    name
        Of a network that hears words.

    Returns
    -------
    Explorer
        Of the same tracks; those that the network has not heard fit no words.

    Raises
    ------
    NetworkError
        It is not installed, or hears no words.
    NotHeardError
        It has heard no track of the library.
    """
    network = find_installed(name)
    if network.spec.text is None:
        raise NetworkError(f"the network {name} hears no words")
    place, width = _embedding(network)
    rows, values = read_heard(store, network, explorer.collection.track_id)
    words = np.zeros((len(explorer.collection), width), np.float32)
    words[rows] = _unit(values[network.spec.outputs[place].name])
    ears = NetworkEars((network,), with_shipped=True, words=words, say_alike=False)
    return replace(explorer, networks=ears)


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return unit


def _embedding(network: InstalledNetwork) -> tuple[int, int]:
    """Return the place of a network's embedding among its outputs, and its width."""
    for place, output in enumerate(network.spec.outputs):
        if output.kind == "embedding":
            return place, output.size
    raise NetworkError(
        f"the network {network.spec.name} has no embedding: it cannot say what sounds alike"
    )
