"""Inner loops of the spectral descriptors, compiled; import only where they are needed.

Spectra come bins-major, so that the innermost loops run over frames that lie side by side.
What they work in, "scratch", comes from outside: compiling the making of arrays takes long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.compile import compiled

Array = NDArray[np.float32]

# Numbers of a kernel's own would make it compute in double precision.
_ZERO, _HALF, _ONE, _TWO, _PI, _INFINITY = map(np.float32, (0, 0.5, 1, 2, np.pi, np.inf))
_THIRD_ORDER, _FIFTH_ORDER, _SEVENTH_ORDER, _NINTH_ORDER = map(
    np.float32, (-1 / 6, 1 / 120, -1 / 5040, 1 / 362880)
)
_SILENT = np.float32(-1e-10)


@compiled("void(float32[:,::1], float32[::1], float32, float32[:,::1], float32[:,::1])")
def spectral_shape(
    magnitudes: Array, frequencies: Array, roll_fraction: np.float32, scratch: Array, shape: Array
) -> None:
    """Fill the rows of ``shape``: centroid, bandwidth, roll-off, energy and peak of frames.

    The energy is the sum of squares, with DC and Nyquist frequency counted half. ``scratch``
    has six rows, and a column for each frame that is looked at at once.
    """
    n_bins, n_frames = magnitudes.shape
    width = scratch.shape[1]
    total = scratch[0]
    weighted = scratch[1]
    energy = scratch[2]
    peak = scratch[3]
    goal = scratch[4]
    below = scratch[5]
    for start in range(0, n_frames, width):
        count = min(width, n_frames - start)
        for i in range(width):
            total[i] = 0
            weighted[i] = 0
            energy[i] = 0
            peak[i] = 0
        for k in range(n_bins):
            row = magnitudes[k, start : start + count]
            frequency = frequencies[k]
            half = _HALF if k == 0 or k == n_bins - 1 else _ONE
            for i in range(count):
                value = row[i]
                total[i] += value
                weighted[i] += frequency * value
                energy[i] += half * value * value
                peak[i] = value if value > peak[i] else peak[i]
        for i in range(count):
            # Silent frames have their centroid and all else at 0.
            weighted[i] = weighted[i] / total[i] if total[i] > 0 else _ZERO
            shape[0, start + i] = weighted[i]
            shape[3, start + i] = energy[i]
            shape[4, start + i] = peak[i]
            goal[i] = total[i] * roll_fraction
        running = peak
        spread = energy
        for i in range(width):
            running[i] = 0
            spread[i] = 0
            below[i] = 0
        for k in range(n_bins):
            row = magnitudes[k, start : start + count]
            frequency = frequencies[k]
            for i in range(count):
                value = row[i]
                running[i] += value
                distance = frequency - weighted[i]
                spread[i] += value * distance * distance
                below[i] += _ONE if running[i] < goal[i] else _ZERO
        for i in range(count):
            spread[i] = spread[i] / total[i] if total[i] > 0 else _ZERO
            shape[1, start + i] = np.sqrt(spread[i])
            shape[2, start + i] = frequencies[min(np.int64(below[i]), n_bins - 1)]


@compiled("void(float32[:,::1], float32, int64[:,::1], float32[:,::1], float32[:,::1])")
def smallest(
    magnitudes: Array, sign: np.float32, bands: NDArray[np.int64], scratch: Array, means: Array
) -> None:
    """Mean of the smallest magnitudes in each band of each frame; of the largest, if negated.

    Rows of ``bands`` are: first bin, bin after the last, how many to average. ``scratch`` has
    four rows more than that, and a column for each frame that is looked at at once.
    """
    n_frames = magnitudes.shape[1]
    width = scratch.shape[1]
    for start in range(0, n_frames, width):
        count = min(width, n_frames - start)
        for band in range(len(bands)):
            first = bands[band, 0]
            last = bands[band, 1]
            keep = bands[band, 2]
            # Four values of each frame at once sink to their places in its sorted list.
            for i in range(width):
                for j in range(keep):
                    scratch[4 + j, i] = _INFINITY
            for k in range(first, last, 4):
                for j in range(4):
                    row = magnitudes[min(k + j, last - 1), start : start + count]
                    for i in range(count):
                        scratch[j, i] = sign * row[i] if k + j < last else _INFINITY
                for j in range(4, 4 + keep):
                    for i in range(count):
                        kept = scratch[j, i]
                        a = scratch[0, i]
                        b = scratch[1, i]
                        c = scratch[2, i]
                        d = scratch[3, i]
                        scratch[0, i] = a if a > kept else kept
                        kept = a if a < kept else kept
                        scratch[1, i] = b if b > kept else kept
                        kept = b if b < kept else kept
                        scratch[2, i] = c if c > kept else kept
                        kept = c if c < kept else kept
                        scratch[3, i] = d if d > kept else kept
                        scratch[j, i] = d if d < kept else kept
            for i in range(count):
                total = _ZERO
                for j in range(4, 4 + keep):
                    total += scratch[j, i]
                means[band, start + i] = sign * total / keep


@compiled("void(float32[:,::1], float32[::1], int64[:,::1], float32[:,::1])")
def filter_power(
    magnitudes: Array, weights: Array, ranges: NDArray[np.int64], filtered: Array
) -> None:
    """Weighted sums of squared magnitudes.

    Rows of ``ranges`` are: first bin, bin after the last, where their weights start.
    """
    n_frames = magnitudes.shape[1]
    width = 256
    for start in range(0, n_frames, width):
        count = min(width, n_frames - start)
        for row in range(len(ranges)):
            first = ranges[row, 0]
            last = ranges[row, 1]
            offset = ranges[row, 2] - first
            total = filtered[row, start : start + count]
            for i in range(count):
                total[i] = 0
            for k in range(first, last):
                weight = weights[offset + k]
                values = magnitudes[k, start : start + count]
                for i in range(count):
                    total[i] += weight * values[i] * values[i]


@compiled("int64(float32[:,::1], float32[::1], int64, int64, uint8[::1], float32[:,::1])")
def spectral_peaks(  # noqa: PLR0917 (compiled functions know no keywords)
    magnitudes: Array,
    thresholds: Array,
    first: int,
    last: int,
    scratch: NDArray[np.uint8],
    peaks: Array,
) -> int:
    """Find the bins that are louder than their neighbours and than the frame's threshold.

    Columns of ``peaks`` become: the bin, the magnitudes before, at and after it, and the
    threshold. ``scratch`` is as long as there are frames. Returns how many there are.
    """
    n_frames = magnitudes.shape[1]
    found = 0
    for k in range(first, last):
        before = magnitudes[k - 1]
        here = magnitudes[k]
        after = magnitudes[k + 1]
        for i in range(n_frames):
            scratch[i] = (here[i] > before[i]) & (here[i] >= after[i]) & (here[i] > thresholds[i])
        for i in range(n_frames):
            if scratch[i]:
                peaks[0, found] = np.float32(k)
                peaks[1, found] = before[i]
                peaks[2, found] = here[i]
                peaks[3, found] = after[i]
                peaks[4, found] = thresholds[i]
                found += 1
    return found


@compiled("void(float32[::1], int64, int64, uint8[::1], float32[::1])")
def count_crossings(
    samples: Array, frame_length: int, hop_length: int, scratch: NDArray[np.uint8], rates: Array
) -> None:
    """Share of samples whose sign differs from the one before, in centred frames.

    Beyond the ends, the first and the last sample go on. The first sample of a frame has none
    before it. ``scratch`` is as long as the samples.
    """
    n_samples = len(samples)
    half = frame_length // 2
    crossing = scratch
    crossing[0] = 0
    for i in range(1, n_samples):
        crossing[i] = (samples[i] < _SILENT) != (samples[i - 1] < _SILENT)
    for index in range(len(rates)):
        first = max(index * hop_length - half + 1, 0)
        total = np.int32(0)
        for value in crossing[first : index * hop_length + half]:
            total += np.int32(value)
        rates[index] = np.float32(total) / np.float32(frame_length)


@compiled("void(float32[:,::1], float64[:,::1])")
def moments(rows: Array, table: NDArray[np.float64]) -> None:
    """Fill in mean, standard deviation, skew and kurtosis of each row."""
    n = rows.shape[1]
    for index in range(len(rows)):
        row = rows[index]
        total = 0.0
        for value in row:
            total += np.float64(value)
        mean = total / n
        second = third = fourth = 0.0
        for value in row:
            distance = np.float64(value) - mean
            square = distance * distance
            second += square
            third += square * distance
            fourth += square * square
        second /= n
        # A row that is constant but for rounding has no shape; neither has a tiny one.
        shaped = second > 1e-12 * mean * mean and second > 1e-70
        table[index, 0] = mean
        table[index, 1] = np.sqrt(second)
        table[index, 2] = third / n / (second * np.sqrt(second)) if shaped else 0.0
        table[index, 3] = fourth / n / (second * second) - 3 if shaped else 0.0


@compiled(
    "void(float32[::1], float64[::1], float64[::1], float64[::1], float32[::1], float32[:,::1])"
)
def fold_lobes(  # noqa: PLR0917 (compiled functions know no keywords)
    spectrum: Array,
    places: NDArray[np.float64],
    units: NDArray[np.float64],
    reaches: NDArray[np.float64],
    scratch: Array,
    folded: Array,
) -> None:
    """Weight a spectrum with a Hann window's own about each place, and fold it into a row.

    Both hold real and imaginary parts in turns. ``units`` are what one over the window's
    length is in bins of the spectrum, ``reaches`` how many units the weights go to each side.
    ``scratch`` is as long as the spectrum has bins.
    """
    n_bins = len(spectrum) // 2
    n_folded = folded.shape[1] // 2
    weights = scratch
    for row in range(len(places)):
        reach = units[row] * reaches[row]
        first = max(0, int(np.ceil(places[row] - reach)))
        last = min(n_bins, int(np.floor(places[row] + reach)) + 1)
        step = np.float32(1 / units[row])
        start = np.float32((first - places[row]) / units[row])
        for i in range(last - first):
            # sin(pi u) / (pi u (1 - u^2)), the sine as a series about the nearest zero.
            u = abs(start + step * np.float32(i))
            zero = np.floor(u + _HALF)
            x = _PI * (u - zero)
            y = x * x
            series = ((_NINTH_ORDER * y + _SEVENTH_ORDER) * y + _FIFTH_ORDER) * y + _THIRD_ORDER
            sine = x + x * y * series
            odd = zero - _TWO * np.floor(zero * _HALF)
            below = _PI * u * (_ONE - u) * (_ONE + u)
            weight = (_ONE - _TWO * odd) * sine / below
            # At 0 the fraction goes to 1, at 1 to a half.
            weights[i] = _ONE - _HALF * u if below == 0 else weight
        begin = first
        while begin < last:
            target = begin % n_folded
            count = min(last - begin, n_folded - target)
            source = spectrum[2 * begin : 2 * (begin + count)]
            weight_of = weights[begin - first : last - first]
            into = folded[row, 2 * target : 2 * (target + count)]
            for i in range(count):
                into[2 * i] += source[2 * i] * weight_of[i]
                into[2 * i + 1] += source[2 * i + 1] * weight_of[i]
            begin += count
