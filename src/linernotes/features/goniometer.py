"""The picture on a goniometer: left against right, time left out.

Mixing engineers watch the dots that each pair of samples leaves on a screen: a line for mono,
a disc for unrelated channels, a fan for what is panned. (After T. Ziemer, "Source width in
music production", in Studies in Musical Acoustics and Psychoacoustics, 2017, who reads
sound production from the same picture.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import SILENCE, stereo_of
from linernotes.features.channels import as_stereo
from linernotes.features.descriptor import Column, Descriptor, Rows

SECTORS = 9
BOXES = 16

# Dots that are worked on together, so that they stay in the second-level cache.
_DOTS_AT_ONCE = 16384

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Goniometer:
    """The shape of the dots on a goniometer.

    A dot's angle is 0° on the mono axis, 45° for left alone, -45° for right alone and ±90°
    for channels in opposition; angles that differ by 180° are the same. Its radius is the
    level. Swapping the channels mirrors the sectors and turns the sign of the balance.

    Parameters
    ----------
    sectors
        float64, shape (9,): share of the radius in sectors of 20° from -90° to 90°; the sum
        is 1.
    balance
        Share of the energy on the left less that on the right, -1 to 1.
    spread
        Spread of the angle, 0 (a line) to 1 (a disc).
    out_of_phase
        Share of the energy beyond ±45°, 0 to 1.
    peakiness
        Natural logarithm of the radius' kurtosis (its fourth moment over the square of its
        second), 0 for a constant one.
    filled
        Share of the plane's 16 x 16 boxes that the dots of 0.19 s visit, in the mean; the
        plane ends at three times the root mean square of the clip.
    """

    sectors: NDArray[np.float64]
    balance: float
    spread: float
    out_of_phase: float
    peakiness: float
    filled: float


def goniometer(samples: ArrayLike, *, every: int = 8, window: int = 8192) -> Goniometer:
    """Describe the picture that a goniometer draws of a clip.

    The statistics are those of the dots and not of their order, so that every eighth sample
    is enough.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite; see `as_stereo` for other than two channels.
    every
        Use one sample in so many.
    window
        Samples (before that) whose boxes are counted together; a multiple of ``every``.

    Returns
    -------
    Goniometer
        Nothing in it depends on gain. Silence gives what a mono signal gives: all dots in
        the middle sector, one box.

    Raises
    ------
    ValueError
        For samples that `as_channels` refuses.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((2, 44100))
    >>> wide, narrow = goniometer(noise), goniometer(noise[0])
    >>> round(narrow.spread, 2), wide.spread > 0.9, abs(wide.out_of_phase - 0.5) < 0.05
    (0.0, True, True)
    """
    left, right = (np.ascontiguousarray(channel[::every]) for channel in as_stereo(samples))
    energies = [float(np.square(channel).sum(dtype=np.float64)) for channel in (left, right)]
    power = sum(energies) / max(1, len(left))
    if power <= 2 * SILENCE:
        sectors = np.zeros(SECTORS)
        sectors[SECTORS // 2] = 1.0
        return Goniometer(sectors, 0.0, 0.0, 0.0, 0.0, 1 / BOXES**2)
    # In units of the root mean square radius, so that nothing depends on gain.
    scale = np.float32(1 / np.sqrt(power))
    sectors, shared, fourth, opposed = np.zeros(SECTORS), 0.0, 0.0, 0.0
    for start in range(0, len(left), _DOTS_AT_ONCE):
        x, y = (channel[start : start + _DOTS_AT_ONCE] * scale for channel in (left, right))
        square, product = x * x + y * y, x * y
        sectors += np.bincount(_sector(x, y), np.sqrt(square), minlength=SECTORS)
        fourth += float(square @ square)
        shared += float(product.sum(dtype=np.float64))
        opposed += float(square @ (product < 0).astype(np.float32))
    # The doubled angle of (mid, side) is that of (2 left right, left² - right²).
    balance = (energies[0] - energies[1]) / sum(energies)
    lengthwise = 2 * shared / len(left)
    return Goniometer(
        sectors=sectors / sectors.sum(),
        balance=balance,
        spread=float(np.clip(1 - np.hypot(balance, lengthwise), 0, 1)),
        out_of_phase=opposed / len(left),
        peakiness=float(np.log(fourth / len(left))),
        filled=_filled(left * scale, right * scale, max(1, window // every)),
    )


def _sector(x: Float32, y: Float32) -> NDArray[np.int64]:
    mid, side = x + y, x - y
    angle = np.arctan2(np.where(mid < 0, -side, side), np.abs(mid))
    sector = np.floor(angle * np.float32(SECTORS / np.pi) + SECTORS / 2)
    # Both ends are channels in opposition; rounding may lead a hair beyond.
    within: NDArray[np.int64] = np.clip(sector, 0, SECTORS - 1).astype(np.int64)
    return within


def _filled(x: Float32, y: Float32, dots: int) -> float:
    """Share of the boxes that a window's dots visit, mean of windows."""
    dots = min(dots, len(x))
    windows = len(x) // dots
    # Along the axes of the channels, as good as any others for counting.
    column, row = (
        np.clip(axis[: windows * dots] * np.float32(BOXES / 6) + BOXES / 2, 0, BOXES - 1).astype(
            np.int32
        )
        for axis in (x, y)
    )
    cells = column * BOXES + row
    cells += np.arange(windows * dots, dtype=np.int32) // dots * BOXES**2
    seen = np.zeros(windows * BOXES**2, dtype=bool)
    seen[cells] = True
    return float(seen.mean())


def _rows(**_: object) -> tuple[Column, ...]:
    step = 180 // SECTORS
    centres = range(step // 2 - 90, 90, step)
    return (
        *(
            Column(f"{centre}deg", "1", "share of the radius in 20° around this angle, 0 for mono")
            for centre in centres
        ),
        Column("balance", "1", "energy on the left less that on the right, by both, -1 to 1"),
        Column("spread", "1", "spread of the angle, 0 for a line to 1 for a disc"),
        Column("out_of_phase", "1", "share of the energy where the channels are opposite, 0 to 1"),
        Column("peakiness", "1", "logarithm of the radius' kurtosis, 0 for a constant level"),
        Column("filled", "1", "share of the boxes of the picture that 0.19 s visit, 0 to 1"),
    )


def _compute(analysis: Analysis, **_: object) -> Rows:
    picture = goniometer(stereo_of(analysis))
    numbers = (
        *picture.sectors,
        picture.balance,
        picture.spread,
        picture.out_of_phase,
        picture.peakiness,
        picture.filled,
    )
    return np.array(numbers, np.float32)[:, np.newaxis]


GONIOMETER = Descriptor("goniometer", rows=_rows, compute=_compute)
