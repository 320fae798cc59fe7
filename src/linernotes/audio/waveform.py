"""The outline of a track's waveform, for drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.audio.signal import Samples


class WaveformOutline:
    """Lowest and highest samples of equal stretches, gathered block by block.

    Parameters
    ----------
    stretch
        Samples that one point stands for.
    """

    def __init__(self, stretch: int) -> None:
        self._stretch = stretch
        self._left = np.zeros(0, dtype=np.float32)
        self._points: list[NDArray[np.float32]] = []

    def add(self, block: Samples) -> None:
        """Add the next samples, float32 of shape (n,).

        Parameters
        ----------
        block
            float32, shape (n,).
        """
        samples = np.concatenate([self._left, block]) if len(self._left) else block
        whole = len(samples) // self._stretch * self._stretch
        if whole:
            self._points.append(_extremes(samples[:whole].reshape(-1, self._stretch)))
        self._left = samples[whole:].copy()

    def points(self, at_most: int = 1000) -> NDArray[np.float32]:
        """Return the outline, float32 of shape (points, 2), with ``at_most`` points or fewer.

        Parameters
        ----------
        at_most
            Points, at least one.

        Returns
        -------
        NDArray
            float32, shape (points, 2): lowest and highest sample of equal stretches.
        """
        last = [_extremes(self._left[np.newaxis])] if len(self._left) else []
        points = np.concatenate([*self._points, *last, np.zeros((0, 2), dtype=np.float32)])
        if len(points) <= at_most:
            return points
        edges = np.linspace(0, len(points), at_most, endpoint=False).astype(int)
        lowest = np.minimum.reduceat(points[:, 0], edges)
        highest = np.maximum.reduceat(points[:, 1], edges)
        return np.stack([lowest, highest], axis=1)


def _extremes(rows: Samples) -> NDArray[np.float32]:
    return np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1)
