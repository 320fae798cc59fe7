"""Features of a track, as rows of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Times = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrackFeatures:
    """The features of one track.

    Parameters
    ----------
    start, end
        float64, shape (rows,): seconds of the track that each row was heard of.
    values
        float32, shape (rows, columns), by the name of the input.
    warnings
        What was wrong with the file, one sentence each.
    """

    start: Times
    end: Times
    values: Mapping[str, Floats]
    warnings: tuple[str, ...] = ()

    def side_by_side(self, inputs: Sequence[str]) -> Floats:
        """Return some inputs as one array of shape (rows, columns)."""
        return np.concatenate([self.values[name] for name in inputs], axis=1)
