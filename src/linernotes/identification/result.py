"""The result of listening to one track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes import errors
from linernotes.learning import Estimate, Prediction
from linernotes.library.tag_names import caption

if TYPE_CHECKING:
    from linernotes.networks.musicnn import Tags


@dataclass(frozen=True, eq=False)
class Timeline:
    """Class probabilities along a track.

    Parameters
    ----------
    start, end
        shape (windows,), in seconds.
    classes
        Names of the columns.
    probabilities
        float32, shape (windows, classes); rows sum to one.
    """

    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Identification:
    """Tags, classes and their timelines for one track.

    Parameters
    ----------
    file
        Name of the file, or ``None``.
    duration
        Seconds that were listened to.
    start
        Second of the track at which listening began; all times count from the track's
        own beginning.
    warnings
        What was wrong with the file, one sentence each.
    tags
        What the networks hear.
    predictions
        What each model says, in the order asked for.
    waveform
        float32, shape (points, 2): lowest and highest sample of equal stretches.
    title, artist
        What the file's tags say, or ``None``.
    """

    file: str | None
    duration: float
    start: float
    warnings: tuple[str, ...]
    tags: Tags
    predictions: tuple[Prediction | Estimate, ...]
    waveform: NDArray[np.float32]
    title: str | None = None
    artist: str | None = None

    @property
    def caption(self) -> str | None:
        """Artist and title where the file's tags tell a title."""
        return caption(self.title, self.artist)

    def top(self, n: int = 3, *, model: str | None = None) -> list[tuple[str, float]]:
        """Return the most probable classes, best first, with their probabilities.

        Parameters
        ----------
        n
            How many.
        model
            Name of the model; the first one that tells classes if not given.

        Returns
        -------
        list of (str, float)
            Names with their probabilities, 0 to 1.

        Examples
        --------
        >>> identify("song.mp3").top(2)  # doctest: +SKIP
        [('jazz', 0.83), ('blues', 0.07)]
        """
        return self._prediction(model).top(n)

    @property
    def values(self) -> dict[str, float]:
        """The numbers that models tell, by the name of the target.

        Examples
        --------
        >>> identify("song.mp3", models=["energy.linernotes"]).values  # doctest: +SKIP
        {'energy': 0.62}
        """
        told = (each for each in self.predictions if isinstance(each, Estimate))
        return {name: value for each in told for name, value in each.as_dict().items()}

    @property
    def timeline(self) -> Timeline:
        """Class probabilities along the track, of the first model that tells classes."""
        prediction = self._prediction(None)
        return Timeline(prediction.start, prediction.end, prediction.classes, prediction.timeline)

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``identify --json`` prints.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        return {
            "file": self.file,
            "title": self.title,
            "artist": self.artist,
            "duration": round(self.duration, 3),
            "warnings": list(self.warnings),
            "error": None,
            "tags": _named(self.tags.names, self.tags.probabilities),
            "models": [_model_as_dict(prediction) for prediction in self.predictions],
        }

    def _prediction(self, model: str | None) -> Prediction:
        for prediction in self.predictions:
            if model in (None, prediction.model) and isinstance(prediction, Prediction):
                return prediction
        if any(model in (None, prediction.model) for prediction in self.predictions):
            raise ValueError("these models tell numbers, not classes: use .values")
        known = ", ".join(prediction.model for prediction in self.predictions) or "none"
        raise ValueError(f"no model {model!r} was asked; asked were: {known}")


class IdentificationFailure(errors.Failure):
    """A track that could not be identified."""

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``identify --json`` prints.

        Returns
        -------
        dict
            The keys of an `Identification`, empty, with code and sentence under ``error``.
        """
        return {
            **super().as_dict(),
            "title": None,
            "artist": None,
            "duration": None,
            "warnings": [],
            "tags": [],
            "models": [],
        }


def _named(
    names: tuple[str, ...], probabilities: NDArray[np.float32]
) -> list[dict[str, str | float]]:
    return [
        {"name": name, "probability": _rounded(probability)}
        for name, probability in zip(names, probabilities, strict=True)
    ]


def _model_as_dict(prediction: Prediction | Estimate) -> dict[str, Any]:
    if isinstance(prediction, Estimate):
        return _numbers_as_dict(prediction)
    best = prediction.top(len(prediction.classes))
    return {
        "model": prediction.model,
        "classes": [{"name": name, "probability": _rounded(p)} for name, p in best],
        "timeline": {
            "start": [round(float(second), 3) for second in prediction.start],
            "end": [round(float(second), 3) for second in prediction.end],
            "classes": list(prediction.classes),
            "probabilities": [[_rounded(p) for p in row] for row in prediction.timeline],
            "answers": prediction.answers,
        },
        "answer": prediction.answer,
        "certainty": str(prediction.certainty),
        "rejected": prediction.rejected,
        "licence": prediction.licence,
    }


def _numbers_as_dict(estimate: Estimate) -> dict[str, Any]:
    told = zip(estimate.targets, estimate.values.tolist(), estimate.intervals.tolist(), strict=True)
    return {
        "model": estimate.model,
        "targets": [
            {
                "name": target.name,
                "value": _short(value),
                "interval": [_short(end) for end in interval],
                "range": [_short(target.low), _short(target.high)],
                "unit": target.unit,
            }
            for target, value, interval in told
        ],
        "timeline": {
            "start": [round(float(second), 3) for second in estimate.start],
            "end": [round(float(second), 3) for second in estimate.end],
            "targets": [target.name for target in estimate.targets],
            "values": [[_short(value) for value in row] for row in estimate.timeline.tolist()],
        },
        "word": estimate.word,
        "licence": estimate.licence,
    }


def _short(value: float) -> float:
    """Return a value with as many digits as float32 holds."""
    return float(f"{value:.6g}")


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
