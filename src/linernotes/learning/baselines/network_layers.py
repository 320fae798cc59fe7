"""The branches and layers of a neural network: what they look like, and their trained weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Standardised numbers are cut off here: a few columns have values far from all others.
LARGEST_DEVIATION = 5.0


@dataclass(frozen=True)
class NumberBranch:
    """A branch for columns that each mean something of their own.

    Parameters
    ----------
    columns
        How many.
    hidden
        Sizes of its layers, each followed by a rectifier.
    """

    columns: int
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class PictureBranch:
    """A branch for columns that are a picture, band by band.

    Parameters
    ----------
    bands, frames
        Its height and width.
    shrink
        How many neighbouring places, along bands and along time, are averaged at first: small
        pictures are learned from in seconds.
    channels
        Of each convolution of 3 x 3, which a normalisation over the batch, a rectifier and
        the largest of neighbouring places follow. What is left is averaged over time.
    pool
        How many neighbours the largest is taken of, along bands and along time.
    """

    bands: int
    frames: int
    shrink: tuple[int, int] = (1, 1)
    channels: tuple[int, ...] = (8, 16, 32)
    pool: tuple[int, int] = (2, 4)

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return self.bands * self.frames

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the shrunken picture."""
        return self.bands // self.shrink[0], self.frames // self.shrink[1]

    @property
    def left(self) -> tuple[int, int]:
        """Height and width of what is left behind the last layer; 0 for too small a picture."""
        height, width = self.size
        for _ in self.channels:
            height, width = height // self.pool[0], width // self.pool[1]
        return height, width


Branch: TypeAlias = NumberBranch | PictureBranch


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights of a trained layer.

    Parameters
    ----------
    weight
        (outputs, inputs) of a dense layer, (outputs, inputs, bands, frames) of a convolution.
    bias
        (outputs,).
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True, eq=False)
class TrainedBranch:
    """A branch with its weights.

    Parameters
    ----------
    spec
        What it looks like.
    mean, scale
        The standardisation: of each column, or of each band of the shrunken picture in the shape
        (bands, 1).
    layers
        In order.
    """

    spec: Branch
    mean: Floats
    scale: Floats
    layers: tuple[Layer, ...]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """All that a trained network is.

    Parameters
    ----------
    branches
        They take the columns one after the other.
    head
        Dense layers with rectifiers in between; the last one gives a score for each class.
    epochs
        How many times training went through the rows.
    """

    branches: tuple[TrainedBranch, ...]
    head: tuple[Layer, ...]
    epochs: int
