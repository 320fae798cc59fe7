"""Inputs of a recipe: which, and of which clips."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Clips:
    """How a recipe cuts a track into clips; each clip is one row of numbers.

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
