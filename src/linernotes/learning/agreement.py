"""Contradictions between a model's answer and what the networks' tags say.

A model that was taught by some hundred tracks may be sure of what it does not know. The tags were
learned from very many more: where a tag names another of the model's classes, and clearly more
than any tag names the model's answer, the answer is not to be relied on. Of the answers of the
``genre`` model on data sets that it was not trained on, one in six to seven that the tags
contradict is right, of the others two in three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A tag says something from this probability on: few tags are ever more probable than a half.
_SAID = 0.25
#: How many times as probable the other class's tag has to be.
_CLEARLY = 2.0

#: Tags that name a class by another word.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "ambient": ("ambient", "new age"),
    "classical": ("classical", "violin", "strings", "opera"),
    "disco": ("dance", "party"),
    "electronic": ("electronic", "techno", "electro", "house"),
    "folk": ("folk", "acoustic"),
    "hiphop": ("hip-hop",),
    "hip hop": ("hip-hop",),
    "rock": ("rock", "classic rock", "alternative rock", "hard rock"),
    "soul": ("soul", "r&b", "funk"),
}


def naming_tags(name: str, tags: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the tags that name a class.

    Returns
    -------
    tuple of int
        Columns of ``tags``; none where no tag is called so.

    Examples
    --------
    >>> naming_tags("Electronic", ["techno", "piano", "electronic"])
    (0, 2)
    """
    own = name.casefold()
    names = {own, *SYNONYMS.get(own, ())}
    return tuple(place for place, tag in enumerate(tags) if tag in names)


def contradicted(
    classes: Sequence[str],
    probabilities: NDArray[np.floating[Any]],
    tags: Sequence[str],
    tag_probabilities: NDArray[np.floating[Any]],
) -> NDArray[np.bool_]:
    """Tell of which tracks the tags contradict the most probable class.

    Parameters
    ----------
    classes
        Names of a model's classes. Of one that no tag names, nothing is contradicted.
    probabilities
        Shape (tracks, classes).
    tags
        Names of the tags.
    tag_probabilities
        Shape (tracks, tags).

    Returns
    -------
    bool, shape (tracks,).

    Examples
    --------
    >>> contradicted(["jazz", "metal"], np.array([[0.9, 0.1]]), ["jazz", "metal"],
    ...              np.array([[0.05, 0.6]]))
    array([ True])
    """
    named = np.full(np.shape(probabilities), np.nan)
    for column, name in enumerate(classes):
        places = naming_tags(name, tags)
        if places:
            named[:, column] = tag_probabilities[:, list(places)].max(axis=1)
    own = named[np.arange(len(named)), np.argmax(probabilities, axis=1)]
    others = np.nan_to_num(named, nan=0.0).max(axis=1, initial=0.0)
    result: NDArray[np.bool_] = (others >= _SAID) & (others > _CLEARLY * own)
    return result
