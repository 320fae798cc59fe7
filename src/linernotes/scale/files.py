"""What is done to one file: the function that laptops and clusters share."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linernotes.errors import AudioError, Failure
from linernotes.identification.asking import loaded, recalled, without_mood
from linernotes.learning import AnyModel, Estimate, Prediction
from linernotes.library.analyses import Extent, TrackAnalysis
from linernotes.library.errors import failure_of
from linernotes.library.jobs import Look, listen, look
from linernotes.library.lookup import KnownTrack


@dataclass(frozen=True)
class NamedModel:
    """A model to ask.

    Parameters
    ----------
    name
        Of one that comes with linernotes, else of its file.
    data
        What is in its file, so that workers need not have it; ``None`` of one that comes along.
    """

    name: str
    data: bytes | None = None


@dataclass(frozen=True)
class FileJob:
    """One file to analyse.

    Parameters
    ----------
    uri
        What it is called.
    path
        Where it lies here.
    analyses, extent, timeout
        As in `linernotes.library.jobs.listen`.
    models
        To ask of what was found.
    """

    uri: str
    path: str
    analyses: tuple[str, ...]
    extent: Extent
    timeout: float | None
    models: tuple[NamedModel, ...] = ()


@dataclass(frozen=True, eq=False)
class FileAnalysis:
    """What was found in a file.

    Parameters
    ----------
    seen
        Which track it holds, and its tags; ``None`` if it cannot be read.
    found
        What was heard; ``None`` if it cannot be listened to.
    told
        What the models said, by their versions.
    failure
        Why something is lacking.
    """

    seen: Look | None = None
    found: TrackAnalysis | None = None
    told: tuple[tuple[str, Prediction | Estimate], ...] = ()
    failure: Failure | None = None


def analyse_file(job: FileJob) -> FileAnalysis:
    """Learn which track a file holds, listen to it, and ask models; in a process of its own."""
    seen = None
    try:
        seen = look(job.path)
        found = listen(job.path, job.analyses, job.extent, job.timeout)
    except AudioError as error:
        return FileAnalysis(seen, failure=failure_of(job.uri, error))
    return FileAnalysis(seen, found, _told(found, job.models))


def _told(
    found: TrackAnalysis, models: Sequence[NamedModel]
) -> tuple[tuple[str, Prediction | Estimate], ...]:
    heard = found.networks
    known = KnownTrack(
        embedding=None if heard is None else heard.embedding,
        tags=None if heard is None else heard.tags,
        descriptors=found.descriptors,
    )
    asked = [_model(each) for each in models]
    answers = [(model, recalled(model, known)) for model in asked]
    told = [(model.version, answer) for model, answer in answers if answer is not None]
    doubted = without_mood([answer for _, answer in told])
    return tuple((version, new) for (version, _), new in zip(told, doubted, strict=True))


@functools.cache
def _model(model: NamedModel) -> AnyModel:
    if model.data is None:
        return loaded(model.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(model.name).name)
        path.write_bytes(model.data)
        return loaded(str(path))


def values_of(told: Prediction | Estimate) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names of the classes or targets that a model tells of, and their numbers."""
    if isinstance(told, Prediction):
        return told.classes, told.probabilities
    return tuple(target.name for target in told.targets), told.values
