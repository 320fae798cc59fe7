"""The pitch classes from which a key is told: those of notes, quiet ones included.

What fills the spectrum between the notes (drums, the lobes of louder notes) goes, for only what is
stronger than both semitones beside it counts (E. Gómez, "Tonal description of polyphonic audio for
music content processing", INFORMS Journal on Computing 18(3), 2006). And strengths are compressed,
so that a loud bass or singer does not decide alone (M. Müller and S. Ewert, "Chroma Toolbox",
ISMIR 2011, who take logarithms; a power does not depend on gain).

A key that only shows where quiet notes count, or only in the middle octaves, is doubtful. So there
are four *views* of a clip, of which the first is the best.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.constant_q import constant_q_of
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.spectrum import Spectrum, as_spectrum

Float64 = NDArray[np.float64]

# Of the magnitudes: quiet notes count nearly as much as loud ones, or as loud as they are.
_COMPRESSED, _PLAIN = 0.3, 1.0
# Semitones above C1: C2 to B5, in which fundamentals lie, and all that are measured.
_MIDDLE, _ALL = slice(12, 60), slice(0, None)

# Frames after which a note still sounds: 0.19 s.
_LASTING = 8

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
    return _sums(as_spectrum(constant_q))[0]


def held_share(constant_q: Spectrum) -> float:
    """Tell how much of the notes lasts a fifth of a second.

    A spoken voice glides on, and its pitch classes make no key however few they are.

    Returns
    -------
    share
        0 to 1, of the middle octaves with quiet notes counted: in music from 0.25 on, in speech
        below; 0 if there are no notes.

    Examples
    --------
    >>> notes = np.zeros((84, 100), np.float32)
    >>> notes[36] = 1
    >>> round(held_share(notes), 2)
    0.92
    """
    sums, held = _sums(as_spectrum(constant_q))
    return float(held / max(sums[0].sum(), np.finfo(np.float64).tiny))


def _sums(magnitudes: Spectrum) -> tuple[Float64, float]:
    """Pitch classes in all views, and how much of those in the first lasts."""
    beside = np.full((magnitudes.shape[0] + 2, magnitudes.shape[1]), -1, np.float32)
    beside[1:-1] = magnitudes
    bins, frames = np.nonzero((magnitudes > beside[:-2]) & (magnitudes >= beside[2:]))
    heights = magnitudes[bins, frames]
    count = -(-len(magnitudes) // 12) * 12
    compressed = heights**_COMPRESSED
    strengths = {
        _COMPRESSED: np.bincount(bins, weights=compressed, minlength=count),
        _PLAIN: np.bincount(bins, weights=heights, minlength=count),
    }
    views = [
        strengths[exponent][octaves].reshape(-1, 12).sum(axis=0)
        for _, exponent, octaves, _ in _VIEWS
    ]
    notes = np.zeros((count, magnitudes.shape[1]), np.float32)
    notes[bins, frames] = compressed
    middle = notes[_MIDDLE]
    held = np.minimum(middle[:, _LASTING:], middle[:, :-_LASTING]).sum(dtype=np.float64)
    return np.array(views), float(held)


def _measure(analysis: Analysis) -> Rows:
    views, held = _sums(constant_q_of(analysis))
    return np.append(views, held)[:, np.newaxis].astype(np.float32)


KEY_CHROMA = Descriptor(
    "key_chroma",
    rows=lambda: (
        *(
            Column(f"{view}_{name}", "1", f"notes of pitch class {name}: {meaning}")
            for view, _, _, meaning in _VIEWS
            for name in PITCH_CLASSES
        ),
        Column("held", "1", "of the first view, what lasts a fifth of a second"),
    ),
    compute=_measure,
)
