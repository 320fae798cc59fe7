"""Metadata fields that models predict of the tracks of a library: genre, mood, and one's own.

The models that come with linernotes are linear maps of what a library keeps, so that nobody has to
name them: they are asked when a filter, a table or a map wants to know. Where the genre is none of
these, there is no mood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linernotes.errors import ModelError
from linernotes.identification.collection_labels import (
    CollectionLabels,
    CollectionValues,
    label_collection,
)
from linernotes.learning.catalogue import list_shipped_models, load_model
from linernotes.learning.certainty import Certainty
from linernotes.learning.model import AnyModel
from linernotes.learning.mood import LABEL, is_mood, mood_words
from linernotes.learning.regression import Regression

if TYPE_CHECKING:
    from linernotes.library.collection import Collection
    from linernotes.library.store import Store

#: Fields that are numbers; `free_field_name` may have put ``heard_`` before them.
NUMBER_FIELDS = ("energy", "valence", "heard_energy", "heard_valence")

Field = tuple[str | None, ...]


def shipped_model_fields(collection: Collection) -> Mapping[str, Field]:
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
    >>> shipped_model_fields(Library().collection())["heard_mood"][:3]  # doctest: +SKIP
    ('calm', 'not sure', 'happy')
    """
    predicted: dict[str, Field] = {}
    rejected = np.zeros(len(collection), np.bool_)
    for name in list_shipped_models():  # the genre before the mood
        try:
            found = label_collection(collection, load_model(name))
        except ModelError:  # it hears what a library does not keep
            continue
        if isinstance(found, CollectionLabels):
            predicted.update(found.fields())
            if found.model.label == "genre":
                rejected = np.array(
                    [each is Certainty.NONE_OF_THESE for each in found.certainties], np.bool_
                )
        elif is_mood(found.model.label, found.model.targets):
            predicted.update(_mood(found, rejected))
        else:
            predicted.update(found.fields())
    fields: dict[str, Field] = {}
    for name, values in predicted.items():
        fields[free_field_name(name, {**collection.metadata, **fields})] = values
    return fields


def with_model_fields(
    collection: Collection, models: Sequence[AnyModel], *, store: Store | None = None
) -> tuple[Collection, tuple[str, ...], dict[str, str]]:
    """Return tracks with what models say of them among their metadata.

    There is a field a model, called by its name in small letters, and of a regression of several
    targets a field a target; where the tracks have a field of that name, ``heard_`` goes before it.

    Parameters
    ----------
    collection
        The tracks.
    models
        Which.
    store
        As in `linernotes.identification.collection_labels.label_collection`.

    Returns
    -------
    collection
        The tracks with the new fields.
    numbers
        Those of the new fields that are numbers.
    licences
        What is said of new fields that a network under a licence not free told, by field.
    """
    fields = dict(collection.metadata)
    numbers: list[str] = []
    licences: dict[str, str] = {}
    for model in models:
        for name, values in label_collection(collection, model, store=store).fields().items():
            field = free_field_name(name, fields)
            fields[field] = values
            if isinstance(model, Regression) and name != LABEL:
                numbers.append(field)
            if model.licence_notice is not None:
                licences[field] = model.licence_notice
    return replace(collection, metadata=fields), tuple(numbers), licences


def free_field_name(name: str, fields: Mapping[str, object]) -> str:
    """Return by what field filters and tables know a model's answer.

    Parameters
    ----------
    name
        Of the model, or of one of its targets.
    fields
        Those that there are.

    Returns
    -------
    str
        ``name`` in small letters, with ``heard_`` before it where there is such a field.

    Examples
    --------
    >>> free_field_name("My Moods", {}), free_field_name("genre", {"genre": ()})
    ('my_moods', 'heard_genre')
    """
    plain = re.sub(r"\W+", "_", name.casefold()).strip("_") or "model"
    if re.match("[a-z]", plain) is None:
        plain = f"heard_{plain}"
    while plain in fields:
        plain = f"heard_{plain}"
    return plain


def _mood(found: CollectionValues, rejected: np.ndarray) -> dict[str, Field]:
    fields = {
        name: tuple(
            None if gone else value for value, gone in zip(values, rejected.tolist(), strict=True)
        )
        for name, values in found.fields().items()
        if name != LABEL
    }
    return {LABEL: mood_words(found.values, rejected), **fields}
