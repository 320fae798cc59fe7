"""Inner loops of the harmonic/percussive split, beside its medians, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]


@compiled("float32[:,::1](float32[:,::1])")
def transposed(values: Matrix) -> Matrix:
    """Return the matrix with rows and columns exchanged, copied in blocks that stay in cache."""
    rows, columns = values.shape
    out = np.empty((columns, rows), np.float32)
    for top in range(0, rows, 32):
        for left in range(0, columns, 32):
            for row in range(top, min(top + 32, rows)):
                for column in range(left, min(left + 32, columns)):
                    out[column, row] = values[row, column]
    return out


@compiled("void(float32[:,::1], float32[:,::1], float32[:,::1])")
def absolute(spectrum: Matrix, magnitudes: Matrix, squares: Matrix) -> None:
    """Fill in the magnitudes of complex values whose two parts lie next to each other.

    ``squares`` is working space, at least as large as a row.
    """
    width = magnitudes.shape[1]
    for row in range(len(magnitudes)):
        for column in range(width):
            real = spectrum[row, 2 * column]
            imaginary = spectrum[row, 2 * column + 1]
            squares[0, column] = real * real + imaginary * imaginary
        for column in range(width):
            magnitudes[row, column] = np.sqrt(squares[0, column])


@compiled("void(float32[:,::1], float32[:,::1], float64, float64, float64)", relaxed=False)
def soft_masks(
    harmonic: Matrix,
    percussive: Matrix,
    power: float,
    harmonic_margin: float,
    percussive_margin: float,
) -> None:
    """Turn the two medians, in place, into masks.

    Both values are divided by the larger one before they are raised to the power, so that
    quiet places do not underflow. Where both are zero, the masks are a half each, or zero if
    a margin keeps something for the residual.
    """
    tiny = np.finfo(np.float32).tiny
    one = np.float32(1)
    undecided = np.float32(0.5 if harmonic_margin == 1 and percussive_margin == 1 else 0)
    exponent = np.float32(power)
    for row in range(harmonic.shape[0]):
        if power == 2:
            # Without branches, so that it becomes vector instructions.
            for column in range(harmonic.shape[1]):
                h = harmonic[row, column]
                p = percussive[row, column]
                other = p * np.float32(harmonic_margin)
                top = h if h > other else other
                safe = top if top >= tiny else one
                mine = (h / safe) * (h / safe)
                theirs = (other / safe) * (other / safe)
                total = mine + theirs if top >= tiny else one
                harmonic[row, column] = mine / total if top >= tiny else undecided
                other = h * np.float32(percussive_margin)
                top = p if p > other else other
                safe = top if top >= tiny else one
                mine = (p / safe) * (p / safe)
                theirs = (other / safe) * (other / safe)
                total = mine + theirs if top >= tiny else one
                percussive[row, column] = mine / total if top >= tiny else undecided
        else:
            for column in range(harmonic.shape[1]):
                h = harmonic[row, column]
                p = percussive[row, column]
                harmonic[row, column] = undecided
                percussive[row, column] = undecided
                other = p * np.float32(harmonic_margin)
                top = max(h, other)
                if top >= tiny:
                    mine = (h / top) ** exponent
                    harmonic[row, column] = mine / (mine + (other / top) ** exponent)
                other = h * np.float32(percussive_margin)
                top = max(p, other)
                if top >= tiny:
                    mine = (p / top) ** exponent
                    percussive[row, column] = mine / (mine + (other / top) ** exponent)


@compiled("void(float32[::1], float32[:,::1], float32[::1], int64, int64)")
def overlap_add(sound: Vector, frames: Matrix, window: Vector, start: int, hop_length: int) -> None:
    """Add windowed frames to a sound from ``start`` on; what lies outside of it is lost."""
    length = frames.shape[1]
    for index in range(len(frames)):
        offset = start + index * hop_length
        first = max(0, -offset)
        last = min(length, len(sound) - offset)
        for i in range(first, last):
            sound[offset + i] += frames[index, i] * window[i]
