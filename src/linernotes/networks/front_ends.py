"""What networks hear: mel spectrograms of many kinds, or the samples themselves.

A front end is data, so that a new network needs no new code. The numbers are those of the
extractors that the networks were trained with, within 1e-4: librosa's, torchaudio's and Kaldi's
filters, with their paddings, logarithms and normalisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MelScale = Literal["slaney", "htk", "kaldi"]
Logarithm = Literal["none", "ln", "log10", "decibel"]
Padding = Literal["none", "reflect", "zeros"]

# Frames that are transformed at once: so many stay in the cache.
_FRAMES_AT_ONCE = 64


@dataclass(frozen=True)
class MelFrontEnd:
    """A mel spectrogram.

    Parameters
    ----------
    sample_rate
        Hz.
    window_length, hop_length
        Samples of a frame, and from one frame to the next.
    n_mels
        Number of filters.
    n_fft
        Samples of a transform; those beyond the window are zero. The window's if not given.
    minimum_frequency, maximum_frequency
        Hz, between which the filters lie; the highest is half the sample rate if not given.
    mel_scale
        ``"slaney"`` is librosa's, ``"htk"`` torchaudio's, ``"kaldi"`` Kaldi's.
    slaney_norm
        Whether each filter has the same area, as in librosa, and not the same height.
    triangles_in_mel
        Whether filters are triangles over mel, as in Kaldi, and not over Hz.
    symmetric_window
        Whether the Hann window ends as it begins, as in Kaldi; it is periodic otherwise.
    padding
        What lies before the beginning and behind the end, half a window each: nothing, so that the
        first frame begins with the sound; its mirror image; or silence.
    power
        2 for power, 1 for magnitudes.
    preemphasis, preemphasis_of
        How much of the sample before is taken from each; 0 for none. Of each frame, as Kaldi does,
        or of the sound before it is cut.
    remove_mean
        Take from each frame its mean.
    gain, offset
        Of which the logarithm is taken: ``gain * mel + offset``.
    floor
        Below which values are raised to it before the logarithm.
    logarithm
        Which.
    range_decibel
        Values so far below the highest of a window are raised; none if not given.
    mean, scale
        Taken from the values, which are then divided by the scale.

    Examples
    --------
    >>> front_end = MelFrontEnd(sample_rate=16000, window_length=400, hop_length=160, n_mels=64)
    >>> front_end.frames(np.zeros(16000, np.float32)).shape
    (98, 64)
    """

    sample_rate: int
    window_length: int
    hop_length: int
    n_mels: int
    n_fft: int | None = None
    minimum_frequency: float = 0.0
    maximum_frequency: float | None = None
    mel_scale: MelScale = "slaney"
    slaney_norm: bool = True
    triangles_in_mel: bool = False
    symmetric_window: bool = False
    padding: Padding = "none"
    power: Literal[1, 2] = 2
    preemphasis: float = 0.0
    preemphasis_of: Literal["frame", "sound"] = "frame"
    remove_mean: bool = False
    gain: float = 1.0
    offset: float = 0.0
    floor: float = 1e-10
    logarithm: Logarithm = "decibel"
    range_decibel: float | None = None
    mean: float = 0.0
    scale: float = 1.0

    def frames(self, samples: Floats) -> Floats:
        """Return the spectrogram of mono samples.

        Parameters
        ----------
        samples
            float32, shape (n,), at the front end's rate.

        Returns
        -------
        float32, shape (frames, n_mels)
            At least one frame.
        """
        sound = samples.astype(np.float64)
        if self.preemphasis_of == "sound":
            sound = sound[1:] - self.preemphasis * sound[:-1]
        half = self.window_length // 2
        if self.padding == "reflect" and len(sound) > 1:
            sound = np.pad(sound, half, mode="reflect")
        elif self.padding != "none":
            sound = np.pad(sound, half)
        if len(sound) < self.window_length:
            sound = np.pad(sound, (0, self.window_length - len(sound)))
        windows = sliding_window_view(sound, self.window_length)[:: self.hop_length]
        values = np.concatenate([
            self._mel(windows[at : at + _FRAMES_AT_ONCE])
            for at in range(0, len(windows), _FRAMES_AT_ONCE)
        ])  # fmt: skip
        values = self._logarithm_of(np.maximum(self.gain * values + self.offset, self.floor))
        if self.range_decibel is not None:
            values = np.maximum(values, values.max() - self.range_decibel)
        if self.mean or self.scale != 1:
            values = (values - self.mean) / self.scale
        return values.astype(np.float32)

    def _mel(self, windows: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.remove_mean:
            windows = windows - windows.mean(axis=1, keepdims=True)
        if self.preemphasis and self.preemphasis_of == "frame":
            before = np.concatenate([windows[:, :1], windows[:, :-1]], axis=1)
            windows = windows - self.preemphasis * before
        n_fft = self.n_fft or self.window_length
        spectrum = np.fft.rfft(windows * _hann(self.window_length, self.symmetric_window), n_fft)
        first, filters = _filters(self)
        heard = spectrum[:, first : first + len(filters)]
        power = np.square(heard.real)
        power += np.square(heard.imag)
        mel: NDArray[np.float64] = (power if self.power == 2 else np.sqrt(power)) @ filters
        return mel

    def _logarithm_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        match self.logarithm:
            case "ln":
                return np.log(values)
            case "log10":
                return np.log10(values)
            case "decibel":
                return 10 * np.log10(values)
        return values


@dataclass(frozen=True)
class RawFrontEnd:
    """Samples, as they are or of one loudness.

    Parameters
    ----------
    sample_rate
        Hz.
    normalise
        Whether each window is given a mean of 0 and a variance of 1.

    Examples
    --------
    >>> front_end = RawFrontEnd(sample_rate=16000, normalise=True)
    >>> front_end.frames(np.array([0, 2], np.float32)).round(3).tolist()
    [-1.0, 1.0]
    """

    sample_rate: int
    normalise: bool = False

    def frames(self, samples: Floats) -> Floats:
        """Return what the network hears of mono samples.

        Parameters
        ----------
        samples
            float32, shape (n,), at the front end's rate.

        Returns
        -------
        float32, shape (n,)
            Of the same length.
        """
        if not self.normalise:
            return samples
        sound = samples.astype(np.float64)
        # Added to the variance as transformers do, for digital silence.
        normal: Floats = ((sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)).astype(np.float32)
        return normal


FrontEnd: TypeAlias = MelFrontEnd | RawFrontEnd


@cache
def _hann(length: int, symmetric: bool) -> NDArray[np.float64]:
    return np.hanning(length) if symmetric else np.hanning(length + 1)[:-1]


@cache
def _filters(front_end: MelFrontEnd) -> tuple[int, NDArray[np.float64]]:
    """Return the first bin that a filter hears, and the filters, shape (bins, n_mels)."""
    n_fft = front_end.n_fft or front_end.window_length
    bins = np.arange(n_fft // 2 + 1) * front_end.sample_rate / n_fft
    highest = front_end.maximum_frequency or front_end.sample_rate / 2
    ends = _mel(np.array([front_end.minimum_frequency, highest]), front_end.mel_scale)
    edges = np.linspace(ends[0], ends[1], front_end.n_mels + 2)
    hertz = _hertz(edges, front_end.mel_scale)
    if front_end.triangles_in_mel:
        bins = _mel(bins, front_end.mel_scale)
    else:
        edges = hertz
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (centre - low)
    falling = (high - bins[:, None]) / (high - centre)
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    if front_end.slaney_norm:
        filters *= 2 / (hertz[2:] - hertz[:-2])
    heard = np.flatnonzero(filters.any(axis=1))
    first, last = (int(heard[0]), int(heard[-1])) if len(heard) else (0, 0)
    return first, np.ascontiguousarray(filters[first : last + 1])


# Slaney's scale: linear up to 1 kHz (15 mel), then logarithmic, 27 mel for a factor of 6.4.
_BREAK_HERTZ, _BREAK_MEL, _STEP = 1000.0, 15.0, np.log(6.4) / 27


def _mel(hertz: NDArray[np.float64], scale: MelScale) -> NDArray[np.float64]:
    if scale == "htk":
        return 2595 * np.log10(1 + hertz / 700)
    if scale == "kaldi":
        return 1127 * np.log(1 + hertz / 700)
    above = _BREAK_MEL + np.log(np.maximum(hertz, _BREAK_HERTZ) / _BREAK_HERTZ) / _STEP
    return np.where(hertz < _BREAK_HERTZ, hertz * _BREAK_MEL / _BREAK_HERTZ, above)


def _hertz(mel: NDArray[np.float64], scale: MelScale) -> NDArray[np.float64]:
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    if scale == "kaldi":
        return 700 * (np.exp(mel / 1127) - 1)
    above = _BREAK_HERTZ * np.exp(_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _BREAK_HERTZ / _BREAK_MEL, above)
