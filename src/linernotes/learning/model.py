"""A trained model, and what it says about a track."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.backbone import VERSION, onnx_session
from linernotes.errors import ModelError, ModelFileError
from linernotes.learning.card import ModelCard

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from linernotes.backbone import Taggram


@dataclass(frozen=True)
class ModelInput:
    """Which backbone a model listens with.

    Parameters
    ----------
    network
        Name of the network, as in ``Taggram.network``.
    version
        Version of the network's weights that the model was trained on.
    tags
        How many tag probabilities the network gives for a window.
    """

    network: str
    version: str
    tags: int


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says about one track, as a whole and over time.

    Parameters
    ----------
    model, label
        Name of the model and of the label it tells, such as ``"genre"``.
    classes
        Names of the classes, in the order of the probabilities.
    probabilities
        float32, shape (classes,), sums to one: the whole track.
    start, end
        Shape (windows,), seconds: where in the track each window lies.
    timeline
        float32, shape (windows, classes), rows sum to one: each window for
        itself. One window tells less than a track, so these are less sure.
    """

    model: str
    label: str
    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    start: NDArray[np.floating[Any]]
    end: NDArray[np.floating[Any]]
    timeline: NDArray[np.float32]

    def top(self, n: int = 3) -> list[tuple[str, float]]:
        """Return the ``n`` most probable classes, best first.

        Parameters
        ----------
        n
            How many; at least 1. More than there are classes gives them all.

        Returns
        -------
        list of (str, float)
            Names and probabilities. Of equal ones the earlier class leads.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        best = np.argsort(-self.probabilities, kind="stable")[:n]
        return [(self.classes[i], float(self.probabilities[i])) for i in best]


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model: tells one label from the tags of a track.

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
        The backbone it listens with.
    card
        What it was made from and how far to trust it.
    estimator
        ONNX graph: ``taggram`` float32 (windows, tags) to ``probabilities``
        (classes,) and ``timeline`` (windows, classes).
    """

    name: str
    label: str
    classes: tuple[str, ...]
    version: str
    input: ModelInput
    card: ModelCard
    estimator: bytes = field(repr=False)

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
        probabilities, timeline = self._run(tags)
        return Prediction(
            model=self.name,
            label=self.label,
            classes=self.classes,
            probabilities=probabilities,
            start=taggram.start,
            end=taggram.end,
            timeline=timeline,
        )

    def describe(self) -> list[str]:
        """Return what a person should know about the model, as lines of plain text."""
        return [
            f"{self.name}, version {self.version}: tells {self.label} "
            f"({', '.join(self.classes)}), listening with {self.input.network} "
            f"({self.input.version})",
            "",
            *self.card.lines(self.classes),
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return all of the model but its estimator, ready for JSON."""
        return {
            "name": self.name,
            "label": self.label,
            "classes": list(self.classes),
            "version": self.version,
            "input": {
                "network": self.input.network,
                "version": self.input.version,
                "tags": self.input.tags,
            },
            "card": self.card.as_dict(),
        }

    @cached_property
    def _session(self) -> InferenceSession:
        # Without optimisation a hostile graph calculates nothing while it is being loaded.
        return onnx_session(self.estimator, optimise=False)

    def _run(self, tags: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        try:
            answers = self._session.run(["probabilities", "timeline"], {"taggram": tags})
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise ModelFileError(
                f"The estimator of the model {self.name} does not run: get the model file again."
            ) from error
        for answer, shape in zip(
            answers, ((len(self.classes),), (len(tags), len(self.classes))), strict=True
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
