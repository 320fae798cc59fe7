"""Which models are asked about tracks, and what is made of their answers."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linernotes.learning import AnyModel, Estimate, Model, Prediction, Regression, load_model
from linernotes.learning.agreement import contradicted
from linernotes.learning.certainty import Certainty
from linernotes.learning.inputs import is_in_library
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analyses import tag_names
from linernotes.library.lookup import KnownTrack

DEFAULT_MODELS: tuple[str, ...] = ("genre", "mood")


def loaded(model: str | os.PathLike[str] | AnyModel) -> AnyModel:
    """Return a model by its name or file, read once in a process."""
    return model if isinstance(model, Model | Regression) else _load_once(os.fspath(model))


@functools.cache
def _load_once(name_or_path: str) -> AnyModel:
    return load_model(name_or_path)


def doubted(
    told: Prediction, tags: Sequence[str], probabilities: NDArray[np.float32]
) -> Prediction:
    """Note whether the networks' tags name another class than a model.

    Parameters
    ----------
    told
        What the model says of a track.
    tags, probabilities
        The tags of the track, and shape (tags,): how probable they are.
    """
    found = contradicted(
        told.classes, told.probabilities[np.newaxis], tags, probabilities[np.newaxis]
    )
    return replace(told, contradicted=bool(found[0]))


def without_mood(told: Sequence[Prediction | Estimate]) -> tuple[Prediction | Estimate, ...]:
    """Take the mood from what has no genre: such sounds are probably no music."""
    if not any(
        isinstance(each, Prediction)
        and each.label == "genre"
        and each.certainty is Certainty.NONE_OF_THESE
        for each in told
    ):
        return tuple(told)
    return tuple(
        replace(each, rejected=True)
        if isinstance(each, Estimate) and each.word is not None
        else each
        for each in told
    )


def recalled(model: Model | Regression, known: KnownTrack) -> Prediction | Estimate | None:
    """Ask a model of what is known of a track; ``None`` if it hears something else.

    Parameters
    ----------
    model
        The model.
    known
        What a library keeps of a track, or would keep.
    """
    input_spec = model.input_spec
    if input_spec is None or not is_in_library(input_spec.inputs, input_spec.clips):
        return None
    values = {name: getattr(known, name) for name in input_spec.inputs}
    if any(each is None or not np.isfinite(each).all() for each in values.values()):
        return None
    whole = np.zeros(1)
    rows = TrackFeatures(whole, whole, {name: each[np.newaxis] for name, each in values.items()})
    told = model.predict_rows(rows, whole=rows)
    if isinstance(told, Estimate) or known.tags is None:
        return told
    return doubted(told, tag_names(), known.tags)
