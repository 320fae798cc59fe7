"""Labels of the tracks of a library, predicted by a model from what the library keeps of them.

Nothing is listened to and nothing is stored: a hundred thousand tracks take seconds. It works for
models that hear a track as a library does, which is what our own recipes make.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import ModelError
from linernotes.explore.explorer import Explorer, TrackNotFoundError
from linernotes.explore.query import Query
from linernotes.learning.agreement import contradicted
from linernotes.learning.certainty import Certainty, certainties
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.inputs import (
    IN_LIBRARY,
    NETWORK,
    input_columns,
    is_in_library,
    is_network,
)
from linernotes.learning.model import AnyModel, Model
from linernotes.learning.mood import LABEL, is_mood, mood_words
from linernotes.learning.regression import Regression
from linernotes.library.analyses import tag_names
from linernotes.library.collection import Collection
from linernotes.library.network_tables import not_heard, read_embeddings
from linernotes.library.store import Store

Floats = NDArray[np.float32]

# A range is counted in so many parts.
_PARTS = 5
# An interval that holds nine of ten is so many standard deviations wide to each side.
_DEVIATIONS = 1.645


@dataclass(frozen=True, eq=False)
class CollectionLabels:
    """The classes that a model tells of tracks.

    Parameters
    ----------
    model
        Which.
    probabilities
        float32, shape (tracks, classes).
    contradicted
        Shape (tracks,): whether what the networks' tags say contradicts the answer.
    known
        Shape (tracks,): whether anything is known of a track that the model hears; its
        probabilities are all the same otherwise.
    """

    model: Model
    probabilities: Floats
    contradicted: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def certainties(self) -> list[Certainty]:
        """How far the answer of each track is to be relied on."""
        return certainties(
            self.probabilities,
            sure_above=self.model.sure_above,
            rejected=self.model.rejects(self.probabilities),
            contradicted=self.contradicted,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The most probable class of each track, "not sure", or "none of these"."""
        best = self.probabilities.argmax(axis=1).tolist()
        answered = (Certainty.SURE, Certainty.LIKELY)
        return tuple(
            self.model.classes[i] if certainty in answered else str(certainty)
            for i, certainty in zip(best, self.certainties, strict=True)
        )

    def counts(self) -> dict[str, int]:
        """Return how many tracks are of each class, the most frequent first."""
        return dict(Counter(self.names).most_common())

    def fields(self) -> dict[str, tuple[str | None, ...]]:
        """Return the names, by what to call them; ``None`` of what nothing is known of."""
        told = zip(self.names, self.known.tolist(), strict=True)
        return {self.model.name: tuple(name if known else None for name, known in told)}

    def nearness(self, wanted: Floats) -> Floats:
        """Return how alike tracks are to one with such probabilities, 0 to 1.

        That is how much they overlap: the Bhattacharyya coefficient.
        """
        alike: Floats = np.sqrt(self.probabilities) @ np.sqrt(wanted).astype(np.float32)
        return alike


@dataclass(frozen=True, eq=False)
class CollectionValues:
    """The numbers that a regression tells of tracks.

    Parameters
    ----------
    model
        Which.
    values
        float32, shape (tracks, targets); not a number where nothing is known of a track.
    """

    model: Regression
    values: Floats

    def counts(self) -> dict[str, int]:
        """Return how many tracks lie in each fifth of the range of each target, lowest first."""
        found: dict[str, int] = {}
        for target, column in zip(self.model.targets, self.values.T, strict=True):
            edges = np.linspace(target.low, target.high, _PARTS + 1)
            known = column[np.isfinite(column)]
            for (low, high), count in zip(
                pairwise(edges.tolist()), np.histogram(known, edges)[0].tolist(), strict=True
            ):
                found[f"{target.name} {target.digits(low)} to {target.write(high)}"] = count
        return found

    def fields(self) -> dict[str, tuple[str | None, ...]]:
        """Return each target as text, by what to call it: one is called as the model is.

        A mood has a word besides.
        """
        alone = len(self.model.targets) == 1
        numbers: dict[str, tuple[str | None, ...]] = {
            self.model.name if alone else target.name: tuple(map(_written, column.tolist()))
            for target, column in zip(self.model.targets, self.values.T, strict=True)
        }
        if is_mood(self.model.label, self.model.targets):
            return {**numbers, LABEL: mood_words(self.values)}
        return numbers

    def nearness(self, wanted: Floats) -> Floats:
        """Return how alike tracks are to one with such values, 0 to 1.

        As what is predicted is uncertain, so is how far it is apart: this is the Bhattacharyya
        coefficient of two normal distributions with the deviation that the model's interval has.
        """
        deviation = np.array([target.spread / _DEVIATIONS for target in self.model.targets])
        range_ = np.array([target.high - target.low for target in self.model.targets])
        apart = (self.values - wanted) / np.maximum(deviation, 1e-3 * range_)
        alike: Floats = np.exp(-np.square(apart).sum(axis=1) / 8).astype(np.float32)
        return np.nan_to_num(alike)


def label_collection(
    collection: Collection, model: AnyModel, *, store: Store | None = None
) -> CollectionLabels | CollectionValues:
    """Ask a model of all tracks of a library.

    Parameters
    ----------
    collection
        The tracks.
    model
        One that hears tracks as a library does.
    store
        The library, where installed networks may have heard the tracks: of those that they have
        not heard, such a model knows nothing.

    Returns
    -------
    Labels or Values
        Answers of a model of classes, or numbers of a regression.

    Raises
    ------
    ModelError
        The model hears something that a library does not keep, or another version of it.
    NotHeardError
        It hears a network that has heard no track of the library.

    Examples
    --------
    >>> labels = label_collection(Library().collection(), model)  # doctest: +SKIP
    >>> labels.counts()  # doctest: +SKIP
    {'Rick Rubin': 312, 'none of these': 120, ...}
    """
    inputs = _inputs(model, with_networks=store is not None)
    installed = {f"{NETWORK}{network.spec.name}": network for network in model.networks}

    def column(name: str) -> Floats:
        if store is not None and name in installed:
            heard = read_embeddings(store, installed[name], collection.track_id)
            if len(heard) and not np.isfinite(heard).any():
                raise not_heard(installed[name])
            return heard
        known: Floats = getattr(collection, name)
        return known

    values = np.concatenate([column(name) for name in inputs], axis=1)
    whole = np.isfinite(values).all(axis=1)
    track = np.flatnonzero(whole)
    matrix = FeatureMatrix(values[whole], track, input_columns(inputs))
    answers = model.predict_tracks(matrix)
    # Of a track whose numbers are none, nothing is known.
    if isinstance(model, Regression):
        predicted = np.full((len(values), len(model.targets)), np.nan, np.float32)
        predicted[track] = answers
        return CollectionValues(model, predicted)
    probabilities = np.full((len(values), len(model.classes)), 1 / len(model.classes), np.float32)
    probabilities[track] = answers
    doubtful = contradicted(model.classes, probabilities, tag_names(), collection.tags)
    return CollectionLabels(model, probabilities, doubtful, whole)


def blend_with_model(
    explorer: Explorer, query: Query, tracks: Sequence[str], model: AnyModel
) -> Query:
    """Blend what is alike with what a model hears as alike.

    Tracks are as alike as what the model tells of them overlaps.

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

    Returns
    -------
    Query
        Both count the same.

    Raises
    ------
    ModelError
        The model hears something that a library does not keep.
    AudioError
        A track from elsewhere cannot be listened to.
    """
    labels = label_collection(explorer.collection, model)
    wanted = np.mean([_prediction_of(explorer, labels, name) for name in tracks], axis=0)
    return explorer.blend(query, Query(given=labels.nearness(wanted)))


def _prediction_of(
    explorer: Explorer, labels: CollectionLabels | CollectionValues, name: str
) -> Floats:
    place = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - as scanned
    known = labels.values if isinstance(labels, CollectionValues) else labels.probabilities
    for identity in (name, place):
        try:
            prediction: Floats = known[explorer.find(identity)]
        except TrackNotFoundError:
            continue
        return prediction
    from linernotes.learning.listening.tracks import hear

    rows = hear(place, _inputs(labels.model))
    if isinstance(labels, CollectionValues):
        return labels.model.predict_rows(rows, whole=rows).values
    return labels.model.predict_rows(rows, whole=rows).probabilities


def _written(value: float) -> str | None:
    """Write a number in digits alone, so that filters can compare it."""
    if not np.isfinite(value):
        return None
    return np.format_float_positional(value, precision=6, fractional=False, trim="-")


def check_library_model(model: AnyModel, *, with_networks: bool = False) -> None:
    """See that a model can be asked of what a library keeps.

    Parameters
    ----------
    model
        Which.
    with_networks
        Whether what installed networks heard of the library is read as well.

    Raises
    ------
    ModelError
        It hears something else, or another version of it.
    """
    _inputs(model, with_networks=with_networks)


def _inputs(model: AnyModel, *, with_networks: bool = False) -> tuple[str, ...]:
    model.check_input()
    input_spec = model.input_spec
    kept = () if input_spec is None else input_spec.inputs
    if with_networks:
        kept = tuple(name for name in kept if not is_network(name))
    if input_spec is None or not is_in_library(kept, input_spec.clips):
        raise ModelError(
            f"The model {model.name} hears {model.input}, which a library does not keep: ask it "
            "with linernotes identify, or train a recipe that hears "
            f"{', '.join(IN_LIBRARY[:-1])} or {IN_LIBRARY[-1]} of whole tracks."
        )
    return input_spec.inputs
