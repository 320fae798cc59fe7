"""What a trained model says of the tracks of a library, from what the library keeps of them.

Nothing is listened to and nothing is stored: a hundred thousand tracks take seconds. It works for
models that hear a track as a library does, which is what our own recipes make.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import ModelError
from linernotes.explore.explorer import Explorer, TrackNotFoundError
from linernotes.explore.query import Query
from linernotes.learning.inputs import IN_LIBRARY, input_columns
from linernotes.learning.listening import hear
from linernotes.learning.material import Material
from linernotes.learning.model import Model
from linernotes.library.collection import Collection

Floats = NDArray[np.float32]

#: What is told of tracks that are probably none of a model's classes.
NONE_OF_THESE = "none of these"


@dataclass(frozen=True, eq=False)
class Labels:
    """What a model says of tracks.

    Parameters
    ----------
    model
        Which.
    probabilities
        float32, shape (tracks, classes).
    """

    model: Model
    probabilities: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """The most probable class of each track, or `NONE_OF_THESE`."""
        best = self.probabilities.argmax(axis=1)
        rejected = self.model.rejects(self.probabilities)
        return tuple(
            NONE_OF_THESE if none else self.model.classes[i]
            for i, none in zip(best, rejected, strict=True)
        )

    def counts(self) -> dict[str, int]:
        """Return how many tracks are of each class, the most frequent first."""
        return dict(Counter(self.names).most_common())


def label_collection(collection: Collection, model: Model) -> Labels:
    """Ask a model of all tracks of a library.

    Parameters
    ----------
    collection
        The tracks.
    model
        One that hears tracks as a library does.

    Raises
    ------
    ModelError
        The model hears something that a library does not keep, or another version of it.

    Examples
    --------
    >>> labels = label_collection(Library().collection(), model)  # doctest: +SKIP
    >>> labels.counts()  # doctest: +SKIP
    {'Rick Rubin': 312, 'none of these': 120, ...}
    """
    inputs = _inputs(model)
    columns: Mapping[str, Floats] = {
        "embedding": collection.embedding,
        "tags": collection.tags,
        "descriptors": collection.descriptors,
    }
    values = np.concatenate([columns[name] for name in inputs], axis=1)
    whole = np.isfinite(values).all(axis=1)
    track = np.flatnonzero(whole)
    material = Material(values[whole], track, input_columns(inputs))
    # Of a track whose numbers are none, nothing is known.
    probabilities = np.zeros((len(values), len(model.classes)), np.float32)
    probabilities[track] = model.predict_tracks(material)
    probabilities[~whole] = 1 / len(model.classes)
    return Labels(model, probabilities)


def with_labels(collection: Collection, models: Sequence[Model]) -> Collection:
    """Return tracks with what models say of them among their metadata, a field a model.

    The field is called by the model's name, in small letters; where the tracks have a field of
    that name, ``heard_`` goes before it.
    """
    fields = dict(collection.metadata)
    for model in models:
        fields[field_of(model, fields)] = label_collection(collection, model).names
    return replace(collection, metadata=fields)


def field_of(model: Model, fields: Mapping[str, object]) -> str:
    """Return by what field filters and tables know a model's answer.

    Parameters
    ----------
    model
        The model.
    fields
        Those that there are.
    """
    name = re.sub(r"\W+", "_", model.name.casefold()).strip("_") or "model"
    plain = re.match("[a-z]", name) is not None and name not in fields
    return name if plain else f"heard_{name}"


def like_as_heard(explorer: Explorer, query: Query, tracks: Sequence[str], model: Model) -> Query:
    """Blend what is alike with what a model hears as alike.

    Tracks are as alike as their probabilities overlap (the Bhattacharyya coefficient).

    Parameters
    ----------
    explorer
        Of a library.
    query
        What was asked for.
    tracks
        The tracks in it: ids or paths, in the library or not.
    model
        One that hears tracks as a library does.

    Raises
    ------
    ModelError
        The model hears something that a library does not keep.
    AudioError
        A track from elsewhere cannot be listened to.
    """
    labels = label_collection(explorer.collection, model)
    wanted = np.mean([_told(explorer, labels, name) for name in tracks], axis=0)
    overlap: Floats = np.sqrt(labels.probabilities) @ np.sqrt(wanted).astype(np.float32)
    return explorer.blend(query, Query(given=overlap))


def _told(explorer: Explorer, labels: Labels, name: str) -> Floats:
    place = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - as scanned
    for known in (name, place):
        try:
            told: Floats = labels.probabilities[explorer.find(known)]
        except TrackNotFoundError:
            continue
        return told
    rows = hear(place, _inputs(labels.model))
    return labels.model.predict_rows(rows, whole=rows).probabilities


def check_model(model: Model) -> None:
    """See that a model can be asked of what a library keeps.

    Raises
    ------
    ModelError
        It hears something else, or another version of it.
    """
    _inputs(model)


def _inputs(model: Model) -> tuple[str, ...]:
    model.check_input()
    hearing = model.hearing
    if hearing is None or hearing.clips is not None or set(hearing.inputs) - set(IN_LIBRARY):
        raise ModelError(
            f"The model {model.name} hears {model.input}, which a library does not keep: ask it "
            "with linernotes identify, or train a recipe that hears "
            f"{', '.join(IN_LIBRARY[:-1])} or {IN_LIBRARY[-1]} of whole tracks."
        )
    return hearing.inputs
