"""Genre and mood of the tracks of a library, by the models that come with linernotes.

They are linear maps of what a library keeps, so that nobody has to name them: they are asked when
a filter, a table or a map wants to know. Where the genre is none of these, there is no mood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from linernotes.errors import ModelError
from linernotes.learning.catalogue import list_shipped_models, load_model
from linernotes.learning.certainty import Certainty
from linernotes.learning.labelling import Labels, Values, field_called, label_collection
from linernotes.learning.mood import LABEL, mood_words, tells_mood

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

#: Fields that are numbers; `field_called` may have put ``heard_`` before them.
HEARD_NUMBERS = ("energy", "valence", "heard_energy", "heard_valence")

Told = tuple[str | None, ...]


def heard_fields(collection: Collection) -> Mapping[str, Told]:
    """Ask the models that come with linernotes of all tracks.

    Parameters
    ----------
    collection
        The tracks.

    Returns
    -------
    mapping of str to tuple of str or None
        ``genre``, ``mood`` in a word, ``energy`` and ``valence`` from 0 to 1, by the names that
        are free: beside a file tag ``genre`` it is ``heard_genre``.

    Examples
    --------
    >>> heard_fields(Library().collection())["heard_mood"][:3]  # doctest: +SKIP
    ('calm', 'not sure', 'happy')
    """
    told: dict[str, Told] = {}
    rejected = np.zeros(len(collection), np.bool_)
    for name in list_shipped_models():  # the genre before the mood
        try:
            found = label_collection(collection, load_model(name))
        except ModelError:  # it hears what a library does not keep
            continue
        if isinstance(found, Labels):
            told.update(found.fields())
            if found.model.label == "genre":
                rejected = np.array(
                    [each is Certainty.NONE_OF_THESE for each in found.certainties], np.bool_
                )
        elif tells_mood(found.model.label, found.model.targets):
            told.update(_mood(found, rejected))
        else:
            told.update(found.fields())
    fields: dict[str, Told] = {}
    for name, values in told.items():
        fields[field_called(name, {**collection.metadata, **fields})] = values
    return fields


def _mood(found: Values, rejected: np.ndarray) -> dict[str, Told]:
    fields = {
        name: tuple(
            None if gone else value for value, gone in zip(values, rejected.tolist(), strict=True)
        )
        for name, values in found.fields().items()
        if name != LABEL
    }
    return {LABEL: mood_words(found.values, rejected), **fields}
