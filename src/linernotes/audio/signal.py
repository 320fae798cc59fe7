"""The sound of a track in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Audio:
    """Samples and what one must know to hear them.

    Parameters
    ----------
    samples
        float32, shape (channels, n), finite, full scale at -1 to 1.
    sample_rate
        Samples per second and channel.
    name
        The file's name for messages, or ``None``.
    warnings
        What was wrong with the file, one sentence each.
    """

    samples: Samples
    sample_rate: int
    name: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.samples.shape[1] / self.sample_rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])
