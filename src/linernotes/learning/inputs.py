"""The inputs that a recipe may name: what there is to hear, its columns, and its version."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from linernotes.learning.input_spec import Clips, Input
from linernotes.library.analyses import tag_names, versions
from linernotes.networks.musicnn import EMBEDDING_SIZE, NETWORKS

if TYPE_CHECKING:
    from linernotes.networks import InstalledNetwork

EMBEDDING, TAGS = "embedding", "tags"

#: Inputs that the networks give; all others are feature sets.
FROM_NETWORKS = (EMBEDDING, TAGS)

#: How the inputs begin that installed networks give: their embeddings, such as "network:clap".
NETWORK = "network:"

#: Inputs that a library keeps of each track.
IN_LIBRARY = (EMBEDDING, TAGS, "descriptors")


def is_in_library(inputs: Sequence[str], clips: Clips | None) -> bool:
    """Tell whether a library keeps all that is heard so: some inputs, of whole tracks.

    Returns
    -------
    bool
        ``True`` where no listening is needed.

    Examples
    --------
    >>> is_in_library(("embedding", "tags"), None), is_in_library(("fma",), None)
    (True, False)
    """
    return clips is None and set(inputs) <= set(IN_LIBRARY)


def is_network(name: str) -> bool:
    """Whether an input is the embedding of an installed network.

    Returns
    -------
    bool
        Whatever is installed.

    Examples
    --------
    >>> is_network("network:clap"), is_network("fma")
    (True, False)
    """
    return name.startswith(NETWORK)


def find_networks(inputs: Sequence[str]) -> tuple[InstalledNetwork, ...]:
    """Return the networks that give some of the inputs.

    Returns
    -------
    tuple of InstalledNetwork
        In the order of the inputs.

    Raises
    ------
    NetworkError
        One is not installed, or has no embedding.
    """
    from linernotes.networks import NetworkError, find_installed

    found = tuple(find_installed(name.removeprefix(NETWORK)) for name in inputs if is_network(name))
    for network in found:
        if network.spec.embedding is None:
            raise NetworkError(
                f"the network {network.spec.name} has no embedding: nothing can be learned from it"
            )
    return found


def find_input(name: str) -> Input:
    """Return what is known of an input.

    Returns
    -------
    Input
        Its columns and its version.

    Raises
    ------
    FeatureSetNotFoundError
        There is none of this name.
    NetworkError
        It is of a network that is not installed.

    Examples
    --------
    >>> find_input("embedding").columns, find_input("fma").columns
    (800, 518)
    """
    if is_network(name):
        (network,) = find_networks([name])
        return Input(name, network.version, network.spec.embedding.size)  # type: ignore[union-attr]
    return _find_kept(name)


@cache
def _find_kept(name: str) -> Input:
    if name in FROM_NETWORKS:
        return Input(name, versions()["networks"], len(input_columns((name,))))
    from linernotes.features.sets import find_set

    found = find_set(name)
    return Input(name, str(found.version), len(found.names))


@cache
def input_columns(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the columns of several inputs, side by side.

    Returns
    -------
    tuple of str
        Each begins with the name of its input.

    Examples
    --------
    >>> input_columns(("embedding", "fma"))[799:801]
    ('embedding.MTT_musicnn_std_200', 'fma.chroma_cens_kurtosis_01')
    """
    return tuple(f"{name}.{column}" for name in inputs for column in _columns(name))


def _columns(name: str) -> tuple[str, ...]:
    if name == EMBEDDING:
        return tuple(
            f"{network}_{statistic}_{i + 1:03}"
            for network in NETWORKS
            for statistic in ("mean", "std")
            for i in range(EMBEDDING_SIZE)
        )
    if name == TAGS:
        return tag_names()
    if is_network(name):
        return tuple(f"{i + 1:04}" for i in range(find_input(name).columns))
    from linernotes.features.sets import find_set

    return find_set(name).names
