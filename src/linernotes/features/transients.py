"""How suddenly sounds begin and end, per band.

Close microphones, gates and transient shapers make attacks steep; compressors with a short
attack, rooms and tape make them round. Measured every 6 ms, which is as fine as codecs leave
it: the blocks of mp3 are longer and smear attacks by some milliseconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import (
    BAND_EDGES,
    SAMPLE_RATE,
    band_rows,
    floors,
    stereo_bands,
    stereo_of,
)
from linernotes.features.descriptor import Descriptor

EDGES = BAND_EDGES[2:]
"""Hz, from 160: below that a period is longer than the frames."""

N_FFT = 512
HOP_LENGTH = 256

WINDOW = 32
"""Frames, 0.19 s: the crest of a band is that of a note rather than of a track."""

STEP = 2
"""Frames between the two levels of which the difference is taken: they do not overlap."""

STEEPEST = 0.02
"""Share of the frames that stands for the attacks, or for the endings."""

Float32 = NDArray[np.float32]


def fine_power(samples: NDArray[np.float32], sample_rate: int) -> Float32:
    """Return the power of bands at times that are near to each other.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite.
    sample_rate
        In Hz.

    Returns
    -------
    float32, shape (8, frames): mean square from 160 Hz to 14 kHz, both channels together,
    every 256 samples.

    Examples
    --------
    >>> fine_power(np.zeros((2, 44100), np.float32), 44100).shape
    (8, 171)
    """
    return stereo_bands(samples, sample_rate, edges=EDGES, n_fft=N_FFT, hop_length=HOP_LENGTH).power


def band_crest_factor(power: Float32, *, window: int = WINDOW) -> Float32:
    """Return the largest over the mean power of successive windows.

    Parameters
    ----------
    power
        float32, shape (bands, frames), not negative.
    window
        Frames per window; a clip that is shorter is taken whole.

    Returns
    -------
    float32, shape (bands, frames // window) and at least (bands, 1), in dB, 0 or more; 0 for
    a steady level and for silence.

    Examples
    --------
    >>> band_crest_factor(np.array([[1, 1, 1, 1], [0, 0, 0, 1]], np.float32)).round(2)
    array([[0.  ],
           [6.02]], dtype=float32)
    """
    window = min(window, power.shape[1])
    count = power.shape[1] // window
    windows = power[:, : count * window].reshape(len(power), count, window)
    floor = floors(power)
    crest: Float32 = 10 * np.log10((windows.max(axis=2) + floor) / (windows.mean(axis=2) + floor))
    # Rounding may lead a hair below.
    return np.maximum(crest, 0)


def steepest_rises(power: Float32, *, step: int = STEP) -> Float32:
    """Return how fast levels rise where they rise fastest.

    Parameters
    ----------
    power
        float32, shape (bands, frames), not negative. Turned round in time it tells how fast
        they fall.
    step
        Frames between the levels that are compared.

    Returns
    -------
    float32, shape (bands,), in dB per step: the mean of the steepest fiftieth of rises. 0 for
    a steady level, for silence and for clips too short to tell.

    Examples
    --------
    >>> click = np.zeros((1, 50), np.float32)
    >>> click[0, 20:] = 1
    >>> steepest_rises(click).round(), steepest_rises(click[:, ::-1])
    (array([42.], dtype=float32), array([0.], dtype=float32))
    """
    floor = floors(power)
    level = 10 * np.log10(power + floor)
    rises = level[:, step:] - level[:, :-step]
    if not rises.size:
        return np.zeros(len(power), np.float32)
    count = max(1, round(STEEPEST * rises.shape[1]))
    steepest = np.partition(rises, -count, axis=1)[:, -count:]
    mean: Float32 = np.maximum(steepest.mean(axis=1), 0)
    return mean


def fine_power_of(analysis: Analysis) -> Float32:
    """Return the `fine_power` of a clip at 44.1 kHz, measured once."""
    return analysis.once(("fine_power",), lambda: fine_power(stereo_of(analysis), SAMPLE_RATE))


BAND_CREST_FACTOR = Descriptor(
    "band_crest_factor",
    rows=lambda **_: band_rows(
        "dB", "largest power of 12 ms over the mean of 0.19 s, 0 for a steady level", edges=EDGES
    ),
    compute=lambda analysis, **_: band_crest_factor(fine_power_of(analysis)),
)

TRANSIENT_SHARPNESS = Descriptor(
    "transient_sharpness",
    rows=lambda **_: band_rows(
        "dB",
        "how much the level rises within 12 ms at the steepest attacks; encoders at 128 kb/s take"
        " some of it above 8 kHz, up to a third of the spread between tracks (AAC)",
        edges=EDGES,
    ),
    compute=lambda analysis, **_: steepest_rises(fine_power_of(analysis))[:, np.newaxis],
)

TRANSIENT_DECAY = Descriptor(
    "transient_decay",
    rows=lambda **_: band_rows(
        "dB", "how much the level falls within 12 ms at the steepest endings", edges=EDGES
    ),
    compute=lambda analysis, **_: steepest_rises(fine_power_of(analysis)[:, ::-1])[:, np.newaxis],
)
