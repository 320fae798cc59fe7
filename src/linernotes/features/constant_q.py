"""The constant-Q transform: a spectrum whose bins are the notes of a scale.

A note's window is as long as a fixed number of its periods, so that low notes get long
windows and high ones short (J. Brown, "Calculation of a constant Q spectral transform",
JASA 89(1), 1991).

The window and the note make a filter, and its output is wanted once per hop only. So the
clip is transformed once as a whole; for each note, the part of the spectrum that the filter
lets pass is weighted with the Hann window's own spectrum, folded to the low rate at which
frames follow each other, and transformed back. Nothing is approximated but the far side lobes
of the window, which are left out, where librosa resamples the clip for each octave, rounds
the windows' lengths at the low rates and leaves out 1 % of each filter.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.compile import scratch
from linernotes.features.spectrum import (
    HOP_LENGTH,
    N_FFT,
    SAMPLE_RATE,
    Samples,
    Spectrum,
    as_samples,
    count_frames,
    samples_of,
)
from linernotes.features.tuning import tuning_of

C1 = 440 * 2 ** (-45 / 12)
N_BINS = 84
BINS_PER_OCTAVE = 12

# How far from its middle the window's spectrum is taken, in units of one over its length: its
# main lobe ends at 2, side lobes at 3, 4 and so on. High notes' lobes are wide and dear, so
# that they get the fewest; the lower a note, the more, up to the most.
_FEWEST, _MOST = 4, 12


def constant_q(
    samples: Samples,
    *,
    sample_rate: float,
    hop_length: int = HOP_LENGTH,
    lowest: float = C1,
    n_bins: int = N_BINS,
    bins_per_octave: int = BINS_PER_OCTAVE,
    tuning: float = 0.0,
) -> Spectrum:
    """Magnitudes of the constant-Q transform with Hann windows.

    Scaled as ``librosa.cqt`` with its defaults: a sinusoid of amplitude 1 on a bin has half
    the square root of the window's length in samples.

    Parameters
    ----------
    samples
        float32, shape (n,), finite. As short as they may be: beyond both ends there is
        silence.
    sample_rate
        Of the samples.
    hop_length
        Distance between frames, in samples.
    lowest
        Frequency of the lowest bin in Hz, before tuning.
    n_bins, bins_per_octave
        Number of bins, and of those in an octave.
    tuning
        By how many bins all of them are shifted up; see `tuning.estimate_tuning`.

    Returns
    -------
    magnitudes
        float32, shape (n_bins, 1 + n // hop_length), at least 0. Frame ``i`` is centred on
        sample ``hop_length * i``. No frames for no samples.

    Raises
    ------
    ValueError
        If a sample is not finite, or the highest bin reaches half the sample rate.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> magnitudes = constant_q(tone, sample_rate=22050)
    >>> magnitudes.shape, int(magnitudes[:, 20].argmax())
    ((84, 44), 45)
    """
    from scipy.fft import ifft

    from linernotes.features._kernels import fold_lobes

    samples = as_samples(samples)
    n_frames = count_frames(len(samples), hop_length=hop_length)
    if n_bins < 1 or lowest <= 0:
        raise ValueError("The constant-Q transform needs at least one bin, and above 0 Hz.")
    frequencies = lowest * 2.0 ** ((np.arange(n_bins) + tuning) / bins_per_octave)
    lengths = quality(bins_per_octave) * sample_rate / frequencies
    # Where the main lobe of the highest bin ends, as a share of the sample rate.
    top = frequencies[-1] / sample_rate + 2 / lengths[-1]
    if top > 0.5:
        raise ValueError(
            f"The highest bin of the constant-Q transform at {frequencies[-1]:.0f} Hz reaches "
            f"half the sample rate, {sample_rate / 2:g} Hz."
        )
    if not n_frames:
        return np.zeros((n_bins, 0), np.float32)
    n_folded = _transform_length(n_frames, int(np.ceil(lengths[0] / hop_length)))
    reaches = np.minimum(_FEWEST * np.sqrt(frequencies[-1] / frequencies), _MOST)
    # In bins of the whole clip's transform: one over the windows' lengths, where the notes lie.
    units = n_folded * hop_length / lengths
    places = frequencies * (n_folded * hop_length / sample_rate)
    highest = int(places[-1] + units[-1] * reaches[-1])
    spectrum = _whole_transform(samples, n_folded, hop_length, highest)
    folded = np.zeros((n_bins, n_folded), np.complex64)
    source, target = spectrum.view(np.float32), folded.view(np.float32)
    fold_lobes(source, places, units, reaches, scratch(len(spectrum)), target)
    frames = np.abs(ifft(folded, axis=1, overwrite_x=True)[:, :n_frames])
    scale = np.sqrt(lengths) / hop_length
    magnitudes: Spectrum = np.multiply(frames, scale[:, np.newaxis].astype(np.float32))
    return magnitudes


def quality(bins_per_octave: int) -> float:
    """How many periods of its note a window is long.

    Notes are as far apart as the window's half-power bandwidth, as in librosa.

    Examples
    --------
    >>> round(quality(12), 2)
    17.33
    """
    ratio = 4 ** (1 / bins_per_octave)
    return float((ratio + 1) / (ratio - 1))


def constant_q_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Seven octaves of semitones from C1 in the clip's own tuning, (84, frames).

    ``n_fft`` is that of the tuning's estimation. See `constant_q.constant_q`.
    """
    return analysis.once(
        ("constant-q", sample_rate, n_fft, hop_length),
        lambda: constant_q(
            samples_of(analysis, sample_rate=sample_rate),
            sample_rate=sample_rate,
            hop_length=hop_length,
            tuning=tuning_of(analysis, sample_rate=sample_rate, n_fft=n_fft, hop_length=hop_length),
        ),
    )


def _whole_transform(
    samples: Samples, n_rows: int, n_columns: int, highest: int
) -> NDArray[np.complex64]:
    """Fourier transform of samples padded to a length of rows x columns, up to a highest bin.

    Cooley's and Tukey's two steps, first along columns, then along rows, are three times as
    fast here as one long transform, for they run on vector units and stay in the cache.
    """
    from scipy.fft import fft, rfft

    table = np.zeros(n_rows * n_columns, np.float32)
    table[: len(samples)] = samples
    first = rfft(table.reshape(n_rows, n_columns), axis=0, overwrite_x=True)
    _turn(first, n_rows * n_columns)
    second = fft(first, axis=1, overwrite_x=True)
    # Bin b of row a is a + n_rows * b of the whole. Rows beyond the middle are mirrored.
    half = len(first)
    n_periods = min(highest // n_rows + 1, n_columns)
    spectrum = np.empty((n_periods, n_rows), np.complex64)
    spectrum[:, :half] = second[:, :n_periods].T
    mirrored = second[1 : n_rows - half + 1, n_columns - n_periods :]
    np.conjugate(mirrored.T[::-1, ::-1], out=spectrum[:, half:])
    return spectrum.ravel()


def _turn(table: NDArray[np.complex64], length: int) -> None:
    """Turn item b of row a by a * b / length of a full turn, in place."""
    few, coarse, fine = _turns(*table.shape, length)
    for index, turn in enumerate(coarse):
        rows = table[index * few : (index + 1) * few]
        rows *= fine[: len(rows)] * turn


@lru_cache(maxsize=4)
def _turns(
    n_rows: int, n_columns: int, length: int
) -> tuple[int, NDArray[np.complex64], NDArray[np.complex64]]:
    """How many rows go at once, turns of each first one, and turns relative to those."""
    few = int(np.sqrt(n_rows)) + 1
    column = np.arange(n_columns) / length
    rows = (np.arange(0, n_rows, few), np.arange(few))
    coarse, fine = (np.exp(-2j * np.pi * np.outer(row, column)) for row in rows)
    return few, coarse.astype(np.complex64), fine.astype(np.complex64)


@lru_cache(maxsize=64)
def _transform_length(n_frames: int, n_longest: int) -> int:
    """Frames to compute with, so that the longest window does not reach around to both ends."""
    from scipy.fft import next_fast_len

    return int(next_fast_len(n_frames + n_longest + 1))
