"""Inputs of recipes and models: which features they hear, and of which clips of a track."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Clips:
    """The clips that a recipe cuts a track into; each is one row of numbers.

    Parameters
    ----------
    seconds
        Length of a clip.
    skip_intro
        Seconds of each track that are not heard; a track too short for it is heard
        from its beginning.
    at_most
        Clips of a track that training takes, spread evenly; 1 takes the middle one,
        ``None`` takes them all. A prediction hears all clips of a track.
    """

    seconds: float
    skip_intro: float = 0.0
    at_most: int | None = 1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ValueError(f"seconds must be above 0, not {self.seconds}")
        if not (math.isfinite(self.skip_intro) and self.skip_intro >= 0):
            raise ValueError(f"skip_intro must be at least 0, not {self.skip_intro}")
        if self.at_most is not None and self.at_most < 1:
            raise ValueError(f"at_most must be at least 1, not {self.at_most}")


@dataclass(frozen=True)
class Input:
    """Something to hear.

    Parameters
    ----------
    name
        ``"embedding"``, ``"tags"``, or the name of a feature set.
    version
        Another one may give other numbers.
    columns
        How many numbers it gives for a track or clip.
    """

    name: str
    version: str
    columns: int


@dataclass(frozen=True)
class InputSpec:
    """The input of a recipe.

    Parameters
    ----------
    inputs
        Names of the inputs, side by side in a row: ``"embedding"``, ``"tags"`` or
        feature sets of `linernotes.features`.
    clips
        How tracks are cut; ``None`` for one row a track, of the excerpt that a
        library hears, so that a scanned library need not be heard again.

    Examples
    --------
    >>> InputSpec(("mfcc_image", "producer"), Clips(30.0)).clips.at_most
    1
    """

    inputs: tuple[str, ...]
    clips: Clips | None = None

    def __post_init__(self) -> None:
        if not self.inputs or len(set(self.inputs)) != len(self.inputs):
            raise ValueError("a recipe hears at least one input, each once")


@dataclass(frozen=True)
class ModelInput:
    """The network that a model listens with, window by window.

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
        """Number of columns of a row."""
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
