"""The stereo image between the loudspeakers: width, balance and phase, per band and over time.

Producers place sounds, and the means by which they do it (panning, doubling, reverberation,
delays, mid/side processing) leave different marks on the level, the phase and the coherence
of the two channels: panning moves levels apart bin by bin, delays turn the phase, and
reverberation and doubling make it unsteady. A mono mix has none of it left. (After
G. Tzanetakis, R. Jones and K. McNally, "Stereo panning features for classifying recording
production style", ISMIR 2007, and D. Tardieu, E. Deruty, C. Charbuillet and G. Peeters,
"Production effect: audio features for recording techniques description and decade
prediction", DAFx 2011.)

Nothing here depends on gain. Swapping the channels turns the sign of the level difference and
leaves the rest. What is 40 dB fainter than its band's mean, or 60 dB fainter than all bands
together, is taken for mono, and so is silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.bands import (
    BAND_EDGES,
    StereoBands,
    band_rows,
    bands_of,
    floors,
    pooled,
)
from linernotes.features.descriptor import Column, Descriptor, Rows

RATIO_LIMIT = 30.0
"""dB beyond which a ratio of two powers tells more about the codec than about the music."""

PHASE_EDGES = BAND_EDGES[:8]
"""Hz, up to 5000. Above 6 kHz some encoders (AAC, mp3 at low rates) keep the levels of both
channels but one waveform, and whatever hangs on the phase between them is the encoder's."""

FRAMES = 8
"""Frames that are put together, 0.19 s: a phase needs some time to be steady or not."""

# Such a share of the whole, added to both powers, keeps their ratio within the limit.
_LEAK = np.float32(1 / (10 ** (RATIO_LIMIT / 10) - 1))

Float32 = NDArray[np.float32]


def steadied(bands: StereoBands, *, frames: int = FRAMES) -> StereoBands:
    """Put frames together, and a faint mono sound under them that fills the silences.

    Parameters
    ----------
    bands
        Of `stereo_bands`.
    frames
        How many frames are put together.

    Returns
    -------
    StereoBands
        With fewer frames; no power in them is zero.

    Examples
    --------
    >>> from linernotes.features.bands import stereo_bands
    >>> silence = steadied(stereo_bands(np.zeros((2, 44100)), 44100))
    >>> silence.left.shape, correlation(silence).min(), side_to_mid(silence).max().round(1)
    ((10, 5), np.float32(1.0), np.float32(-30.0))
    """
    mono = floors(bands.power)
    return replace(
        bands,
        left=pooled(bands.left, frames) + mono,
        right=pooled(bands.right, frames) + mono,
        real=pooled(bands.real, frames) + mono,
        imaginary=pooled(bands.imaginary, frames),
        common=pooled(bands.common, frames) + mono,
    )


def level_difference(bands: StereoBands) -> Float32:
    """Return how much louder the left channel is than the right one.

    Parameters
    ----------
    bands
        Of `steadied`; so it is for all functions here.

    Returns
    -------
    float32, shape (bands, frames), in dB within ±30; 0 for mono and in silence.
    """
    return _decibels(bands.left, bands.right)


def side_to_mid(bands: StereoBands) -> Float32:
    """Return the energy of the difference of the channels by that of their sum.

    The width as engineers control it.

    Returns
    -------
    float32, shape (bands, frames), in dB within ±30; -30 for mono and in silence, 0 where one
    channel alone sounds or both have nothing in common, 30 for opposite channels.
    """
    return _decibels(bands.power - 2 * bands.real, bands.power + 2 * bands.real)


def correlation(bands: StereoBands) -> Float32:
    """Return the correlation of the channels.

    Returns
    -------
    float32, shape (bands, frames), -1 to 1; 1 for mono and in silence, near 0 where one
    channel alone sounds.
    """
    return _share(bands.real, np.sqrt(bands.left * bands.right), bands.power)


def panning(bands: StereoBands) -> Float32:
    """Return how far apart the levels of the channels are, bin by bin.

    Instruments panned to both sides show here even where the level difference of the band
    as a whole is 0. Of each bin it is 1 less 2 a b / (a² + b²), with a and b the magnitudes
    of the channels; the mean over bins is weighted by power.

    Returns
    -------
    float32, shape (bands, frames), 0 to 1; 0 for mono and in silence, 1 where every bin
    sounds on one side alone.
    """
    apart: Float32 = np.clip(1 - 2 * bands.common / bands.power, 0, 1)
    return apart


def coherence(bands: StereoBands) -> Float32:
    """Return how steady the phase between the channels is over the bins and 0.19 s.

    Panning and polarity leave it at 1; reverberation, doubling and chorus lower it.

    Returns
    -------
    float32, shape (bands, frames), 0 to 1; 1 for mono and in silence, near 0 where one channel
    alone sounds.
    """
    cross = np.sqrt(np.square(bands.real) + np.square(bands.imaginary))
    return _share(cross, bands.common, bands.power)


def phase_difference(bands: StereoBands) -> Float32:
    """Return by how much the channels differ in phase, whichever leads.

    Returns
    -------
    float32, shape (bands, frames), in radians from 0 to pi; 0 for mono, in silence and
    where one channel alone sounds, about pi / 2 for channels that have nothing in common.
    """
    # What the channels accidentally share has no phase worth telling.
    angle: Float32 = np.arctan2(np.abs(bands.imaginary), bands.real + _LEAK * bands.power)
    return angle


def _decibels(above: Float32, below: Float32) -> Float32:
    """Return the ratio of two powers in dB within ±RATIO_LIMIT, which it approaches gently."""
    leak = _LEAK * (above + below)
    ratio = (np.maximum(above, 0) + leak) / (np.maximum(below, 0) + leak)
    decibels: Float32 = 10 * np.log10(ratio)
    return decibels


def _share(part: Float32, whole: Float32, power: Float32) -> Float32:
    """Return ``part / whole``, drawn to 0 where the channels hardly sound together at all."""
    share: Float32 = np.clip(
        part * (1 + 2 * _LEAK) / (whole + _LEAK * power), np.float32(-1), np.float32(1)
    )
    return share


def steadied_of(analysis: Analysis) -> StereoBands:
    """Return the `steadied` bands of a clip, made once."""
    return analysis.once(("steadied_bands",), lambda: steadied(bands_of(analysis)))


def _up_to_5_khz(measure: Callable[[StereoBands], Float32]) -> Callable[..., Rows]:
    def compute(analysis: Analysis, **_: object) -> Rows:
        return measure(steadied_of(analysis))[: len(PHASE_EDGES) - 1]

    return compute


def _phase_rows(unit: str, description: str) -> Callable[..., tuple[Column, ...]]:
    return lambda **_: band_rows(unit, description, edges=PHASE_EDGES)


STEREO_WIDTH = Descriptor(
    "stereo_width",
    rows=_phase_rows(
        "dB", "energy of the side by that of the mid, -30 for mono to 30 for opposite channels"
    ),
    compute=_up_to_5_khz(side_to_mid),
)

STEREO_CORRELATION = Descriptor(
    "stereo_correlation",
    rows=_phase_rows("1", "correlation of the channels, -1 to 1, 1 for mono"),
    compute=_up_to_5_khz(correlation),
)

STEREO_COHERENCE = Descriptor(
    "stereo_coherence",
    rows=_phase_rows(
        "1", "how steady the phase between the channels is over 0.19 s, 0 to 1, 1 for mono"
    ),
    compute=_up_to_5_khz(coherence),
)

STEREO_PHASE = Descriptor(
    "stereo_phase",
    rows=_phase_rows(
        "rad", "by how much the channels differ in phase, 0 for mono to pi for opposite channels"
    ),
    compute=_up_to_5_khz(phase_difference),
)

STEREO_LEVEL_DIFFERENCE = Descriptor(
    "stereo_level_difference",
    rows=lambda **_: band_rows(
        "dB", "how much louder the left channel is than the right one, within ±30, 0 for mono"
    ),
    compute=lambda analysis, **_: level_difference(steadied_of(analysis)),
)

STEREO_PANNING = Descriptor(
    "stereo_panning",
    rows=lambda **_: band_rows(
        "1",
        "how far apart the levels of the channels are bin by bin, 0 for mono to 1; AAC at 128 kb/s"
        " may move the bands above 8 kHz by a third of the spread between tracks",
    ),
    compute=lambda analysis, **_: panning(steadied_of(analysis)),
)
