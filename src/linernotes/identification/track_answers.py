"""The answers of the shipped models on one track of a library, with how far to rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linernotes.errors import ModelError
from linernotes.identification.collection_labels import CollectionLabels, label_collection
from linernotes.learning.catalogue import list_shipped_models, load_model
from linernotes.learning.certainty import NONE_OF_THESE, Certainty
from linernotes.learning.mood import LABEL, SURE_MARGIN, is_mood, mood_words
from linernotes.library.collection import Collection

if TYPE_CHECKING:
    from linernotes.learning.regression import Regression

_CLASSES = 5


def answers_about(collection: Collection, index: int) -> dict[str, Any]:
    """Ask the shipped models of one track.

    Parameters
    ----------
    collection
        The tracks.
    index
        Which.

    Returns
    -------
    dict
        By what they tell: ``genre`` with the most probable ``classes`` and their
        ``probability``, and ``mood`` with a number for each of its targets. Each has an
        ``answer`` and its ``certainty``: "sure", "likely", "not sure" or "none of these".

    Examples
    --------
    >>> answers_about(Library().collection(), 0)["genre"]["answer"]  # doctest: +SKIP
    'jazz'
    """
    one = _only(collection, index)
    answers: dict[str, Any] = {}
    rejected = False
    for name in list_shipped_models():  # the genre before the mood
        try:
            found = label_collection(one, load_model(name))
        except ModelError:  # it hears what a library does not keep
            continue
        if isinstance(found, CollectionLabels):
            answers[found.model.label] = _classes(found)
            rejected |= found.certainties[0] is Certainty.NONE_OF_THESE
        elif is_mood(found.model.label, found.model.targets):
            answers[LABEL] = _mood(found.model, found.values, rejected)
    return answers


def _only(collection: Collection, index: int) -> Collection:
    rows = np.array([index])
    return Collection(
        track_id=(collection.track_id[index],),
        path=(collection.path[index],),
        metadata={},
        duration=collection.rows("duration", rows),
        embedding=collection.rows("embedding", rows),
        tags=collection.rows("tags", rows),
        tag_names=collection.tag_names,
        descriptors=collection.rows("descriptors", rows),
    )


def _classes(found: CollectionLabels) -> dict[str, Any]:
    probabilities = found.probabilities[0]
    best = np.argsort(-probabilities, kind="stable")[:_CLASSES].tolist()
    return {
        "answer": found.names[0],
        "certainty": str(found.certainties[0]),
        "classes": [
            {"name": found.model.classes[i], "probability": round(float(probabilities[i]), 4)}
            for i in best
        ],
    }


def _mood(model: Regression, values: np.ndarray, rejected: bool) -> dict[str, Any]:
    gone = np.array([rejected])
    (word,) = mood_words(values, gone)
    (sure,) = mood_words(values, gone, margin=SURE_MARGIN)
    unsaid = (str(Certainty.NOT_SURE), NONE_OF_THESE)
    certainty = word if word in unsaid else Certainty.SURE if sure == word else Certainty.LIKELY
    return {
        "answer": word,
        "certainty": str(certainty),
        **{
            target.name: round(float(value), 4) if np.isfinite(value) else None
            for target, value in zip(model.targets, values[0].tolist(), strict=True)
        },
    }
