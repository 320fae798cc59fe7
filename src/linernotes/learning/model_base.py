"""The base of models of classes and models of numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import FeatureSetNotFoundError, ModelError, ModelFileError
from linernotes.learning.card import ModelCard, NumberScores, Scores
from linernotes.learning.fingerprints import Fingerprints, no_fingerprints
from linernotes.learning.input_spec import InputSpec, ModelInput, TrackInput
from linernotes.networks import NetworkError, licence_notice
from linernotes.networks.runtime import onnx_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from linernotes.learning.feature_matrix import FeatureMatrix
    from linernotes.learning.provenance import Training
    from linernotes.learning.track_features import TrackFeatures
    from linernotes.networks import InstalledNetwork

Floats = NDArray[np.float32]

# Rows that are worked on at once: some estimators compare each with all that they learned from.
_BATCH = 1024


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelBase(ABC):
    """A trained model: tells one label of a track.

    Parameters
    ----------
    name
        Name to call the model by.
    label
        What the model tells, such as ``"genre"``.
    version
        Version of the model; another version may answer differently.
    input
        What it hears.
    card
        What it was made from and how far to trust it.
    estimator
        ONNX graph.
    training
        How it was trained, if `linernotes.train` did.
    learned_from
        uint64, ascending: by what it knows the tracks again that it was trained on.
    """

    name: str
    label: str
    version: str
    input: ModelInput | TrackInput
    card: ModelCard
    estimator: bytes = field(repr=False)
    training: Training | None = None
    learned_from: Fingerprints = field(default_factory=no_fingerprints, repr=False)

    @property
    def input_spec(self) -> InputSpec | None:
        """The input of a track; ``None`` if it listens window by window to a network."""
        return self.input.input_spec if isinstance(self.input, TrackInput) else None

    @property
    def networks(self) -> tuple[InstalledNetwork, ...]:
        """The installed networks that it hears.

        Raises
        ------
        NetworkError
            One of them is not installed.
        """
        from linernotes.learning.inputs import find_networks

        return () if self.input_spec is None else find_networks(self.input_spec.inputs)

    @property
    def licence_notice(self) -> str | None:
        """What is said with its answers; see `linernotes.networks.licence_notice`."""
        return licence_notice(self.networks)

    @property
    @abstractmethod
    def subject(self) -> str:
        """Its classes, or its targets with their ranges, in words."""

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Number of outputs: a probability for each class, or its targets."""

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
            except NetworkError as error:
                raise ModelError(f"The model {self.name} cannot be asked: {error}.") from error
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

    def with_scores(self, *scores: Scores | NumberScores, test_looks: int = 1) -> Self:
        """Return the model with what it was measured to be worth on its card.

        Parameters
        ----------
        scores
            The first is the headline.
        test_looks
            How many models were measured on the same test tracks, this one included.

        Returns
        -------
        Regression
            A copy with another card.
        """
        return replace(self, card=replace(self.card, scores=scores, test_looks=test_looks))

    def save(self, path: Any) -> None:
        """Write the model to a file; see `linernotes.learning.save_model`."""
        from linernotes.learning.model_file import save_model

        save_model(self, path)

    def describe(self) -> list[str]:
        """Return what a person should know about the model, as lines of plain text."""
        return [
            f"{self.name}, version {self.version}: tells {self.subject}, "
            f"listening with {self.input}",
            "",
            *self.card_lines(),
        ]

    def card_lines(self) -> list[str]:
        """Return the card as lines of plain text.

        Returns
        -------
        list of str
            Without colours, to be printed.
        """
        return self.card.lines()

    def as_dict(self) -> dict[str, Any]:
        """Return all of the model but its estimator and fingerprints, ready for JSON."""
        return {
            "name": self.name,
            "label": self.label,
            "version": self.version,
            "input": self.input.as_dict(),
            "card": self.card.as_dict(),
        }

    def _values(self, rows: TrackFeatures) -> Floats:
        self.check_input()
        values = rows.side_by_side(self.input_spec.inputs if self.input_spec else ())
        self._check_finite(values)
        return np.ascontiguousarray(values, np.float32)

    def _answer(self, rows: TrackFeatures, whole: TrackFeatures | None) -> tuple[Floats, Floats]:
        """Return what the graph says of a track, of one row if there is one, and of its rows."""
        whole_answer, timeline = self._run("features", self._values(rows))
        if whole is not None:
            # Of one row, the vote is what it tells for itself.
            whole_answer = self._run("features", self._values(whole))[1][0]
        return whole_answer, timeline

    def predict_tracks(self, matrix: FeatureMatrix) -> Floats:
        """Tell the label of many tracks at once.

        Parameters
        ----------
        matrix
            What was heard of them, such as the rows of a library.

        Returns
        -------
        float32, shape (tracks, classes), or (tracks, targets) of a regression: a row for each of
        ``matrix.tracks``.

        Raises
        ------
        ModelError
            If the model hears something else, or another version of it.
        """
        self.check_input()
        wanted = self.input.columns if isinstance(self.input, TrackInput) else 0
        values = np.ascontiguousarray(matrix.values, np.float32)
        if values.shape[1] != wanted:
            raise ModelError(
                f"The model {self.name} hears {self.input}: {wanted} columns, not "
                f"{values.shape[1]}."
            )
        if not len(values):
            return np.zeros((0, self.n_outputs), np.float32)
        self._check_finite(values)
        if len(matrix) == len(values):  # a row alone is its own vote
            return np.concatenate([self._run("features", batch)[1] for batch in _batches(values)])
        first = np.flatnonzero(np.diff(matrix.track)) + 1
        return np.stack([self._run("features", rows)[0] for rows in np.split(values, first)])

    def _check_finite(self, values: Floats) -> None:
        if not np.isfinite(values).all():
            raise ModelError(
                f"What the model {self.name} was given to hear holds numbers that are not finite: "
                "measure the tracks again."
            )

    @cached_property
    def _session(self) -> InferenceSession:
        # Without optimisation a hostile graph calculates nothing while it is being loaded.
        return onnx_session(self.estimator, optimise=False)

    @abstractmethod
    def _run(self, name: str, rows: Floats) -> tuple[Floats, Floats]:
        """Return what the graph says of a track, and of each of its rows."""

    def _calculate(
        self, name: str, rows: Floats, outputs: tuple[str, str], columns: int
    ) -> tuple[Floats, Floats] | None:
        """Run the graph; ``None`` if what it gives is of another shape or no finite numbers."""
        try:
            whole, timeline = self._session.run(list(outputs), {name: rows})
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise ModelFileError(
                f"The estimator of the model {self.name} does not run: get the model file again."
            ) from error
        for answer, shape in ((whole, (columns,)), (timeline, (len(rows), columns))):
            if (
                not isinstance(answer, np.ndarray)
                or answer.dtype != np.float32
                or answer.shape != shape
                or not np.isfinite(answer).all()
            ):
                return None
        return whole, timeline


def _batches(values: Floats) -> Iterator[Floats]:
    return (values[first : first + _BATCH] for first in range(0, len(values), _BATCH))
