"""Inputs of models: the windows of a network, or the rows of a track."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from linernotes.learning.input_spec import Clips, Input, InputSpec


@dataclass(frozen=True)
class ModelInput:
    """Which network a model listens with, window by window.

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

    def __str__(self) -> str:
        return f"{self.network} ({self.version})"

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return asdict(self)


@dataclass(frozen=True)
class TrackInput:
    """The input of a model that hears a track clip by clip.

    Parameters
    ----------
    inputs
        Side by side; with the versions that the model was trained on.
    clips
        How it cuts a track; ``None`` for one row, as a library hears it.
    """

    inputs: tuple[Input, ...]
    clips: Clips | None = None

    def __str__(self) -> str:
        heard = " and ".join(f"{each.name} (version {each.version})" for each in self.inputs)
        return heard if self.clips is None else f"{heard} of clips of {self.clips.seconds:g} s"

    @property
    def input_spec(self) -> InputSpec:
        """The input, whatever the version."""
        return InputSpec(tuple(each.name for each in self.inputs), self.clips)

    @property
    def columns(self) -> int:
        """How many numbers a row has."""
        return sum(each.columns for each in self.inputs)

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        clips = self.clips
        return {
            "inputs": [asdict(each) for each in self.inputs],
            "clips": None if clips is None else asdict(clips),
        }
