"""Short-time spectra: what most descriptors are computed from.

Spectra are stored bins-major, (bins, frames) with the frames of one bin side by side, so
that loops over the frames of a bin run on vector units.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis

Samples = NDArray[np.float32]
Spectrum = NDArray[np.float32]

SAMPLE_RATE = 22050
N_FFT = 2048
HOP_LENGTH = 512
LARGEST_SAMPLE = 1e9

# The spectra of so many frames fit into the cache along with their input.
_FRAMES_AT_ONCE = 64


def stft(
    samples: Samples, *, n_fft: int = N_FFT, hop_length: int = HOP_LENGTH
) -> NDArray[np.complex64]:
    """Short-time Fourier transform with a periodic Hann window.

    The same as ``librosa.stft`` with its defaults, computed in double precision like it:
    frame ``i`` is centred on sample ``hop_length * i``, beyond both ends there is silence.

    Parameters
    ----------
    samples
        float32, shape (n,), finite.
    n_fft
        Length of the window and of the transform, in samples; even.
    hop_length
        Distance between frames, in samples.

    Returns
    -------
    spectrum
        complex64, shape (1 + n_fft // 2, 1 + n // hop_length), C-contiguous; no frames for no
        samples. A sinusoid of amplitude 1 on a bin's frequency has magnitude n_fft / 4 there.

    Raises
    ------
    ValueError
        If a sample is not finite, or the shape is wrong.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    >>> spectrum = stft(tone, n_fft=512, hop_length=256)
    >>> spectrum.shape, int(np.abs(spectrum[:, 9]).argmax())
    ((257, 63), 32)
    """
    samples = as_samples(samples)
    n_frames = count_frames(len(samples), hop_length=hop_length)
    spectrum = np.empty((count_bins(n_fft), n_frames), np.complex64)
    for start, block in transformed(samples, n_fft, hop_length, precise=True):
        spectrum[:, start : start + len(block)] = block.T
    return spectrum


def magnitudes(samples: Samples, *, n_fft: int = N_FFT, hop_length: int = HOP_LENGTH) -> Spectrum:
    """Magnitudes of the short-time Fourier transform, see `stft`.

    Much faster than that where ``n_fft`` is a power of two, as precise, and no faster else.

    Returns
    -------
    magnitudes
        float32, shape (1 + n_fft // 2, 1 + n // hop_length), at least 0, C-contiguous.

    Examples
    --------
    >>> magnitudes(np.ones(2048, np.float32)).shape
    (1025, 5)
    """
    samples = as_samples(samples)
    n_frames = count_frames(len(samples), hop_length=hop_length)
    return magnitudes_between(samples, 0, n_frames, n_fft=n_fft, hop_length=hop_length)


def magnitudes_between(
    samples: Samples, first: int, last: int, *, n_fft: int = N_FFT, hop_length: int = HOP_LENGTH
) -> Spectrum:
    """Frames ``first`` to ``last`` (exclusive) of `magnitudes`, for tracks taken piece by piece.

    The samples are trusted to be finite.
    """
    spectrum = np.empty((count_bins(n_fft), max(0, last - first)), np.float32)
    if n_fft & (n_fft - 1):
        for start, block in transformed(samples, n_fft, hop_length, first, last, precise=True):
            spectrum[:, start : start + len(block)] = np.abs(block).T
    else:
        from linernotes.features._fourier import transform_frames, workplace

        begin = first * hop_length - n_fft // 2
        scratch = workplace(n_fft, hop_length)
        tables = (precise_window(n_fft), *_transform_tables(n_fft))
        transform_frames(samples, begin, hop_length, *tables, *scratch, spectrum)
    return spectrum


def sliding_magnitudes(
    samples: Samples, window: NDArray[np.float64], count: int, *, n_fft: int
) -> Spectrum:
    """Magnitudes of the transforms of windows that begin at the first samples, one after the other.

    Parameters
    ----------
    samples
        float32, shape (n,), trusted to be finite.
    window
        float64, shape (up to n_fft,); behind it there are zeros.
    count
        How many windows.
    n_fft
        Length of the transforms, a power of two.

    Returns
    -------
    float32, shape (1 + n_fft // 2, count).

    Examples
    --------
    >>> sliding_magnitudes(np.ones(4, np.float32), np.ones(2), 3, n_fft=4)[0]
    array([2., 2., 2.], dtype=float32)
    """
    from linernotes.features._fourier import transform_frames, workplace

    padded = np.zeros(n_fft)
    padded[: len(window)] = window
    spectrum = np.empty((count_bins(n_fft), count), np.float32)
    space = workplace(n_fft, 1)
    transform_frames(samples, 0, 1, padded, *_transform_tables(n_fft), *space, spectrum)
    return spectrum


def power(samples: Samples, *, n_fft: int = N_FFT, hop_length: int = HOP_LENGTH) -> Spectrum:
    """Squared magnitudes of the short-time Fourier transform, see `stft`.

    Returns
    -------
    power
        float32, shape (1 + n_fft // 2, 1 + n // hop_length), at least 0, C-contiguous.

    Examples
    --------
    >>> float(power(np.zeros(2048, np.float32)).max())
    0.0
    """
    spectrum = magnitudes(samples, n_fft=n_fft, hop_length=hop_length)
    return np.square(spectrum, out=spectrum)


def fft_frequencies(*, sample_rate: float, n_fft: int = N_FFT) -> NDArray[np.float64]:
    """Centre frequencies of the bins in Hz, float64 of shape (1 + n_fft // 2,).

    Examples
    --------
    >>> fft_frequencies(sample_rate=22050, n_fft=4)
    array([    0. ,  5512.5, 11025. ])
    """
    return np.arange(count_bins(n_fft), dtype=np.float64) * (sample_rate / n_fft)


def as_spectrum(spectrum: Spectrum, *, signed: bool = False) -> Spectrum:
    """Return a spectrum as contiguous float32, or raise a ValueError that says what is wrong.

    Examples
    --------
    >>> as_spectrum(np.zeros(3, np.float32))
    Traceback (most recent call last):
    ...
    ValueError: A spectrum must have shape (bins, frames), not (3,).
    """
    array = np.asarray(spectrum)
    if array.ndim != 2 or not len(array):
        raise ValueError(f"A spectrum must have shape (bins, frames), not {array.shape}.")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"A spectrum must hold real numbers, not {array.dtype}.")
    values: Spectrum = np.ascontiguousarray(array, np.float32)
    flat = values.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = not np.isfinite(flat @ flat)
    if suspicious and not np.isfinite(flat).all():
        raise ValueError("A spectrum must be finite; there is NaN or infinity in it.")
    # One frame tells magnitudes from decibels.
    if not signed and values.size and values[:, 0].min() < 0:
        raise ValueError("A spectrum must be at least 0: take magnitudes.")
    return values


def count_frames(n_samples: int, *, hop_length: int = HOP_LENGTH) -> int:
    """Count centred frames: 1 + n_samples // hop_length, or 0 without samples."""
    if hop_length < 1:
        raise ValueError(f"hop_length must be positive, not {hop_length}.")
    return 1 + n_samples // hop_length if n_samples else 0


def frame(
    samples: Samples, *, frame_length: int = N_FFT, hop_length: int = HOP_LENGTH, edge: bool = False
) -> NDArray[np.float32]:
    """Cut samples into centred, overlapping frames.

    Parameters
    ----------
    samples
        float32, shape (n,).
    frame_length, hop_length
        Length and distance of the frames in samples; the length is even.
    edge
        Whether the first and the last sample go on beyond the ends, rather than silence.

    Returns
    -------
    frames
        Read-only view, float32, shape (1 + n // hop_length, frame_length): frames overlap in
        memory. Frame ``i`` is centred on sample ``hop_length * i``.

    Examples
    --------
    >>> frame(np.array([1, 2, 3], np.float32), frame_length=2, hop_length=1)
    array([[0., 1.],
           [1., 2.],
           [2., 3.],
           [3., 0.]], dtype=float32)
    """
    count_bins(frame_length)
    n_frames = count_frames(len(samples), hop_length=hop_length)
    if not n_frames:
        return np.empty((0, frame_length), np.float32)
    half = frame_length // 2
    padded = np.pad(samples, half, mode="edge" if edge else "constant")
    return sliding_window_view(padded, frame_length)[::hop_length]


def as_samples(samples: Samples) -> Samples:
    """Return mono samples as contiguous float32, or raise a ValueError that says what is wrong.

    Examples
    --------
    >>> as_samples(np.array([0.0, np.nan]))
    Traceback (most recent call last):
    ...
    ValueError: Samples must be finite; there is NaN or infinity among them.
    """
    array = np.asarray(samples)
    if array.ndim != 1:
        raise ValueError(f"Samples must have shape (n,), not {array.shape}.")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"Samples must be real numbers, not {array.dtype}.")
    mono: Samples = np.ascontiguousarray(array, np.float32)
    # The energy tells at once that all is well; look closely only if it does not.
    with np.errstate(over="ignore", invalid="ignore"):
        if mono @ mono <= LARGEST_SAMPLE:
            return mono
    if not np.isfinite(mono).all():
        raise ValueError("Samples must be finite; there is NaN or infinity among them.")
    # Beyond this, energies overflow; and 1 is full scale.
    if np.abs(mono).max() > LARGEST_SAMPLE:
        raise ValueError(f"Samples must not exceed {LARGEST_SAMPLE:g}; full scale is 1.")
    return mono


@cache
def hann_window(length: int) -> NDArray[np.float32]:
    """Periodic Hann window, float32 of shape (length,), read-only."""
    window: NDArray[np.float32] = precise_window(length).astype(np.float32)
    window.flags.writeable = False
    return window


def count_bins(n_fft: int) -> int:
    """Count the bins of a transform: 1 + n_fft // 2 for an even, positive length."""
    if n_fft < 2 or n_fft % 2:
        raise ValueError(f"The length of a frame must be even and positive, not {n_fft}.")
    return 1 + n_fft // 2


def samples_of(analysis: Analysis, *, sample_rate: int = SAMPLE_RATE) -> Samples:
    """Mono samples at a sample rate, checked to be finite."""
    return analysis.once(("samples", sample_rate), lambda: as_samples(analysis.mono(sample_rate)))


def magnitudes_of(
    analysis: Analysis,
    *,
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
) -> Spectrum:
    """Magnitudes of the short-time Fourier transform of the mono mix, (bins, frames)."""
    return analysis.once(
        ("magnitudes", sample_rate, n_fft, hop_length),
        lambda: magnitudes(
            samples_of(analysis, sample_rate=sample_rate), n_fft=n_fft, hop_length=hop_length
        ),
    )


@cache
def _transform_tables(n_fft: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cosines and sines, and order of the results of `_fourier.transform_frames`."""
    from linernotes.features._fourier import places_of_results

    phase = 2 * np.pi * np.arange(n_fft) / n_fft
    return np.stack([np.cos(phase), np.sin(phase)]), places_of_results(n_fft // 2)


def transformed(
    samples: Samples,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    first: int = 0,
    last: int | None = None,
    *,
    precise: bool = False,
) -> Iterator[tuple[int, NDArray[np.complexfloating]]]:
    """Yield spectra of frames ``first`` to ``last`` in blocks, (frames, bins), and their starts.

    For those who want bins side by side, and for lengths that are no powers of two. The
    samples are trusted to be finite. In single precision, or twice as slow in double.
    """
    # scipy's transform takes several frames at once and is three times as fast as numpy's;
    # its import takes 0.1 s, which others need not wait for.
    from scipy.fft import rfft

    if last is None:
        last = count_frames(len(samples), hop_length=hop_length)
    if last <= first:
        return
    begin = first * hop_length - n_fft // 2
    end = (last - 1) * hop_length + n_fft // 2
    known = samples[max(begin, 0) : max(end, 0)]
    offset = max(-begin, 0)
    padded = np.zeros(end - begin, np.float32)
    padded[offset : offset + len(known)] = known
    frames = sliding_window_view(padded, n_fft)[::hop_length]
    window = precise_window(n_fft) if precise else hann_window(n_fft)
    for start in range(0, last - first, _FRAMES_AT_ONCE):
        windowed = frames[start : start + _FRAMES_AT_ONCE] * window
        yield start, rfft(windowed, axis=1, overwrite_x=True)


@cache
def precise_window(length: int) -> NDArray[np.float64]:
    """Periodic Hann window, float64 of shape (length,)."""
    phase = 2 * np.pi * np.arange(length) / length
    return 0.5 - 0.5 * np.cos(phase)
