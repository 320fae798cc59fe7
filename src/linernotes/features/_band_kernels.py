"""Spectra of two channels, summed over bands, compiled; import only where they are needed.

The transform is that of `linernotes.features._fourier`, in single precision: 64 frames lie side
by side, and what is summed over the bins of a band stays in the cache until the next 64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features._fourier import WIDTH, transform
from linernotes.features.compile import compiled, scratch

Floats = NDArray[np.float32]


@compiled()
def _load(channel: Floats, begin: int, window: Floats, upright: Floats, rows: Floats) -> None:
    """Cut out the windowed frames that begin at a sample; even samples real, odd imaginary."""
    hop_length, n_hops = upright.shape
    for hop in range(n_hops):
        first = begin + hop * hop_length
        for i in range(hop_length):
            inside = first + i < len(channel)
            upright[i, hop] = channel[first + i] if inside else np.float32(0)
    for place in range(len(window)):
        source = upright[place % hop_length, place // hop_length :]
        target = rows[place // 2]
        offset = place % 2 * WIDTH
        for i in range(WIDTH):
            target[offset + i] = window[place] * source[i]


@compiled()
def _split(  # noqa: PLR0917 (compiled code takes no keywords)
    rows: Floats, turns: Floats, places: NDArray[np.int64], index: int, low: Floats, high: Floats
) -> None:
    """Make bins ``index`` and ``size - index`` of real frames: real parts, then imaginary."""
    size = len(rows)
    here = rows[places[index]]
    there = rows[places[(size - index) % size]]
    half = np.float32(0.5)
    cosine, sine = turns[0, index], turns[1, index]
    for i in range(WIDTH):
        k = i + WIDTH
        even_real, even_imaginary = here[i] + there[i], here[k] - there[k]
        odd_real, odd_imaginary = here[k] + there[k], there[i] - here[i]
        real = odd_real * cosine + odd_imaginary * sine
        imaginary = odd_imaginary * cosine - odd_real * sine
        low[i] = half * (even_real + real)
        low[k] = half * (even_imaginary + imaginary)
        high[i] = half * (even_real - real)
        high[k] = half * (imaginary - even_imaginary)


@compiled(relaxed=False)
def _add(left: Floats, right: Floats, sums: Floats, power: Floats) -> None:
    """Add one bin of both channels to a band; tell its power in each frame.

    To the letter: where both channels are the same, so are their powers and what they share.
    """
    for i in range(WIDTH):
        a, b = left[i], left[i + WIDTH]
        c, d = right[i], right[i + WIDTH]
        power_left = a * a + b * b
        power_right = c * c + d * d
        sums[0, i] += power_left
        sums[1, i] += power_right
        sums[2, i] += a * c + b * d
        sums[3, i] += b * c - a * d
        sums[4, i] += np.sqrt(power_left * power_right)
        power[i] = power_left + power_right


@compiled()
def _total(power: Floats) -> np.float64:
    total = np.float32(0)
    for i in range(WIDTH):
        total += power[i]
    return np.float64(total)


@compiled(
    "void(float32[:,::1], float32[::1], float32[:,::1], int64[::1], int64[::1],"
    " float32[:,::1], float32[:,:,::1], float32[:,::1], float32[:,:,::1],"
    " float32[:,:,::1], float64[::1])"
)
def sum_bands(  # noqa: PLR0917 (compiled code takes no keywords)
    channels: Floats,
    window: Floats,
    turns: Floats,
    places: NDArray[np.int64],
    band_of: NDArray[np.int64],
    upright: Floats,
    rows: Floats,
    bins: Floats,
    block: Floats,
    sums: Floats,
    spectrum: NDArray[np.float64],
) -> None:
    """Sum second-order statistics of two channels over the bins of bands, for all frames.

    Parameters
    ----------
    channels
        Shape (2, n).
    window
        Shape (n_fft,).
    turns, places
        As in `_fourier.transform_frames`.
    band_of
        Shape (1 + n_fft // 2,): the band of each bin; of those in none, the number of bands.
    upright, rows, bins, block
        To work in; see `workplace`.
    sums
        Shape (5, bands, frames), filled: power left, power right, real and imaginary part of
        left times conjugated right, and |left| * |right|.
    spectrum
        Shape (1 + n_fft // 2,); both channels' powers are added.
    """
    size = rows.shape[1]
    frames = sums.shape[2]
    for start in range(0, frames, WIDTH):
        for channel in range(2):
            _load(channels[channel], start * len(upright), window, upright, rows[channel])
            transform(rows[channel], turns)
        count = min(WIDTH, frames - start)
        block[:] = 0
        for index in range(size // 2 + 1):
            for channel in range(2):
                _split(rows[channel], turns, places, index, bins[channel], bins[2 + channel])
            if count < WIDTH:
                # What lies beyond the last frame is none.
                for row in range(4):
                    for i in range(count, WIDTH):
                        bins[row, i] = 0
                        bins[row, i + WIDTH] = 0
            _add(bins[0], bins[1], block[band_of[index]], bins[4])
            spectrum[index] += _total(bins[4])
            if index < size - index:
                _add(bins[2], bins[3], block[band_of[size - index]], bins[4])
                spectrum[size - index] += _total(bins[4])
        for band in range(sums.shape[1]):
            for kind in range(5):
                for i in range(count):
                    sums[kind, band, start + i] = block[band, kind, i]


def workplace(n_fft: int, hop_length: int, bands: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Make the arrays that `sum_bands` works in."""
    n_hops = (n_fft - 1) // hop_length + WIDTH
    return (
        scratch(hop_length, n_hops),
        scratch(2, n_fft // 2, 2 * WIDTH),
        scratch(5, 2 * WIDTH),
        scratch(bands + 1, 5, WIDTH),
    )
