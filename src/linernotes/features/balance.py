"""How the spectrum of a mix is balanced: the level of its bands, its tilt, and where it ends.

The tilt and the top of a spectrum are an engineer's handwriting, and an encoder's. Encoders
cut what lies above 16 kHz or so; hence everything here ends at 14 kHz.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import (
    BAND_EDGES,
    FAINT_IN_ALL,
    SILENCE,
    band_rows,
    bands_of,
    floors,
    pooled,
)
from linernotes.features.descriptor import Column, Descriptor, Rows

CUTOFF_LIMIT = 14000
"""Hz; where a spectrum ends above, it may be the encoder that ended it."""

CUTOFF_STEP = 1000
"""Hz; in finer steps the cut-off frequency would be a fingerprint of the encoder."""

CUTOFF_LEVEL = -70.0
"""dB below the strongest step, beneath which nothing is audible beside it."""

TILT_EDGES = (30.0, 630.0, 14000.0)
"""Hz. Some of `BAND_EDGES`: the low and the high half, four and six bands."""

FRAMES = 8
"""Frames that are put together, 0.19 s."""

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


def band_level(power: Float32) -> Float32:
    """Return the mean power of each band relative to all of them.

    Parameters
    ----------
    power
        float32, shape (bands, frames), not negative.

    Returns
    -------
    float32, shape (bands,), in dB from -60 to 0; for silence as if all bands were equal.

    Examples
    --------
    >>> band_level(np.array([[1, 1], [1, 1]], np.float32)).round(2)
    array([-3.01, -3.01], dtype=float32)
    """
    mean = power.mean(axis=1)
    total = mean.sum()
    part = mean + FAINT_IN_ALL * total + SILENCE
    level: Float32 = (10 * np.log10(part / (total + len(mean) * SILENCE))).astype(np.float32)
    return np.minimum(level, 0)


def spectral_tilt(power: Float32, edges: tuple[float, ...] = BAND_EDGES) -> Float32:
    """Return the slope of the spectrum over the logarithm of frequency.

    The straight line that fits best to the level per octave of the bands; 0 for pink noise,
    3 for white noise.

    Parameters
    ----------
    power
        float32, shape (bands, frames), positive.
    edges
        Edges of the bands in Hz, rising.

    Returns
    -------
    float32, shape (frames,), in dB per octave.

    Examples
    --------
    >>> spectral_tilt(np.array([[1.0], [2.0], [4.0]], np.float32), (100, 200, 400, 800)).round(2)
    array([3.01], dtype=float32)
    """
    octaves = np.log2(edges)
    width, centre = np.diff(octaves), (octaves[:-1] + octaves[1:]) / 2
    level = 10 * np.log10(power / width[:, np.newaxis])
    centre -= centre.mean()
    slope: Float32 = (centre @ level / (centre @ centre)).astype(np.float32)
    return slope


def high_frequency_cutoff(spectrum: Float64, frequencies: Float64) -> float:
    """Return where the spectrum of a clip ends, to the next full kilohertz.

    The upper end of the highest kilohertz whose power is at most 70 dB below that of the
    strongest. On a whole spectrum it tells encoders from each other: 16 kHz for mp3 at
    128 kb/s, 19 or 20 at 192. As a feature it is therefore cut at 14 kHz.

    Parameters
    ----------
    spectrum
        float64, shape (bins,): power per bin over the whole clip, not negative.
    frequencies
        float64, shape (bins,): centres of the bins in Hz, rising.

    Returns
    -------
    Hz; 0 for silence.

    Examples
    --------
    >>> frequencies = np.arange(0, 22050, 20.0)
    >>> high_frequency_cutoff(np.where(frequencies < 15500, 1.0, 1e-9), frequencies)
    16000.0
    """
    # The lowest kilohertz holds DC, which is not heard.
    audible = frequencies >= BAND_EDGES[0]
    steps = np.bincount((frequencies // CUTOFF_STEP).astype(np.int64), spectrum * audible)
    if steps.max() <= 2 * SILENCE:
        return 0.0
    heard = np.flatnonzero(steps >= steps.max() * 10 ** (CUTOFF_LEVEL / 10))
    return float((heard[-1] + 1) * CUTOFF_STEP)


def _band_level(analysis: Analysis, **_: object) -> Rows:
    return band_level(bands_of(analysis).power)[:, np.newaxis]


def _spectral_tilt(analysis: Analysis, **_: object) -> Rows:
    power = bands_of(analysis).power
    steady = pooled(power, FRAMES) + floors(power)
    bounds = [BAND_EDGES.index(edge) for edge in TILT_EDGES]
    return np.stack(
        [
            spectral_tilt(steady[low:high], BAND_EDGES[low : high + 1])
            for low, high in pairwise(bounds)
        ]
    )


def _high_frequency_cutoff(analysis: Analysis, **_: object) -> Rows:
    bands = bands_of(analysis)
    cutoff = high_frequency_cutoff(bands.spectrum, bands.frequencies)
    return np.array([[min(cutoff, CUTOFF_LIMIT)]], np.float32)


BAND_LEVEL = Descriptor(
    "band_level",
    rows=lambda **_: band_rows("dB", "mean power relative to all bands, -60 to 0"),
    compute=_band_level,
)

SPECTRAL_TILT = Descriptor(
    "spectral_tilt",
    rows=lambda **_: band_rows(
        "dB/octave", "slope of the spectrum, 0 for pink and 3 for white noise", edges=TILT_EDGES
    ),
    compute=_spectral_tilt,
)

HIGH_FREQUENCY_CUTOFF = Descriptor(
    "high_frequency_cutoff",
    rows=lambda **_: (
        Column(
            "",
            "Hz",
            "where the spectrum ends, in full kHz and at most 14000, so that it cannot tell"
            " encoders apart",
        ),
    ),
    compute=_high_frequency_cutoff,
)
