"""The Fourier transform of many frames at once, compiled; import only where it is needed.

Libraries transform one frame after the other, and leave most of today's vector units idle.
Here 64 frames lie side by side, each step is taken for all of them, and the spectrum comes out
bins-major by itself. That makes double precision cheaper than a library's single precision,
whose rounding errors hide what lies 120 dB below the loudest bin: the spectral contrast looks
there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled, scratch

Doubles = NDArray[np.float64]
Spectrum = NDArray[np.float32]

#: Frames that lie side by side.
WIDTH = 64
_HALF = np.float32(0.5)


@compiled()
def transform(rows: NDArray[Any], turns: NDArray[Any]) -> None:
    """Transform columns in place, decimating in frequency by 4; results are out of order."""
    size = length = len(rows)
    while length >= 4:
        quarter = length // 4
        for block in range(0, size, length):
            for j in range(quarter):
                step = 2 * j * (size // length)
                cosine_1, sine_1 = turns[0, step], turns[1, step]
                cosine_2, sine_2 = turns[0, 2 * step], turns[1, 2 * step]
                cosine_3, sine_3 = turns[0, 3 * step], turns[1, 3 * step]
                a = rows[block + j]
                b = rows[block + j + quarter]
                c = rows[block + j + 2 * quarter]
                d = rows[block + j + 3 * quarter]
                for i in range(WIDTH):
                    k = i + WIDTH
                    sum_real, sum_imaginary = a[i] + c[i], a[k] + c[k]
                    less_real, less_imaginary = a[i] - c[i], a[k] - c[k]
                    other_real, other_imaginary = b[i] + d[i], b[k] + d[k]
                    turned_real, turned_imaginary = b[k] - d[k], d[i] - b[i]
                    a[i] = sum_real + other_real
                    a[k] = sum_imaginary + other_imaginary
                    real, imaginary = less_real + turned_real, less_imaginary + turned_imaginary
                    b[i] = real * cosine_1 + imaginary * sine_1
                    b[k] = imaginary * cosine_1 - real * sine_1
                    real, imaginary = sum_real - other_real, sum_imaginary - other_imaginary
                    c[i] = real * cosine_2 + imaginary * sine_2
                    c[k] = imaginary * cosine_2 - real * sine_2
                    real, imaginary = less_real - turned_real, less_imaginary - turned_imaginary
                    d[i] = real * cosine_3 + imaginary * sine_3
                    d[k] = imaginary * cosine_3 - real * sine_3
        length = quarter
    if length == 2:
        for block in range(0, size, 2):
            a = rows[block]
            b = rows[block + 1]
            for i in range(2 * WIDTH):
                total = a[i] + b[i]
                b[i] = a[i] - b[i]
                a[i] = total


@compiled()
def _magnitudes(
    rows: Doubles, turns: Doubles, places: NDArray[np.int64], start: int, spectrum: Spectrum
) -> None:
    """Make the spectra of real frames from those of their even and odd samples."""
    size = len(rows)
    count = min(WIDTH, spectrum.shape[1] - start)
    for index in range(size // 2 + 1):
        here = rows[places[index]]
        there = rows[places[(size - index) % size]]
        low = spectrum[index, start : start + count]
        high = spectrum[size - index, start : start + count]
        cosine, sine = turns[0, index], turns[1, index]
        for i in range(count):
            k = i + WIDTH
            even_real, even_imaginary = here[i] + there[i], here[k] - there[k]
            odd_real, odd_imaginary = here[k] + there[k], there[i] - here[i]
            real = odd_real * cosine + odd_imaginary * sine
            imaginary = odd_imaginary * cosine - odd_real * sine
            plus = (even_real + real) ** 2 + (even_imaginary + imaginary) ** 2
            minus = (even_real - real) ** 2 + (even_imaginary - imaginary) ** 2
            low[i] = _HALF * np.sqrt(np.float32(plus))
            high[i] = _HALF * np.sqrt(np.float32(minus))


@compiled(
    "void(float32[::1], int64, int64, float64[::1], float64[:,::1], int64[::1],"
    " float32[:,::1], float64[:,::1], float32[:,::1])"
)
def transform_frames(  # noqa: PLR0917 (compiled functions know no keywords)
    samples: NDArray[np.float32],
    begin: int,
    hop_length: int,
    window: Doubles,
    turns: Doubles,
    places: NDArray[np.int64],
    upright: Spectrum,
    rows: Doubles,
    spectrum: Spectrum,
) -> None:
    """Fill in the magnitudes of frames, bins-major; the first starts at sample ``begin``.

    Beyond both ends of the samples there is silence. ``turns`` are the cosines and the sines
    of the fractions of a turn that the window is long; ``places`` come from
    `places_of_results`.

    The rest is to work in: ``upright`` has a row for each place within a hop, so that samples
    of successive frames lie side by side; ``rows`` have real parts, then imaginary ones, of
    half as many samples as the window has.
    """
    n_hops = upright.shape[1]
    for start in range(0, spectrum.shape[1], WIDTH):
        for hop in range(n_hops):
            first = begin + (start + hop) * hop_length
            for i in range(hop_length):
                inside = 0 <= first + i < len(samples)
                upright[i, hop] = samples[first + i] if inside else np.float32(0)
        # Even samples become real parts and odd ones imaginary, for half the work.
        for place in range(len(window)):
            source = upright[place % hop_length, place // hop_length :]
            target = rows[place // 2]
            offset = place % 2 * WIDTH
            for i in range(WIDTH):
                target[offset + i] = window[place] * np.float64(source[i])
        transform(rows, turns)
        _magnitudes(rows, turns, places, start, spectrum)


def workplace(n_fft: int, hop_length: int) -> tuple[Spectrum, Doubles]:
    """Make the arrays that `transform_frames` works in."""
    n_hops = (n_fft - 1) // hop_length + WIDTH
    return scratch(hop_length, n_hops), scratch(n_fft // 2, 2 * WIDTH, dtype=np.float64)


def places_of_results(size: int) -> NDArray[np.int64]:
    """Rows where the frequencies end up when decimating by 4, at last perhaps by 2.

    Examples
    --------
    >>> places_of_results(8)
    array([0, 2, 4, 6, 1, 3, 5, 7])
    """
    return np.argsort(_order(size))


def _order(size: int) -> NDArray[np.int64]:
    if size == 1:
        return np.zeros(1, np.int64)
    radix = 4 if size >= 4 else 2
    inner = _order(size // radix)
    return np.concatenate([radix * inner + remainder for remainder in range(radix)])
