"""The sound of a track in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Audio:
    """Samples, and what one must know to hear them.

    Parameters
    ----------
    samples
        float32, shape (channels, n), finite. Full scale is -1 to 1; lossy codecs
        overshoot it, so values up to 4 are kept as they are.
    sample_rate
        Samples per second and channel.
    name
        The file's name for messages, or ``None``.
    warnings
        What was wrong with the file, one sentence each.

    Examples
    --------
    >>> import numpy as np
    >>> audio = Audio(np.zeros((2, 44100), dtype=np.float32), 44100)
    >>> audio.channels, audio.duration
    (2, 1.0)
    """

    samples: Samples
    sample_rate: int
    name: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])


def mix_to_mono(frames: Samples) -> Samples:
    """Average the channels, each with the same weight.

    Decoders mix louder or quieter than each other when asked for mono, so that we
    always take all channels and mix ourselves. A matrix product is some fifty times
    faster than a mean over the short axis.

    Parameters
    ----------
    frames
        float32, shape (n, channels).

    Returns
    -------
    NDArray
        float32, shape (n,).
    """
    channels = frames.shape[1]
    if channels == 1:
        return np.ascontiguousarray(frames[:, 0])
    weights = np.full(channels, 1.0 / channels, dtype=np.float32)
    return frames @ weights


def with_channels(block: Samples, channels: int) -> Samples:
    """Give samples of shape (n, any) as many channels: each of them the mean, if they differ."""
    if block.shape[1] == channels:
        return block
    return np.repeat(mix_to_mono(block)[:, np.newaxis], channels, axis=1)
