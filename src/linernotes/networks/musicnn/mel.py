"""The front end of the networks: log-mel spectrograms, in one piece or as a stream.

The numbers are those of librosa's ``melspectrogram(sr=16000, n_fft=512,
hop_length=256, n_mels=96)`` followed by ``log10(10000 * S + 1)``, which is what
the networks were trained on. librosa itself is not needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from linernotes.engine.blas import one_blas_thread

Frames = NDArray[np.float32]

SAMPLE_RATE = 16000
N_FFT = 512
HOP_LENGTH = 256
N_MELS = 96

# Frames are always computed this many at a time, the last ones next to silence:
# vectorised code rounds differently for other counts, and a frame must not
# depend on how the samples happened to arrive.
FRAMES_AT_ONCE = 128
SAMPLES_AT_ONCE = (FRAMES_AT_ONCE - 1) * HOP_LENGTH + N_FFT


def log_mel_spectrogram(samples: NDArray[np.float32]) -> Frames:
    """Log-mel spectrogram of mono audio at 16 kHz.

    Parameters
    ----------
    samples
        float32, shape (n,), at 16 kHz, full scale at -1 to 1. They must be finite:
        one NaN would spread over its whole frame. (Audio read by ``linernotes.audio``
        always is.)

    Returns
    -------
    frames
        float32, shape (1 + n // 256, 96); no frames for no samples. Frame ``i`` is centred
        on sample ``256 * i``, beyond both ends there is silence. Values are 0 for digital
        silence and reach about 6 for full-scale sound.

    Examples
    --------
    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> frames = log_mel_spectrogram(tone)
    >>> frames.shape, int(frames.mean(axis=0).argmax())
    ((63, 96), 13)
    """
    return np.concatenate([np.empty((0, N_MELS), np.float32), *stream_log_mel([samples])])


def stream_log_mel(blocks: Iterable[NDArray[np.float32]]) -> Iterator[Frames]:
    """Log-mel spectrogram of a stream, in bounded memory.

    Parameters
    ----------
    blocks
        Successive float32 blocks of mono samples at 16 kHz, of any sizes, zero included.

    Yields
    ------
    frames
        Successive float32 blocks of shape (up to 128, 96). Together they equal, bit for bit,
        `log_mel_spectrogram` of all samples, however these were cut into blocks.
    """
    step = FRAMES_AT_ONCE * HOP_LENGTH
    half = N_FFT // 2
    # What is still to be analysed: first the silence before the beginning.
    window = np.zeros(SAMPLES_AT_ONCE, np.float32)
    filled = half
    n_samples = 0
    for block in blocks:
        n_samples += len(block)
        position = 0
        while position < len(block):
            count = min(len(block) - position, SAMPLES_AT_ONCE - filled)
            window[filled : filled + count] = block[position : position + count]
            position += count
            filled += count
            if filled == SAMPLES_AT_ONCE:
                yield _log_mel(window)
                filled -= step
                window[:filled] = window[step:]
    if not n_samples:
        return
    # Frames still to come have their centres inside the window, where silence follows.
    window[filled:] = 0
    n_frames = (filled - half) // HOP_LENGTH + 1
    yield _log_mel(window)[:n_frames]


def _log_mel(samples: NDArray[np.float32]) -> Frames:
    """`FRAMES_AT_ONCE` frames out of `SAMPLES_AT_ONCE` samples."""
    frames = sliding_window_view(samples, N_FFT)[::HOP_LENGTH]
    # numpy's transform keeps float32. scipy's takes 15 % less of the whole front end, under
    # a millisecond for 30 s of audio, but importing it costs some 150 ms.
    spectrum = np.fft.rfft(frames * _hann_window(), axis=1)
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    with one_blas_thread():
        mel: Frames = power @ _mel_filters()
    mel *= 10000
    mel += 1
    return np.log10(mel, out=mel)


@cache
def _hann_window() -> NDArray[np.float32]:
    """Periodic Hann window, shape (512,)."""
    phase = 2 * np.pi * np.arange(N_FFT) / N_FFT
    return (0.5 - 0.5 * np.cos(phase)).astype(np.float32)


@cache
def _mel_filters() -> NDArray[np.float32]:
    """Triangular filters on Slaney's mel scale, each of unit area; shape (257, 96)."""
    edges = _mel_to_hertz(np.linspace(0, _hertz_to_mel(SAMPLE_RATE / 2), N_MELS + 2))
    frequencies = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE)[:, None]
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequencies - low) / (centre - low)
    falling = (high - frequencies) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (high - low))).astype(np.float32)


# Slaney's scale: linear up to 1 kHz (15 mel), then logarithmic, 27 mel for a factor of 6.4.
_HERTZ_PER_MEL = 200 / 3
_BREAK_HERTZ = 1000.0
_BREAK_MEL = _BREAK_HERTZ / _HERTZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def _hertz_to_mel(hertz: float) -> float:
    """Mel of a frequency above the break."""
    return float(_BREAK_MEL + np.log(hertz / _BREAK_HERTZ) / _LOG_STEP)


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HERTZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HERTZ_PER_MEL, above)
