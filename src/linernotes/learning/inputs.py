"""The inputs that a recipe may name: what there is to hear, its columns, and its version."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from linernotes.backbone import EMBEDDING_SIZE, NETWORKS
from linernotes.learning.input_spec import Clips, Input
from linernotes.library.analyses import tag_names, versions

EMBEDDING, TAGS = "embedding", "tags"

#: Inputs that the networks give; all others are feature sets.
FROM_NETWORKS = (EMBEDDING, TAGS)

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


@cache
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

    Examples
    --------
    >>> find_input("embedding").columns, find_input("fma").columns
    (800, 518)
    """
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
    from linernotes.features.sets import find_set

    return find_set(name).names
