"""How well tracks fulfil what a few words wish for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.phrases import Wish
from linernotes.explore.query import standard
from linernotes.explore.space import Floats
from linernotes.explore.traits import TRAITS, Scales, column

if TYPE_CHECKING:
    from linernotes.library.collection import Collection


def fulfilment(wishes: Sequence[Wish], collection: Collection, scales: Scales) -> Floats:
    """Return how well each track fulfils wishes on average, each by its weight.

    Parameters
    ----------
    wishes
        At least one.
    collection
        The tracks.
    scales
        What is slow or fast, dark or bright among them.

    Returns
    -------
    float32, shape (tracks,): in deviations of the collection.
    """
    total = np.zeros(len(collection.path))
    for wish in wishes:
        total += wish.sign * wish.weight * _fulfilled(wish, collection, scales)
    mean: Floats = (total / sum(wish.weight for wish in wishes)).astype(np.float32)
    return mean


def _fulfilled(wish: Wish, collection: Collection, scales: Scales) -> NDArray[np.float64]:
    if wish.kind == "tempo":
        tempo = collection.descriptors[:, column("tempo")].astype(np.float64)
        octaves = np.abs(np.log2(np.maximum(tempo, 1) / float(wish.name)))
        near: NDArray[np.float64] = 2 - 12 * np.minimum(octaves, 0.5)
        return near
    if wish.kind == "trait":
        which = [trait.name for trait in TRAITS].index(wish.name)
        apart: NDArray[np.float64] = (scales.own_ranks[:, which] - 0.5) * np.sqrt(12)
        return apart
    heard = collection.tags[:, collection.tag_names.index(wish.name)]
    likely = np.clip(heard.astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.log(likely / (1 - likely))
    return standard(odds)
