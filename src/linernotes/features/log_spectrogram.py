"""Spectrograms as pictures: the frequency axis logarithmic, loudness as brightness.

Networks that look at pictures get small ones of equal size, so that each tells of its own few
seconds alone: as bright in a quiet passage as in a loud one.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import FLOOR, TOP_DB, power_to_db
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.reduction import Durations, Reduction, Values
from linernotes.features.spectrum import (
    N_FFT,
    SAMPLE_RATE,
    Spectrum,
    as_spectrum,
    fft_frequencies,
    magnitudes_of,
)

N_BANDS = 100
LOWEST = 40.0
HIGHEST = SAMPLE_RATE / 2
# 100 frames are 6 s.
HOP_LENGTH = 1323


def log_frequency_power(
    power: Spectrum,
    *,
    sample_rate: float = SAMPLE_RATE,
    n_bands: int = N_BANDS,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
) -> Spectrum:
    """Mean power in bands of equal ratio, as a logarithmic frequency axis shows it.

    Between the transform's bins, power is taken to change linearly; bands narrower than a bin
    lie on that line.

    Parameters
    ----------
    power
        float32, shape (1 + n_fft // 2, frames), at least 0.
    sample_rate
        Of the sound, in Hz.
    n_bands
        How many; at least 1.
    lowest, highest
        The lower edge of the first band and the upper edge of the last, in Hz.

    Returns
    -------
    bands
        float32, shape (n_bands, frames), at least 0.

    Raises
    ------
    ValueError
        If values are not finite, or the edges are out of order or range.

    Examples
    --------
    >>> bands = log_frequency_power(np.full((1025, 1), 2, np.float32))
    >>> bands.shape, bool(np.allclose(bands, 2))
    ((100, 1), True)
    """
    power = as_spectrum(power)
    if n_bands < 1 or not 0 < lowest < highest <= sample_rate / 2:
        raise ValueError(
            f"There must be at least one band, from above 0 Hz up to at most {sample_rate / 2:g} "
            f"Hz, not {n_bands} from {lowest:g} to {highest:g} Hz."
        )
    bands: Spectrum = _weights(len(power), sample_rate, n_bands, lowest, highest) @ power
    return bands


@lru_cache(maxsize=8)
def _weights(
    n_bins: int, sample_rate: float, n_bands: int, lowest: float, highest: float
) -> NDArray[np.float32]:
    """Of each bin in each band: the integral of a line from bin to bin, over the band's width."""
    places = fft_frequencies(sample_rate=sample_rate, n_fft=2 * (n_bins - 1))
    edges = np.geomspace(lowest, highest, n_bands + 1)
    # Each bin's hat integrated up to every edge: half a square below its peak, and above.
    step = places[1]
    reach = np.clip((edges[:, np.newaxis] - places) / step, -1, 1)
    integral = step * np.where(reach < 0, (1 + reach) ** 2 / 2, 1 - (1 - reach) ** 2 / 2)
    weights: NDArray[np.float32] = (
        np.diff(integral, axis=0) / np.diff(edges)[:, np.newaxis]
    ).astype(np.float32)
    weights.flags.writeable = False
    return weights


def pictures(count: int, frames: int, *, depth: float = TOP_DB) -> Reduction:
    """Cut values in dB into pictures, one after the other, each band by band.

    Parameters
    ----------
    count
        How many pictures; those beyond the end of the sound are black.
    frames
        Width of a picture.
    depth
        A picture's brightness is 1 where it is loudest, and 0 so many dB below.

    Examples
    --------
    >>> rows = np.array([[-40, -80, -20], [0, -20, -60]], np.float32)
    >>> pictures(2, 2).reduce(rows, np.ones(1))
    array([0.5 , 0.  , 1.  , 0.75, 1.  , 0.  , 0.5 , 0.  ], dtype=float32)
    """
    high = len(str(count))

    def columns(rows: tuple[Column, ...]) -> tuple[Column, ...]:
        places = len(rows) * frames
        width = len(str(places))
        return tuple(
            Column(
                f"{picture:0{high}}_{place:0{width}}",
                "1",
                f"brightness in picture {picture}, 0 to 1: {len(rows)} bands from low to high, of "
                f"{frames} frames each",
            )
            for picture in range(1, count + 1)
            for place in range(1, places + 1)
        )

    def reduce(rows: Rows, _: Durations) -> Values:
        silence = 10 * np.log10(FLOOR)
        values = np.zeros((count, len(rows), frames), np.float32)
        for picture, start in zip(values, range(0, rows.shape[1], frames), strict=False):
            cut = rows[:, start : start + frames]
            # Rounding of the logarithm is no sound.
            if cut.max() > silence + 1e-3:
                bright = 1 + (cut - cut.max()) / np.float32(depth)
                np.maximum(bright, 0, out=picture[:, : cut.shape[1]])
        return values.ravel()

    return Reduction(columns, reduce)


def _measure(analysis: Analysis, *, n_bands: int = N_BANDS) -> Rows:
    magnitudes = magnitudes_of(analysis, n_fft=N_FFT, hop_length=HOP_LENGTH)
    return power_to_db(log_frequency_power(np.square(magnitudes), n_bands=n_bands), top_db=None)


def _rows(n_bands: int = N_BANDS) -> tuple[Column, ...]:
    edges = np.geomspace(LOWEST, HIGHEST, n_bands + 1)
    return tuple(
        Column(f"{band:03}", "dB", f"power from {low:.0f} to {high:.0f} Hz")
        for band, (low, high) in enumerate(pairwise(edges), start=1)
    )


LOG_SPECTROGRAM = Descriptor("log_spectrogram", rows=_rows, compute=_measure)
