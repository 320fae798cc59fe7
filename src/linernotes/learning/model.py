"""A trained model: it tells one label of a track."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.backbone import VERSION, onnx_session
from linernotes.errors import FeatureSetNotFoundError, ModelError, ModelFileError
from linernotes.learning.card import ModelCard, Scores
from linernotes.learning.fingerprints import Fingerprints, no_fingerprints
from linernotes.learning.hearing import Hearing
from linernotes.learning.model_input import ModelInput, TrackInput
from linernotes.learning.prediction import Prediction

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from linernotes.backbone import Taggram
    from linernotes.learning.listening import Rows
    from linernotes.learning.material import Material
    from linernotes.learning.provenance import Training

__all__ = ["Model", "ModelInput", "Prediction", "TrackInput"]

# Rows that are worked on at once: some estimators compare each with all that they learned from.
_BATCH = 1024
# A table of more classes than that says little, and fills the file.
_MOST_IN_TABLE = 100


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model: tells one label of a track.

    Parameters
    ----------
    name
        Name to call the model by.
    label
        What the model tells, such as ``"genre"``.
    classes
        The label's possible values.
    version
        Version of the model; another version may answer differently.
    input
        What it hears.
    card
        What it was made from and how far to trust it.
    estimator
        ONNX graph: ``taggram`` (windows, tags) or ``features`` (rows, columns),
        float32, to ``probabilities`` (classes,) and ``timeline`` (rows, classes).
    threshold
        Below which probability its best answer means "none of these"; 0 never.
    training
        How it was trained, if `linernotes.train` did.
    learned_from
        uint64, ascending: by what it knows the tracks again that it was trained on.
    """

    name: str
    label: str
    classes: tuple[str, ...]
    version: str
    input: ModelInput | TrackInput
    card: ModelCard
    estimator: bytes = field(repr=False)
    threshold: float = 0.0
    training: Training | None = None
    learned_from: Fingerprints = field(default_factory=no_fingerprints, repr=False)

    @property
    def hearing(self) -> Hearing | None:
        """What it hears of a track; ``None`` if it listens window by window to a network."""
        return self.input.hearing if isinstance(self.input, TrackInput) else None

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
        >>> from types import SimpleNamespace
        >>> import numpy as np
        >>> from linernotes.learning import load_model
        >>> taggram = SimpleNamespace(
        ...     network="MSD_musicnn",
        ...     start=np.array([0.0, 3.0]),
        ...     end=np.array([3.0, 6.0]),
        ...     probabilities=np.full((2, 50), 0.01, np.float32),
        ... )
        >>> load_model("genre").predict(taggram).timeline.shape
        (2, 10)
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

    def predict_rows(self, rows: Rows, *, whole: Rows | None = None) -> Prediction:
        """Tell the label of a track from what was heard of it.

        Parameters
        ----------
        rows
            Of successive clips or sections of one track, as
            `linernotes.learning.listening.hear` gives them.
        whole
            One row of what was heard of the track as a whole, where the model
            hears tracks so; without it the rows vote.

        Raises
        ------
        ModelError
            If the model hears something else, or another version of it.
        ModelFileError
            If the model's estimator does not do what its file promises.
        """
        probabilities, timeline = self._run("features", self._values(rows))
        if whole is not None:
            # Of one row, the vote is what it tells for itself.
            probabilities = self._run("features", self._values(whole))[1][0]
        return self._prediction(probabilities, rows.start, rows.end, timeline)

    def predict_tracks(self, material: Material) -> NDArray[np.float32]:
        """Tell the label of many tracks at once.

        Parameters
        ----------
        material
            What was heard of them, such as the rows of a library.

        Returns
        -------
        float32, shape (tracks, classes): a row for each of ``material.tracks``.

        Raises
        ------
        ModelError
            If the model hears something else, or another version of it.
        """
        self.check_input()
        columns = self.input.columns if isinstance(self.input, TrackInput) else 0
        values = np.ascontiguousarray(material.values, np.float32)
        if values.shape[1] != columns:
            raise ModelError(
                f"The model {self.name} hears {self.input}: {columns} columns, not "
                f"{values.shape[1]}."
            )
        if not len(values):
            return np.zeros((0, len(self.classes)), np.float32)
        self._check_finite(values)
        if len(material) == len(values):  # a row alone is its own vote
            batches = (values[first : first + _BATCH] for first in range(0, len(values), _BATCH))
            return np.concatenate([self._run("features", batch)[1] for batch in batches])
        first = np.flatnonzero(np.diff(material.track)) + 1
        return np.stack([self._run("features", rows)[0] for rows in np.split(values, first)])

    def rejects(self, probabilities: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Tell of which tracks the model says that they are none of its classes.

        Parameters
        ----------
        probabilities
            Shape (tracks, classes).
        """
        refused: NDArray[np.bool_] = probabilities.max(axis=-1) < self.threshold
        return refused

    def check_input(self) -> None:
        """See that this linernotes hears as the model was trained to.

        Raises
        ------
        ModelError
            It hears in another way, or not at all.
        """
        if not isinstance(self.input, TrackInput):
            raise ModelError(
                f"The model {self.name} listens window by window with {self.input}: "
                "use linernotes.identify."
            )
        from linernotes.learning.inputs import find_input

        for wanted in self.input.inputs:
            try:
                ours = find_input(wanted.name)
            except FeatureSetNotFoundError as error:
                raise ModelError(
                    f"The model {self.name} hears {wanted.name}, which this linernotes does "
                    "not know: upgrade linernotes, or train the model anew."
                ) from error
            if ours != wanted:
                raise ModelError(
                    f"The model {self.name} was trained on version {wanted.version} of "
                    f"{wanted.name}, and this linernotes hears version {ours.version}: train it "
                    "anew, or use the linernotes that made it."
                )

    def with_scores(self, *scores: Scores, test_looks: int = 1) -> Model:
        """Return the model with what it was measured to be worth on its card.

        Parameters
        ----------
        scores
            The first is the headline.
        test_looks
            How many models were measured on the same test tracks, this one included.
        """
        if len(self.classes) > _MOST_IN_TABLE:
            scores = tuple(replace(each, confusion=()) for each in scores)
        return replace(self, card=replace(self.card, scores=scores, test_looks=test_looks))

    def save(self, path: Any) -> None:
        """Write the model to a file; see `linernotes.learning.save_model`."""
        from linernotes.learning.model_file import save_model

        save_model(self, path)

    def describe(self) -> list[str]:
        """Return what a person should know about the model, as lines of plain text."""
        return [
            f"{self.name}, version {self.version}: tells {self.label} "
            f"({', '.join(self.classes)}), listening with {self.input}",
            "",
            *self.card.lines(self.classes),
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return all of the model but its estimator and fingerprints, ready for JSON."""
        known: dict[str, Any] = {
            "name": self.name,
            "label": self.label,
            "classes": list(self.classes),
            "version": self.version,
            "input": self.input.as_dict(),
            "card": self.card.as_dict(),
        }
        if isinstance(self.input, TrackInput):
            known["threshold"] = self.threshold
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
        )

    def _values(self, rows: Rows) -> NDArray[np.float32]:
        self.check_input()
        values = rows.side_by_side(self.hearing.inputs if self.hearing else ())
        self._check_finite(values)
        return np.ascontiguousarray(values, np.float32)

    def _check_finite(self, values: NDArray[np.float32]) -> None:
        if not np.isfinite(values).all():
            raise ModelError(
                f"What the model {self.name} was given to hear holds numbers that are not finite: "
                "measure the tracks again."
            )

    @cached_property
    def _session(self) -> InferenceSession:
        # Without optimisation a hostile graph calculates nothing while it is being loaded.
        return onnx_session(self.estimator, optimise=False)

    def _run(
        self, name: str, rows: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        try:
            answers = self._session.run(["probabilities", "timeline"], {name: rows})
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise ModelFileError(
                f"The estimator of the model {self.name} does not run: get the model file again."
            ) from error
        for answer, shape in zip(
            answers, ((len(self.classes),), (len(rows), len(self.classes))), strict=True
        ):
            if (
                not isinstance(answer, np.ndarray)
                or answer.dtype != np.float32
                or answer.shape != shape
                or not (answer.min() >= 0 and np.allclose(answer.sum(axis=-1), 1, atol=1e-3))
            ):
                raise ModelFileError(
                    f"The estimator of the model {self.name} gives no probabilities of its "
                    f"{len(self.classes)} classes: get the model file again."
                )
        return answers[0], answers[1]
