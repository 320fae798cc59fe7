"""The search for the best chain of beats, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Float64 = NDArray[np.float64]


@compiled("void(float64[::1], float64[::1], int64, int64[::1], float64[::1])", relaxed=False)
def chain(
    score: Float64, penalties: Float64, shortest: int, link: NDArray[np.int64], total: Float64
) -> None:
    """Fill in the best total of a chain of beats that ends in each frame, and the beat before.

    ``penalties`` are those of distances from ``shortest`` on; -1 stands for no beat before.
    """
    for frame in range(len(score)):
        best = -np.inf
        before = -1
        for index in range(min(len(penalties), frame - shortest + 1)):
            place = frame - shortest - index
            value = total[place] - penalties[index]
            if value > best:
                best = value
                before = place
        total[frame] = score[frame] + best if before >= 0 else score[frame]
        link[frame] = before
