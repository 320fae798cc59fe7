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

DEFAULT_MODELS = ("genre", "mood")


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
