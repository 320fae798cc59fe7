"""The sound of a track in memory: mixed, resampled, freed of garbage, and outlined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]

# Absolute value beyond which a sample is no sound: a damaged MP3 decodes to 1e5.
_LARGEST = 4.0
# One MP3 frame: garbage in one sample means garbage in its codec frame.
_STRETCH = 1152


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


def resample_blocks(
    blocks: Iterable[Samples], *, from_rate: int, to_rate: int, channels: int
) -> Iterator[Samples]:
    """Resample a stream of blocks with soxr's high quality (aliases below -140 dB).

    Parameters
    ----------
    blocks
        float32 arrays, shape (n, channels).
    from_rate, to_rate
        Samples per second before and after.
    channels
        Number of channels.

    Yields
    ------
    float32 arrays, shape (n, channels); together as long as the input in seconds.
    """
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32", quality="HQ")
    last: Samples | None = None
    for block in blocks:
        if last is not None:
            yield _shape(stream.resample_chunk(last), channels)
        last = block
    if last is not None:
        yield _shape(stream.resample_chunk(last, last=True), channels)


def _shape(samples: Samples, channels: int) -> Samples:
    return samples.reshape(-1, channels)


def silence_absurd(block: Samples, *, position: int = 0) -> tuple[Samples, int]:
    """Replace stretches that hold non-finite or absurdly large samples by silence.

    Parameters
    ----------
    block
        float32, shape (n, channels).
    position
        Frames before the block, so that stretches do not depend on how a track is cut.

    Returns
    -------
    block
        The same array if nothing was wrong with it, otherwise a repaired copy.
    silenced
        Number of frames replaced.

    Examples
    --------
    >>> block = np.zeros((2304, 1), dtype=np.float32)
    >>> block[5] = np.nan
    >>> silence_absurd(block)[1]
    1152
    """
    if len(block) == 0 or (block.min() >= -_LARGEST and block.max() <= _LARGEST):
        return block, 0
    absurd = ~(np.abs(block) <= _LARGEST).all(axis=1)
    stretches = (np.arange(len(block)) + position) // _STRETCH
    silenced = np.isin(stretches, stretches[absurd])
    clean = block.copy()
    clean[silenced] = 0.0
    return clean, int(silenced.sum())


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
