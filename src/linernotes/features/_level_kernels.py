"""Inner loops over samples and stereo spectra, compiled; import only where they are needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

# So many samples are oversampled together, or passed over together where they are too quiet.
STRETCH = 64


@compiled("float32(float32[::1], float32[:,::1], float32, float32)")
def oversampled_peak(
    padded: Vector, taps: Matrix, gain: np.float32, peak: np.float32
) -> np.float32:
    """Return the largest magnitude between samples, or ``peak`` where that is higher.

    ``taps`` holds one filter per place between two samples, a multiple of 8 long; ``padded``
    has as many samples more than the clip as a filter has taps, less one. No output exceeds
    its inputs by more than ``gain``, so that stretches between quiet neighbours need no look;
    the answer is that of the whole.
    """
    places, length = taps.shape
    count = len(padded) - length + 1
    out = np.empty(STRETCH, np.float32)
    for start in range(0, count, STRETCH):
        width = min(STRETCH, count - start)
        loudest = np.float32(0)
        for index in range(start, start + width + length - 1):
            loudest = max(loudest, abs(padded[index]))
        if loudest * gain <= peak:
            continue
        for place in range(places):
            out[:] = 0
            weights = taps[place]
            for tap in range(0, length, 8):
                here = padded[start + tap : start + tap + width + 7]
                for index in range(width):
                    # Eight at once, or fetching and storing the sum would take all the time.
                    out[index] += (
                        weights[tap] * here[index]
                        + weights[tap + 1] * here[index + 1]
                        + weights[tap + 2] * here[index + 2]
                        + weights[tap + 3] * here[index + 3]
                        + weights[tap + 4] * here[index + 4]
                        + weights[tap + 5] * here[index + 5]
                        + weights[tap + 6] * here[index + 6]
                        + weights[tap + 7] * here[index + 7]
                    )
            for index in range(width):
                peak = max(peak, abs(out[index]))
    return peak


@compiled("void(float32[::1], float32[::1], float64[:,::1], int64, float64[:,::1])")
def add_weighted_energies(
    first: Vector,
    second: Vector,
    sections: NDArray[np.float64],
    length: int,
    energies: NDArray[np.float64],
) -> None:
    """Filter two channels and fill in the energies of successive segments.

    Each output waits for the one before; two channels side by side wait once.

    Parameters
    ----------
    first, second
        Shape (n,), with n of at least segments * length.
    sections
        Shape (2, 6): second-order sections; the second one's b are taken for 1 -2 1.
    length
        Samples per segment.
    energies
        Shape (2, segments), one row per channel.
    """
    b0, b1, b2 = sections[0, 0], sections[0, 1], sections[0, 2]
    a1, a2 = sections[0, 4], sections[0, 5]
    c1, c2 = sections[1, 4], sections[1, 5]
    p0 = p1 = p2 = p3 = q0 = q1 = q2 = q3 = 0.0
    for segment in range(energies.shape[1]):
        total = 0.0
        other = 0.0
        for index in range(segment * length, (segment + 1) * length):
            x = np.float64(first[index])
            y = np.float64(second[index])
            u = b0 * x + p0
            v = b0 * y + q0
            p0 = b1 * x - a1 * u + p1
            q0 = b1 * y - a1 * v + q1
            p1 = b2 * x - a2 * u
            q1 = b2 * y - a2 * v
            x = u + p2
            y = v + q2
            p2 = p3 - 2 * u - c1 * x
            q2 = q3 - 2 * v - c1 * y
            p3 = u - c2 * x
            q3 = v - c2 * y
            total += x * x
            other += y * y
        energies[0, segment] = total
        energies[1, segment] = other
