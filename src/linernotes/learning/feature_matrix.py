"""Features of many tracks: rows of numbers, one or several a track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FeatureMatrix:
    """Rows of what was heard, sorted by track.

    Parameters
    ----------
    values
        float32, shape (rows, columns): the inputs side by side.
    track
        int64, shape (rows,): index of each row's track among the examples.
    columns
        Names of the columns, such as ``"fma.mfcc_mean_01"``.

    Examples
    --------
    >>> matrix = FeatureMatrix(np.zeros((3, 1), np.float32), np.array([0, 0, 4]), ("a.b",))
    >>> matrix.tracks
    array([0, 4])
    >>> matrix.take([4]).track
    array([0])
    """

    values: Floats
    track: Ints
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.track), len(self.columns)):
            raise ValueError(
                f"values of shape {self.values.shape} are no {len(self.track)} rows of "
                f"{len(self.columns)} columns"
            )
        if np.any(np.diff(self.track) < 0):
            raise ValueError("the rows have to be sorted by track")

    def __len__(self) -> int:
        """Return the number of tracks that have rows."""
        return len(self.tracks)

    @cached_property
    def tracks(self) -> Ints:
        """The tracks that have rows, sorted."""
        return np.unique(self.track)

    def take(self, tracks: Sequence[int] | Ints) -> FeatureMatrix:
        """Return the rows of some tracks, which are now numbered in the order asked for.

        Tracks without rows keep their number and stay without.
        """
        wanted = np.asarray(tracks, np.int64)
        if np.array_equal(wanted, self.tracks) and np.array_equal(wanted, np.arange(len(wanted))):
            return self
        first = np.searchsorted(self.track, wanted, side="left")
        count = np.searchsorted(self.track, wanted, side="right") - first
        number = np.repeat(np.arange(len(wanted)), count)
        begin = np.cumsum(count) - count
        rows = np.arange(count.sum()) - begin[number] + first[number]
        return FeatureMatrix(self.values[rows], number, self.columns)
