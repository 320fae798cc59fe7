"""Keeping garbage out of the features."""

from __future__ import annotations

import numpy as np

from linernotes.audio.signal import Samples

LARGEST = 4.0
"""Absolute value beyond which a sample is no sound: a damaged MP3 decodes to 1e5."""

# One MP3 frame: garbage in one sample means garbage in its codec frame.
_STRETCH = 1152


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
    if len(block) == 0 or (block.min() >= -LARGEST and block.max() <= LARGEST):
        return block, 0
    absurd = ~(np.abs(block) <= LARGEST).all(axis=1)
    stretches = (np.arange(len(block)) + position) // _STRETCH
    silenced = np.isin(stretches, stretches[absurd])
    clean = block.copy()
    clean[silenced] = 0.0
    return clean, int(silenced.sum())
