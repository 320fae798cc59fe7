"""The picture on a goniometer: left against right, time left out.

Mixing engineers watch the dots that each pair of samples leaves on a screen: a line for mono,
a disc for unrelated channels, a fan for what is panned. (After T. Ziemer, "Source width in
music production", in Studies in Musical Acoustics and Psychoacoustics, 2017, who reads
sound production from the same picture.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import SILENCE, stereo_of
from linernotes.features.channels import as_stereo
from linernotes.features.compile import scratch
from linernotes.features.descriptor import Column, Descriptor, Rows

SECTORS = 9
BOXES = 16

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
    from linernotes.features._level_kernels import STRETCH, draw_dots

    left, right = as_stereo(samples)
    energies = [
        float(np.square(channel[::every]).sum(dtype=np.float64)) for channel in (left, right)
    ]
    count = len(left[::every])
    power = sum(energies) / max(1, count)
    sectors, sums = np.zeros(SECTORS), np.zeros(3)
    if power <= 2 * SILENCE:
        sectors[SECTORS // 2] = 1.0
        return Goniometer(sectors, 0.0, 0.0, 0.0, 0.0, 1 / BOXES**2)
    # In units of the root mean square radius, so that nothing depends on gain.
    scale = np.float32(1 / np.sqrt(power))
    dots = min(max(1, window // every), count)
    seen = np.zeros((count // dots, BOXES**2), np.uint8)
    draw_dots(left, right, every, scale, dots, _slopes(), scratch(3 * STRETCH), seen, sectors, sums)
    fourth, shared, opposed = (sums / count).tolist()
    # The doubled angle of (mid, side) is that of (2 left right, left² - right²).
    balance = (energies[0] - energies[1]) / sum(energies)
    lengthwise = 2 * shared
    return Goniometer(
        sectors=sectors / sectors.sum(),
        balance=balance,
        spread=float(np.clip(1 - np.hypot(balance, lengthwise), 0, 1)),
        out_of_phase=opposed,
        peakiness=float(np.log(fourth)),
        filled=float(seen.mean()),
    )


@cache
def _slopes() -> Float32:
    """Tangents of the angles at which one sector ends and the next begins, on one side of mono."""
    angles = (np.arange(SECTORS // 2) + 0.5) * (np.pi / SECTORS)
    slopes: Float32 = np.tan(angles).astype(np.float32)
    return slopes


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
