"""Taking out what lies below the music: a highpass filter before other descriptors.

Rumble, hum and DC say more about the turntable, the mains and the transfer than about who
produced the record, and they move the first cepstral coefficients of every frame.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.cepstral import MFCC
from linernotes.features.descriptor import Descriptor, clip_of, measured_in
from linernotes.features.spectrum import SAMPLE_RATE, Samples, as_samples, samples_of

CUTOFF = 100.0
ORDER = 4

# Filtered piece by piece, since scipy works with twice the precision and so memory.
_SAMPLES_AT_ONCE = 1 << 18


def highpass(
    samples: Samples, *, sample_rate: float, cutoff: float = CUTOFF, order: int = ORDER
) -> Samples:
    """Let pass what lies above a frequency.

    A Butterworth filter, forwards only: the phase it shifts is none that a spectrum's
    magnitude tells of, and a note's beginning stays where it is. 24 dB per octave with the
    default order.

    Parameters
    ----------
    samples
        float32, shape (n,), finite.
    sample_rate
        In Hz.
    cutoff
        Frequency in Hz at which 3 dB are lost, between 0 and half the sample rate.
    order
        Of the filter, at least 1: 6 dB per octave each.

    Returns
    -------
    filtered
        float32, shape (n,). Silence stays silent; of a constant, the first tenth of a second
        is left.

    Raises
    ------
    ValueError
        If a sample is not finite, the shape is wrong, or a parameter is out of range.

    Examples
    --------
    >>> constant = np.ones(22050, np.float32)
    >>> float(np.abs(highpass(constant, sample_rate=22050)[5000:]).max()) < 1e-6
    True
    """
    from scipy.signal import sosfilt

    samples = as_samples(samples)
    if not 0 < cutoff < sample_rate / 2:
        raise ValueError(
            f"The cutoff must lie between 0 and half the sample rate, {sample_rate / 2:g} Hz, "
            f"not be {cutoff:g} Hz."
        )
    if order < 1:
        raise ValueError(f"The order must be at least 1, not {order}.")
    sections = _sections(float(sample_rate), float(cutoff), order)
    state = np.zeros((len(sections), 2))
    filtered = np.empty(len(samples), np.float32)
    for start in range(0, len(samples), _SAMPLES_AT_ONCE):
        piece = samples[start : start + _SAMPLES_AT_ONCE]
        filtered[start : start + len(piece)], state = sosfilt(sections, piece, zi=state)
    return filtered


@lru_cache(maxsize=16)
def _sections(sample_rate: float, cutoff: float, order: int) -> NDArray[np.float64]:
    from scipy.signal import butter

    sections: NDArray[np.float64] = butter(
        order, cutoff, btype="highpass", fs=sample_rate, output="sos"
    )
    return sections


def highpassed(
    analysis: Analysis, *, sample_rate: int = SAMPLE_RATE, cutoff: float = CUTOFF
) -> Analysis:
    """Return what passes of a clip as a clip of its own, for any descriptor."""

    def compute() -> Analysis:
        samples = samples_of(analysis, sample_rate=sample_rate)
        return clip_of(highpass(samples, sample_rate=sample_rate, cutoff=cutoff), sample_rate)

    return analysis.once(("highpassed", sample_rate, cutoff), compute)


def of_highpassed(descriptor: Descriptor, *, cutoff: float = CUTOFF) -> Descriptor:
    """Return the descriptor that measures another one above a frequency.

    Examples
    --------
    >>> of_highpassed(MFCC).name
    'highpassed_mfcc'
    """

    def clip(analysis: Analysis, *, sample_rate: int = SAMPLE_RATE, **_: Any) -> Analysis:
        return highpassed(analysis, sample_rate=sample_rate, cutoff=cutoff)

    return measured_in(
        descriptor,
        name=f"highpassed_{descriptor.name}",
        where=f"above {cutoff:g} Hz",
        clip=clip,
    )


HIGHPASSED_MFCC = of_highpassed(MFCC)
