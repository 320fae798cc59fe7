"""The channels of a clip, checked, and as the two that a listener's loudspeakers play."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST_SAMPLE = 1e6
"""A million times full scale is no sound, and its powers would soon overflow float32."""

Channels = NDArray[np.float32]


def as_channels(samples: ArrayLike) -> Channels:
    """Return a clip as contiguous float32 of shape (channels, n), or say what is wrong with it.

    Parameters
    ----------
    samples
        Shape (channels, n), or (n,) for one channel.

    Raises
    ------
    ValueError
        For other shapes, for what is no real number, and for samples that are not finite or
        beyond ±1,000,000.

    Examples
    --------
    >>> as_channels([0.5, 1.0]).shape
    (1, 2)
    >>> as_channels([0.5, np.nan])
    Traceback (most recent call last):
    ...
    ValueError: Samples must be finite and within ±1,000,000.
    """
    array = np.asarray(samples)
    if array.ndim not in {1, 2} or (array.ndim == 2 and not len(array)):
        raise ValueError(f"Samples must have shape (channels, n) or (n,), not {array.shape}.")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"Samples must be real numbers, not {array.dtype}.")
    with np.errstate(over="ignore"):
        channels: Channels = np.ascontiguousarray(np.atleast_2d(array), np.float32)
    # The energy says quickly that all is well; look closer only where it does not.
    with np.errstate(over="ignore", invalid="ignore"):
        flat = channels.reshape(-1)
        fine = flat @ flat <= LARGEST_SAMPLE**2
    if not fine and not (np.abs(flat) <= LARGEST_SAMPLE).all():
        raise ValueError("Samples must be finite and within ±1,000,000.")
    return channels


def as_stereo(samples: ArrayLike) -> Channels:
    """Return two channels of whatever there is.

    Mono is heard as the same on both sides. Of 5.1 and 5.0 (L R C (LFE) Ls Rs) centre and
    surrounds are mixed in at -3 dB, as ITU-R BS.775 has it; of other layouts the first two
    channels are taken.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite.

    Returns
    -------
    float32, shape (2, n).

    Raises
    ------
    ValueError
        As `as_channels`.

    Examples
    --------
    >>> as_stereo(np.ones(3)).shape
    (2, 3)
    """
    channels = as_channels(samples)
    if len(channels) == 1:
        return np.concatenate([channels, channels])
    if len(channels) in {5, 6}:
        minus_3_db = np.float32(np.sqrt(0.5))
        mixed: Channels = channels[:2] + minus_3_db * (channels[2] + channels[-2:])
        return mixed
    return channels[:2]
