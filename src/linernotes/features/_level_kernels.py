"""Inner loops over samples, compiled; import only where they are needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
Doubles = NDArray[np.float64]

# So many samples are oversampled together, or passed over together where they are too quiet.
STRETCH = 64
# Stretches of a channel that are filtered side by side, and samples that are loaded at once.
LANES = 16
BLOCK = 64


@compiled()
def _largest(level: Vector) -> np.float32:
    """Return the largest value of a stretch, which is overwritten.

    Halving what is left keeps vector units busy, where a running maximum waits for itself.
    """
    half = len(level) // 2
    while half >= 8:
        for i in range(half):
            other = level[half + i]
            level[i] = other if other > level[i] else level[i]
        half //= 2
    largest: np.float32 = level[0]
    for i in range(1, 2 * half):
        largest = level[i] if level[i] > largest else largest
    return largest


@compiled("float32(float32[::1], float32[:,::1], float32, float32, float32[::1])")
def oversampled_peak(
    padded: Vector, taps: Matrix, gain: np.float32, peak: np.float32, scratch: Vector
) -> np.float32:
    """Return the largest magnitude between samples, or ``peak`` where that is higher.

    ``taps`` holds one filter per place between two samples, one or three, a multiple of 8 and at
    most as long as a stretch; ``padded`` has as many samples more than the clip as a filter has
    taps, less one. No output exceeds its inputs by more than ``gain``, so that stretches between
    quiet neighbours need no look; the answer is that of the whole. ``scratch`` is as long as three
    stretches.
    """
    places, length = taps.shape
    count = len(padded) - length + 1
    before, middle, after = taps[0], taps[places // 2], taps[places - 1]
    level = scratch[:STRETCH]
    scratch[:] = 0
    for start in range(0, count, STRETCH):
        # What is behind the end was looked at already: the last stretch begins earlier.
        begin = max(0, min(start, count - STRETCH))
        width = min(STRETCH, count)
        here = padded[begin : begin + width]
        there = padded[begin + length - 1 : begin + length - 1 + width]
        for i in range(width):
            one, other = abs(here[i]), abs(there[i])
            level[i] = one if one > other else other
        # A short clip has samples that lie between the two.
        if _largest(level) * gain <= peak and width == STRETCH:
            continue
        scratch[:] = 0
        for tap in range(0, length, 8):
            here = padded[begin + tap : begin + tap + width + 7]
            for i in range(width):
                # Eight at once, or fetching and storing the sums would take all the time.
                one = other = last = np.float32(0)
                for k in range(8):
                    one += before[tap + k] * here[i + k]
                    other += middle[tap + k] * here[i + k]
                    last += after[tap + k] * here[i + k]
                scratch[i] += one
                scratch[i + STRETCH] += other
                scratch[i + 2 * STRETCH] += last
        for i in range(STRETCH):
            one, other, last = (
                abs(scratch[i]),
                abs(scratch[i + STRETCH]),
                abs(scratch[i + 2 * STRETCH]),
            )
            largest = one if one > other else other
            scratch[i] = largest if largest > last else last
        peak = max(peak, _largest(level))
    return peak


@compiled()
def _load(channel: Vector, first: int, step: int, block: Doubles) -> None:
    """Fill a block with samples, side by side from places a step apart; silence outside."""
    for lane in range(LANES):
        begin = first + lane * step
        if begin >= 0 and begin + BLOCK <= len(channel):
            for i in range(BLOCK):
                block[i * LANES + lane] = np.float64(channel[begin + i])
        else:
            for i in range(BLOCK):
                inside = 0 <= begin + i < len(channel)
                block[i * LANES + lane] = np.float64(channel[begin + i]) if inside else 0.0


@compiled()
def _filter(sections: Doubles, block: Doubles, count: int, state: Doubles) -> None:
    """Filter the first samples of each lane of a block, and add up the energies.

    ``state`` holds what two sections remember, and the energy, lane by lane; in one row, so that
    it is plain that they do not overlap.
    """
    b0, b1, b2 = sections[0, 0], sections[0, 1], sections[0, 2]
    a1, a2 = sections[0, 4], sections[0, 5]
    c1, c2 = sections[1, 4], sections[1, 5]
    for i in range(count):
        row = block[i * LANES : (i + 1) * LANES]
        for lane in range(LANES):
            x = row[lane]
            u = b0 * x + state[lane]
            state[lane] = b1 * x - a1 * u + state[lane + LANES]
            state[lane + LANES] = b2 * x - a2 * u
            y = u + state[lane + 2 * LANES]
            state[lane + 2 * LANES] = state[lane + 3 * LANES] - 2 * u - c1 * y
            state[lane + 3 * LANES] = u - c2 * y
            state[lane + 4 * LANES] += y * y


@compiled("void(float32[::1], float64[:,::1], int64, int64, float64[::1], float64[::1])")
def add_weighted_energies(  # noqa: PLR0917 (compiled code takes no keywords)
    channel: Vector, sections: Doubles, length: int, lead: int, space: Doubles, energies: Doubles
) -> None:
    """Filter a channel and fill in the energies of successive segments.

    Each output waits for the one before. So eight stretches of the channel are filtered side by
    side, each of them from a while before it begins, when the filters have forgotten the rest.

    Parameters
    ----------
    channel
        Shape (n,), with n of at least segments * length.
    sections
        Shape (2, 6): second-order sections; the second one's b are taken for 1 -2 1.
    length
        Samples per segment.
    lead
        Samples after which the filters have forgotten what was before.
    space
        Shape ((BLOCK + 5) * LANES,), to work in.
    energies
        Shape (segments,).
    """
    segments = len(energies)
    per_lane = -(-segments // LANES)
    block, state = space[5 * LANES :], space[: 5 * LANES]
    state[:] = 0
    for part in range(-1, per_lane):
        begin, end = part * length, (part + 1) * length
        if part < 0:
            begin = -lead
        energy = state[4 * LANES :]
        energy[:] = 0
        for first in range(begin, end, BLOCK):
            _load(channel, first, per_lane * length, block)
            _filter(sections, block, min(BLOCK, end - first), state)
        for lane in range(LANES):
            segment = lane * per_lane + part
            if part >= 0 and segment < segments:
                energies[segment] = energy[lane]


@compiled(
    "void(float32[::1], float32[::1], int64, float32, int64, float32[::1], float32[::1],"
    " uint8[:,::1], float64[::1], float64[::1])"
)
def draw_dots(  # noqa: PLR0917 (compiled code takes no keywords)
    left: Vector,
    right: Vector,
    every: int,
    scale: np.float32,
    window: int,
    slopes: Vector,
    scratch: Vector,
    seen: NDArray[np.uint8],
    sectors: Doubles,
    sums: Doubles,
) -> None:
    """Draw the picture on a goniometer, a dot for one sample in so many.

    Parameters
    ----------
    left, right
        Shape (n,).
    every, scale
        Use one sample in so many, and multiply it by this.
    window
        Dots whose boxes are counted together.
    slopes
        Tangents of the angles from the mono axis at which one sector ends and the next begins, on
        one side of it.
    scratch
        Shape (3 * STRETCH,), to work in.
    seen
        Shape (windows, boxes * boxes): the boxes that a window's dots visit become 1. The plane
        reaches to 3 in all directions.
    sectors
        Shape (2 * slopes + 1,): radii are added.
    sums
        Shape (3,): sums of squared squares of the radii, of products of both channels, and of
        squares where the product is negative are added.
    """
    zero, one, middle = np.float32(0), np.float32(1), np.float32(len(slopes))
    boxes = int(np.sqrt(seen.shape[1]))
    last, per_unit = np.float32(boxes - 1), np.float32(boxes / 6)
    count = -(-len(left) // every)
    for start in range(0, count, STRETCH):
        width = min(STRETCH, count - start)
        fourth = shared = opposed = zero
        for i in range(width):
            x = left[(start + i) * every] * scale
            y = right[(start + i) * every] * scale
            square, product = x * x + y * y, x * y
            fourth += square * square
            shared += product
            opposed += square if product < zero else zero
            mid, side = x + y, x - y
            side = -side if mid < zero else side
            mid = abs(mid)
            sector = middle
            for slope in slopes:
                sector += one if side > slope * mid else zero
                sector -= one if -side > slope * mid else zero
            column = min(max(x * per_unit + np.float32(boxes / 2), zero), last)
            row = min(max(y * per_unit + np.float32(boxes / 2), zero), last)
            scratch[i] = np.sqrt(square)
            scratch[i + STRETCH] = sector
            scratch[i + 2 * STRETCH] = np.floor(column) * np.float32(boxes) + np.floor(row)
        sums[0] += np.float64(fourth)
        sums[1] += np.float64(shared)
        sums[2] += np.float64(opposed)
        for i in range(width):
            sectors[int(scratch[i + STRETCH])] += np.float64(scratch[i])
            if (start + i) // window < len(seen):
                seen[(start + i) // window, int(scratch[i + 2 * STRETCH])] = 1
