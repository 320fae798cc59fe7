"""The pitch classes from which a key is told: those of notes, quiet ones included.

What fills the spectrum between the notes (drums, the lobes of louder notes) goes, for only what is
stronger than both semitones beside it counts; and loudness is compressed, so that a loud bass or
singer does not decide alone (both as in E. Gómez, "Tonal description of polyphonic audio for
music content processing", INFORMS Journal on Computing 18(3), 2006, and M. Mauch and S. Dixon,
"Approximate note transcription for the improved identification of difficult chords", ISMIR 2010).

A key that only shows where quiet notes count, or only in the middle octaves, is doubtful. So there
are four *views* of a clip, of which the first is the best.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features import intermediates
from linernotes.features.analysis import Analysis
from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.descriptor import Descriptor, Row, Rows
from linernotes.features.spectrum import Spectrum, as_spectrum

Float64 = NDArray[np.float64]

# Of the magnitudes: quiet notes count nearly as much as loud ones, or as loud as they are.
_COMPRESSED, _PLAIN = 0.3, 1.0
# Semitones above C1: C2 to B5, in which fundamentals lie, and all that are measured.
_MIDDLE, _ALL = slice(12, 60), slice(0, None)

_VIEWS = (
    ("compressed", _COMPRESSED, _MIDDLE, "quiet notes counted, C2 to B5"),
    ("plain", _PLAIN, _MIDDLE, "as loud as they are, C2 to B5"),
    ("compressed_all", _COMPRESSED, _ALL, "quiet notes counted, seven octaves"),
    ("plain_all", _PLAIN, _ALL, "as loud as they are, seven octaves"),
)

VIEWS = len(_VIEWS)


def key_chroma(constant_q: Spectrum) -> Float64:
    """Sum up the pitch classes of a clip's notes, in four views.

    Parameters
    ----------
    constant_q
        float32, shape (bins, frames): semitones from a C upwards in the clip's own tuning, as
        from `constant_q.constant_q`.

    Returns
    -------
    chroma
        float64, shape (4, 12), at least 0, C first: middle octaves with quiet notes counted, the
        same with notes as loud as they are, and both of all octaves. Sums over frames, so that
        those of pieces of a track add up.

    Raises
    ------
    ValueError
        If the transform has a wrong shape or holds NaN.

    Examples
    --------
    >>> notes = np.zeros((84, 10), np.float32)
    >>> notes[[36, 43]] = [[1], [100]]  # C4, G4
    >>> notes[[42, 44]] = 90  # what leaks
    >>> key_chroma(notes)[0].round()
    array([10.,  0.,  0.,  0.,  0.,  0.,  0., 40.,  0.,  0.,  0.,  0.])
    """
    magnitudes = as_spectrum(constant_q)
    beside = np.full((magnitudes.shape[0] + 2, magnitudes.shape[1]), -1, np.float32)
    beside[1:-1] = magnitudes
    bins, frames = np.nonzero((magnitudes > beside[:-2]) & (magnitudes >= beside[2:]))
    heights = magnitudes[bins, frames]
    count = -(-len(magnitudes) // 12) * 12
    strengths = {
        exponent: np.bincount(bins, weights=heights**exponent, minlength=count)
        for exponent in (_COMPRESSED, _PLAIN)
    }
    return np.array(
        [
            strengths[exponent][octaves].reshape(-1, 12).sum(axis=0)
            for _, exponent, octaves, _ in _VIEWS
        ]
    )


def _measure(analysis: Analysis) -> Rows:
    sums = key_chroma(intermediates.constant_q(analysis))
    return sums.reshape(-1, 1).astype(np.float32)


KEY_CHROMA = Descriptor(
    "key_chroma",
    rows=lambda: tuple(
        Row(f"{view}_{name}", "1", f"notes of pitch class {name}: {meaning}")
        for view, _, _, meaning in _VIEWS
        for name in PITCH_CLASSES
    ),
    compute=_measure,
)
