"""A trained model: it tells one label of a track."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import ModelError, ModelFileError
from linernotes.learning.card import NumberScores, Scores
from linernotes.learning.certainty import NINE_OF_TEN, rejected_answers
from linernotes.learning.input_spec import ModelInput, TrackInput
from linernotes.learning.model_base import Floats, ModelBase
from linernotes.learning.prediction import Prediction
from linernotes.learning.regression import Regression
from linernotes.networks.musicnn import VERSION

if TYPE_CHECKING:
    from linernotes.learning.track_features import TrackFeatures
    from linernotes.networks.musicnn import Taggram

__all__ = ["AnyModel", "Model", "ModelInput", "Prediction", "TrackInput"]

# A table of more classes than that says little, and fills the file.
_MOST_IN_TABLE = 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Model(ModelBase):
    """A trained model of classes: tells one label of a track.

    Parameters
    ----------
    name, label, version, input, card
        As of all models.
    estimator
        ONNX graph: ``taggram`` (windows, tags) or ``features`` (rows, columns),
        float32, to ``probabilities`` (classes,) and ``timeline`` (rows, classes).
    training, learned_from
        As of all models.
    classes
        The label's possible values.
    threshold
        Below which probability its best answer means "none of these"; 0 never. A class of that
        name means it at any probability.
    sure_above
        The probability from which nine of ten answers are right.
    """

    classes: tuple[str, ...]
    threshold: float = 0.0
    sure_above: float = NINE_OF_TEN

    @property
    def subject(self) -> str:
        """The label and its classes, in words."""
        return f"{self.label} ({', '.join(self.classes)})"

    @property
    def n_outputs(self) -> int:
        """Number of classes."""
        return len(self.classes)

    def predict(self, taggram: Taggram) -> Prediction:
        """Tell the label of a track from its taggram.

        Parameters
        ----------
        taggram
            Tag probabilities of the track's windows, of the network that
            ``input`` names; any number of windows from one up.

        Returns
        -------
        Prediction
            The same taggram gives the same numbers. The order of the windows
            does not matter to the whole track's probabilities.

        Raises
        ------
        ModelError
            If the taggram is of another network or version, has no windows, or
            holds values that are no probabilities.
        ModelFileError
            If the model's estimator does not do what its file promises.

        Examples
        --------
        >>> taggram = linernotes.networks.musicnn.listen(audio)["MSD_musicnn"]  # doctest: +SKIP
        >>> load_model("genre-1.linernotes").predict(taggram).timeline.shape  # doctest: +SKIP
        (40, 10)
        """
        if not isinstance(self.input, ModelInput):
            raise ModelError(
                f"The model {self.name} hears {self.input}, not a network's tags: "
                "use linernotes.identify, or predict_rows."
            )
        if taggram.network != self.input.network:
            raise ModelError(
                f"The model {self.name} listens with {self.input.network}, not with "
                f"{taggram.network}: analyse the track with {self.input.network}."
            )
        if self.input.version != VERSION:
            raise ModelError(
                f"The model {self.name} was trained on {self.input.version}, and this "
                f"linernotes listens with {VERSION}: get a model of that version."
            )
        tags = np.ascontiguousarray(taggram.probabilities, np.float32)
        if tags.ndim != 2 or not len(tags) or tags.shape[1] != self.input.tags:
            raise ModelError(
                f"The model {self.name} needs {self.input.tags} tags of at least one window, "
                f"not an array of shape {tags.shape}."
            )
        if not (tags.min() >= 0 and tags.max() <= 1):  # false for NaN as well
            raise ModelError(
                "The tags of the track are no probabilities from 0 to 1: analyse it again."
            )
        probabilities, timeline = self._run("taggram", tags)
        return self._prediction(probabilities, taggram.start, taggram.end, timeline)

    def predict_rows(
        self, rows: TrackFeatures, *, whole: TrackFeatures | None = None
    ) -> Prediction:
        """Tell the label of a track from what was heard of it.

        Parameters
        ----------
        rows
            Of successive clips or sections of one track, as
            `linernotes.learning.listening.hear` gives them.
        whole
            One row of what was heard of the track as a whole, where the model
            hears tracks so; without it the rows vote.

        Returns
        -------
        Prediction
            Of the whole track, and of its windows.

        Raises
        ------
        ModelError
            If the model hears something else, or another version of it.
        ModelFileError
            If the model's estimator does not do what its file promises.
        """
        probabilities, timeline = self._answer(rows, whole)
        return self._prediction(probabilities, rows.start, rows.end, timeline)

    def rejects(self, probabilities: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Tell of which tracks the model says that they are none of its classes.

        Parameters
        ----------
        probabilities
            Shape (tracks, classes).

        Returns
        -------
        NDArray
            bool, shape (tracks,).
        """
        return rejected_answers(probabilities, self.classes, self.threshold)

    def with_scores(self, *scores: Scores | NumberScores, test_looks: int = 1) -> Self:
        """Return the model with what it was measured to be worth on its card.

        Parameters
        ----------
        *scores
            Of the tests, the most telling first.
        test_looks
            How often the test part was looked at while the model was made.

        Returns
        -------
        Model
            A copy with another card.
        """
        if len(self.classes) > _MOST_IN_TABLE:
            scores = tuple(
                replace(each, confusion=()) if isinstance(each, Scores) else each for each in scores
            )
        return super().with_scores(*scores, test_looks=test_looks)

    def card_lines(self) -> list[str]:
        """Return the card as lines of plain text, its tables by the names of the classes.

        Returns
        -------
        list of str
            Without colours, to be printed.
        """
        return self.card.lines(self.classes)

    def as_dict(self) -> dict[str, Any]:
        """Return all of the model but its estimator and fingerprints, ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        known = {**super().as_dict(), "classes": list(self.classes)}
        if isinstance(self.input, TrackInput):
            known["threshold"] = self.threshold
            known["sure_above"] = self.sure_above
            known["training"] = None if self.training is None else self.training.as_dict()
        return known

    def _prediction(
        self,
        probabilities: NDArray[np.float32],
        start: NDArray[np.float64],
        end: NDArray[np.float64],
        timeline: NDArray[np.float32],
    ) -> Prediction:
        return Prediction(
            model=self.name,
            label=self.label,
            classes=self.classes,
            probabilities=probabilities,
            start=start,
            end=end,
            timeline=timeline,
            rejected=bool(self.rejects(probabilities)),
            threshold=self.threshold,
            sure_above=self.sure_above,
            licence=self.licence_notice,
        )

    def _run(self, name: str, rows: Floats) -> tuple[Floats, Floats]:
        answers = self._calculate(name, rows, ("probabilities", "timeline"), len(self.classes))
        if answers is None or not all(map(_are_probabilities, answers)):
            raise ModelFileError(
                f"The estimator of the model {self.name} gives no probabilities of its "
                f"{len(self.classes)} classes: get the model file again."
            )
        return answers


def _are_probabilities(answer: Floats) -> bool:
    return bool(answer.min() >= 0 and np.allclose(answer.sum(axis=-1), 1, atol=1e-3))


AnyModel = Model | Regression
"""A model of classes, or of numbers."""
