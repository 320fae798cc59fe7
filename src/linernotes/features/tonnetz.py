"""Where the harmony stands in the tonal network of fifths and thirds."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from linernotes.features.analysis import Analysis
from linernotes.features.chroma import chroma_cens_of
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.spectrum import Spectrum, as_spectrum

_ROWS = (
    "fifths, sine",
    "fifths, cosine",
    "minor thirds, sine",
    "minor thirds, cosine",
    "major thirds, sine",
    "major thirds, cosine",
)


def tonnetz(chroma: Spectrum) -> Spectrum:
    """Place pitch classes on the circles of fifths, minor thirds and major thirds.

    Close together lie what is consonant. C. Harte, M. Sandler and M. Gasser, "Detecting
    harmonic change in musical audio", 2006; as ``librosa.feature.tonnetz``.

    Parameters
    ----------
    chroma
        float32, shape (12, frames), at least 0; see `chroma`.

    Returns
    -------
    place
        float32, shape (6, frames): two coordinates on each circle, -1 to 1, on that of major
        thirds -0.5 to 0.5. 0 where all classes are silent.

    Raises
    ------
    ValueError
        If the chroma has a wrong shape or holds NaN.

    Examples
    --------
    >>> tonnetz(np.eye(12, 1, dtype=np.float32))[:, 0]
    array([0. , 1. , 0. , 1. , 0. , 0.5], dtype=float32)
    """
    chroma = as_spectrum(chroma)
    if len(chroma) != 12:
        raise ValueError(f"Chroma must have shape (12, frames), not {chroma.shape}.")
    total = chroma.sum(axis=0)
    total[total < np.finfo(np.float32).tiny] = 1
    place: Spectrum = _circles() @ (chroma / total)
    return place


@cache
def _circles() -> NDArray[np.float32]:
    turns = np.outer([7 / 6, 3 / 2, 2 / 3], np.arange(12)) * np.pi
    radii = np.array([[1], [1], [0.5]])
    circles = np.stack([radii * np.sin(turns), radii * np.cos(turns)], axis=1).reshape(6, 12)
    # Multiples of pi have small sines where they should have none.
    matrix: NDArray[np.float32] = np.where(np.abs(circles) < 1e-12, 0, circles).astype(np.float32)
    return matrix


def _measure(analysis: Analysis, **frames: int) -> Rows:
    return tonnetz(chroma_cens_of(analysis, **frames))


TONNETZ = Descriptor(
    "tonnetz",
    rows=lambda **_: tuple(
        Column(f"{number:02}", "1", f"place on the circle of {name}")
        for number, name in enumerate(_ROWS, start=1)
    ),
    compute=_measure,
)
