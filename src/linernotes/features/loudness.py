"""How loud a clip sounds: EBU R128, which is ITU-R BS.1770-4 with a range and true peaks.

Broadcasters, streaming services and mastering engineers measure loudness in this one
way, so that the numbers here can be compared with those of any other meter. Everything but
the peak is read from the K-weighted power of tenths of a second, which is small enough to
keep for the longest of tracks: measure pieces, put the powers together, then read.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.channels import as_channels
from linernotes.features.compile import scratch
from linernotes.features.descriptor import Column, Descriptor, Rows

LOUDNESS_FLOOR = -70.0
"""LUFS of silence: the absolute gate of BS.1770, below which nothing is measured."""

PEAK_FLOOR = -120.0
"""dBTP of silence."""

MINIMUM_RATE = 4000
"""Hz; the filters' shelf at 1.7 kHz must lie below half the sample rate."""

_SEGMENTS_PER_SECOND = 10
_MOMENTARY = 4
_SHORT_TERM = 30
_TAPS = 24
# Seconds after which less than a double's last digit is left in the filters: 60 time constants.
_FORGOTTEN = 0.25

Float64 = NDArray[np.float64]


def loudness_power(samples: ArrayLike, sample_rate: int) -> Float64:
    """Measure the K-weighted power of tenths of a second, from which loudness is read.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite; full scale is -1 to 1. Six channels are
        taken for 5.1 and five for 5.0, in the order L R C (LFE) Ls Rs; every other number
        of channels is summed with equal weights.
    sample_rate
        At least 4000 Hz. The filters are derived for the rate.

    Returns
    -------
    powers
        float64, shape (n // (sample_rate / 10),) and at least (1,): mean square, channels
        summed with their weights. What is left at the end is passed over, as the standard
        has it; of a clip shorter than a tenth of a second all is taken.

    Raises
    ------
    ValueError
        For samples that `as_channels` refuses, and for lower sample rates.

    Examples
    --------
    >>> time = np.arange(48000 * 4) / 48000
    >>> sine = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time)
    >>> powers = loudness_power(np.stack([sine, sine]), 48000)
    >>> powers.shape, round(integrated_loudness(powers), 1)
    ((40,), -23.0)
    """
    from linernotes.features._level_kernels import BLOCK, LANES, add_weighted_energies

    channels = as_channels(samples)
    sections = k_weighting(sample_rate)
    length = channels.shape[1]
    hop = max(1, min(round(sample_rate / _SEGMENTS_PER_SECOND), length))
    count = length // hop
    energies = np.zeros((len(channels), max(1, count)))
    lead, space = round(_FORGOTTEN * sample_rate), scratch((BLOCK + 5) * LANES, dtype=np.float64)
    if count:
        for channel, row in zip(channels, energies, strict=True):
            add_weighted_energies(channel, sections, hop, lead, space, row)
    powers: Float64 = _channel_weights(len(channels)) @ energies / hop
    return powers


def momentary_loudness(powers: ArrayLike) -> Float64:
    """Return the loudness over 0.4 s in LUFS, ten times a second.

    Parameters
    ----------
    powers
        Of `loudness_power`, or of several pieces one after the other.

    Returns
    -------
    float64, shape (powers - 3,) and at least (1,), where less than 0.4 s are taken whole;
    -70 for silence.

    Examples
    --------
    >>> momentary_loudness(np.zeros(5))
    array([-70., -70.])
    """
    return np.maximum(LOUDNESS_FLOOR, _decibels(_sliding(powers, _MOMENTARY)))


def short_term_loudness(powers: ArrayLike) -> Float64:
    """Return the loudness over 3 s in LUFS, ten times a second; see `momentary_loudness`.

    Returns
    -------
    float64, shape (powers - 29,) and at least (1,), where less than 3 s are taken whole.

    Examples
    --------
    >>> short_term_loudness(np.zeros(31))
    array([-70., -70.])
    """
    return np.maximum(LOUDNESS_FLOOR, _decibels(_sliding(powers, _SHORT_TERM)))


def integrated_loudness(powers: ArrayLike) -> float:
    """Return the programme loudness in LUFS, gated at -70 LUFS and 10 LU below the mean.

    Parameters
    ----------
    powers
        Of `loudness_power`, or of several pieces one after the other. Less than 0.4 s, for
        which the standard has no value, are taken whole.

    Returns
    -------
    LUFS, -70 for silence.

    Examples
    --------
    >>> integrated_loudness(np.zeros(40))
    -70.0
    """
    blocks = _gated(_sliding(powers, _MOMENTARY), 10)
    if not blocks.size:
        return LOUDNESS_FLOOR
    return max(LOUDNESS_FLOOR, float(_decibels(blocks.mean())))


def loudness_range(powers: ArrayLike) -> float:
    """Return the loudness range in LU (EBU Tech 3342).

    From the 10th to the 95th percentile of the short-term loudness above -70 LUFS and 20 LU
    below the mean.

    Parameters
    ----------
    powers
        Of `loudness_power`, or of several pieces one after the other.

    Returns
    -------
    LU, 0 for silence and for less than 3 s.

    Examples
    --------
    >>> loudness_range(np.repeat([1e-3, 1e-2], 200))
    10.0
    """
    if np.size(powers) < _SHORT_TERM:
        return 0.0
    levels = np.sort(_decibels(_gated(_sliding(powers, _SHORT_TERM), 20)))
    if not levels.size:
        return 0.0
    low, high = (int((len(levels) - 1) * share + 0.5) for share in (0.10, 0.95))
    return float(levels[high] - levels[low])


def true_peak(samples: ArrayLike, sample_rate: int) -> float:
    """Return the highest level of the waveform between the samples too, in dBTP.

    Converters and codecs overshoot the samples; this is where they would. BS.1770-4,
    annex 2: four times oversampling below 96 kHz, twice below 192 kHz, by a windowed sinc
    of 24 taps per phase. Between the points of that grid it may miss 0.1 dB at a fifth of
    the sample rate and 0.5 dB at two fifths.

    Parameters
    ----------
    samples
        Shape (channels, n) or (n,), finite.
    sample_rate
        At least 4000 Hz.

    Returns
    -------
    dBTP, -120 for silence.

    Raises
    ------
    ValueError
        For samples that `as_channels` refuses, and for lower sample rates.

    Examples
    --------
    >>> sine = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4) * np.hanning(4800)
    >>> round(20 * np.log10(np.abs(sine).max()), 1), abs(round(true_peak(sine, 48000), 1))
    (np.float64(-3.0), 0.0)
    """
    from linernotes.features._level_kernels import STRETCH, oversampled_peak

    channels = as_channels(samples)
    _check_rate(sample_rate)
    peak = max(float(channels.max(initial=0)), -float(channels.min(initial=0)))
    factor = 4 if sample_rate < 96000 else 2 if sample_rate < 192000 else 1
    if factor > 1 and peak:
        taps = _interpolation(factor)
        gain = np.float32(np.abs(taps).sum(axis=1).max())
        space = scratch(3 * STRETCH)
        for channel in channels:
            # Silence is needed at both ends alone; all between is not copied for it.
            head = np.pad(channel[:_TAPS], (_TAPS // 2 - 1, 0))
            tail = np.pad(channel[-_TAPS:], (0, _TAPS // 2))
            parts: tuple[NDArray[np.float32], ...] = (head, channel, tail)
            if len(channel) < _TAPS:
                parts = (np.pad(channel, (_TAPS // 2 - 1, _TAPS // 2)),)
            for part in parts:
                peak = float(oversampled_peak(part, taps, gain, np.float32(peak), space))
    return max(PEAK_FLOOR, 20 * float(np.log10(max(peak, 1e-12))))


def k_weighting(sample_rate: int) -> Float64:
    """Return the two filters that stand for the head and the ear, for a sample rate.

    BS.1770-4 prints the coefficients for 48 kHz only; here the analogue prototypes
    behind them (a shelf of 4 dB above 1.7 kHz and a highpass at 38 Hz) are transformed for
    the rate.

    Parameters
    ----------
    sample_rate
        At least 4000 Hz.

    Returns
    -------
    float64, shape (2, 6): second-order sections b0 b1 b2 1 a1 a2.

    Raises
    ------
    ValueError
        For lower sample rates.

    Examples
    --------
    >>> k_weighting(48000)[0].round(4).tolist()
    [1.5351, -2.6917, 1.1984, 1.0, -1.6907, 0.7325]
    """
    _check_rate(sample_rate)
    shelf = np.tan(np.pi * 1681.974450955533 / sample_rate)
    high, quality = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = high**0.4996667741545416
    scale = 1 + shelf / quality + shelf**2
    first = [
        (high + middle * shelf / quality + shelf**2) / scale,
        2 * (shelf**2 - high) / scale,
        (high - middle * shelf / quality + shelf**2) / scale,
        1.0,
        2 * (shelf**2 - 1) / scale,
        (1 - shelf / quality + shelf**2) / scale,
    ]
    low, quality = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    scale = 1 + low / quality + low**2
    second = [
        1.0,
        -2.0,
        1.0,
        1.0,
        2 * (low**2 - 1) / scale,
        (1 - low / quality + low**2) / scale,
    ]
    return np.array([first, second])


def _check_rate(sample_rate: int) -> None:
    if sample_rate < MINIMUM_RATE:
        raise ValueError(f"The sample rate must be at least {MINIMUM_RATE} Hz, not {sample_rate}.")


def _channel_weights(channels: int) -> Float64:
    """Return the weights of BS.1770: sound from behind counts 1.5 dB more, the LFE not at all."""
    surround = {6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}
    return np.array(surround.get(channels, (1.0,) * channels))


def _sliding(powers: ArrayLike, segments: int) -> Float64:
    """Return the mean power of windows of so many segments; of all, where there are fewer."""
    array = np.asarray(powers, np.float64)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"Powers must have shape (n,) with n of at least 1, not {array.shape}.")
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError("Powers must be finite and not negative.")
    windows = sliding_window_view(array, min(segments, len(array)))
    mean: Float64 = windows.mean(axis=1)
    return mean


def _gated(powers: Float64, below_mean: float) -> Float64:
    """Leave out what lies below the absolute gate, or so many decibels below the mean."""
    powers = powers[_decibels(powers) > LOUDNESS_FLOOR]
    if not powers.size:
        return powers
    kept: Float64 = powers[powers > powers.mean() * 10 ** (-below_mean / 10)]
    return kept


def _decibels(power: ArrayLike) -> Float64:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-20)))


@cache
def _interpolation(factor: int) -> NDArray[np.float32]:
    """Return filters for the places between two samples, shape (factor - 1, taps)."""
    offsets = np.arange(_TAPS) - (_TAPS // 2 - 1)
    distances = offsets - np.arange(1, factor)[:, np.newaxis] / factor
    window = np.i0(5 * np.sqrt(np.maximum(0, 1 - (distances / (_TAPS / 2)) ** 2)))
    taps = np.sinc(distances) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


def powers_of(analysis: Analysis) -> Float64:
    """Return the `loudness_power` of a clip, measured once."""
    return analysis.once(("loudness_power",), lambda: loudness_power(*_measurable(analysis)))


def true_peak_of(analysis: Analysis) -> float:
    """Return the `true_peak` of a clip, measured once."""
    return analysis.once(("true_peak",), lambda: true_peak(*_measurable(analysis)))


def _measurable(analysis: Analysis) -> tuple[NDArray[np.float32], int]:
    """Return samples and sample rate of a clip, the rate raised where the filters need it."""
    audio = analysis.audio
    if audio.sample_rate < MINIMUM_RATE:
        return analysis.channels(2 * MINIMUM_RATE), 2 * MINIMUM_RATE
    return audio.samples, audio.sample_rate


def _loudness_power(analysis: Analysis, **_: object) -> Rows:
    return powers_of(analysis).astype(np.float32)[np.newaxis]


def _true_peak(analysis: Analysis, **_: object) -> Rows:
    return np.array([[true_peak_of(analysis)]], np.float32)


LOUDNESS_POWER = Descriptor(
    "loudness_power",
    rows=lambda **_: (
        Column(
            "",
            "1",
            "K-weighted mean square of a tenth of a second, channels summed; integrated loudness"
            " and loudness range are read from all of a track",
        ),
    ),
    compute=_loudness_power,
)

TRUE_PEAK = Descriptor(
    "true_peak",
    rows=lambda **_: (
        Column(
            "",
            "dBTP",
            "highest level of the waveform, between the samples too, -120 for silence;"
            " mp3 at 128 kb/s moves it by up to 1.6 dB, rarely by more than 0.8",
        ),
    ),
    compute=_true_peak,
)
