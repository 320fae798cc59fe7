"""Which tracks hold the same recording: in another format, on another album."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.space import Floats

# Copies of one recording in different formats are at least so alike, different recordings by
# one artist hardly ever (measured on 173 clips), and copies are equally long.
_SAME_SOUND = 0.96
_SAME_LENGTH = 1.0
_SAME_SHARE = 0.005

_BLOCK = 4096


def same_recording(
    vector: Floats, duration: float, vectors: Floats, durations: NDArray[Any]
) -> NDArray[np.bool_]:
    """Return which of some tracks hold the same recording as one.

    Parameters
    ----------
    vector, duration
        Of the one, float32, shape (dimensions,), and seconds.
    vectors, durations
        Of the others, shapes (n, dimensions) and (n,).

    Returns
    -------
    bool, shape (n,).

    Examples
    --------
    >>> same_recording(np.ones(1), 200.0, np.ones((3, 1)), np.array([200.4, 205.0, 180.0]))
    array([ True, False, False])
    """
    same: NDArray[np.bool_] = (vectors @ vector >= _SAME_SOUND) & _equally_long(duration, durations)
    return same


def same_recordings(
    vectors: Floats, durations: NDArray[Any], others: Floats, other_durations: NDArray[Any]
) -> NDArray[np.bool_]:
    """Return which of some tracks hold the same recording as any of others.

    Parameters
    ----------
    vectors, durations
        Of the tracks, shapes (n, dimensions) and (n,).
    others, other_durations
        Of the others, shapes (m, dimensions) and (m,).

    Returns
    -------
    bool, shape (n,).
    """
    alike: NDArray[np.bool_] = vectors @ others.T >= _SAME_SOUND
    alike &= _equally_long(durations[:, np.newaxis], other_durations)
    same: NDArray[np.bool_] = np.any(alike, axis=1)
    return same


def first_different(
    vectors: Floats, durations: Floats, indices: NDArray[np.int32], count: int
) -> NDArray[np.int32]:
    """Return the first neighbours of each track that are no copies of it or of one another.

    Parameters
    ----------
    vectors, durations
        Of all tracks, shapes (tracks, dimensions) and (tracks,).
    indices
        int32, shape (tracks, k): neighbours of each, nearest first.
    count
        How many are wanted.

    Returns
    -------
    int32, shape (tracks, at most count). Where there are not enough others, a track stands for
    nothing by being its own neighbour.
    """
    n, k = indices.shape
    count = min(count, k)
    found = indices[:, :count].copy()
    for first in range(0, n if count else 0, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, n))
        near = np.concatenate([rows[:, np.newaxis], found[rows]], axis=1)
        own = vectors[near]
        alike = own @ own.transpose(0, 2, 1) >= _SAME_SOUND
        lengths = durations[near]
        alike &= _equally_long(lengths[:, :, np.newaxis], lengths[:, np.newaxis])
        alike &= np.triu(np.ones(alike.shape[1:], np.bool_), 1)
        for i in rows[alike.any(axis=(1, 2))].tolist():
            kept = [i]
            for j in indices[i].tolist():
                if len(kept) > count:
                    break
                known = vectors[kept], durations[kept]
                if not same_recording(vectors[j], float(durations[j]), *known).any():
                    kept.append(j)
            found[i] = [*kept[1:], *[i] * (count + 1 - len(kept))]
    return found


def _equally_long(duration: Any, others: Any) -> Any:
    return np.abs(others - duration) <= np.maximum(_SAME_LENGTH, _SAME_SHARE * duration)
